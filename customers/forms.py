from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Member, Role
from customers.models import Customer, Health
from journeys.models import Segment


class DayInput(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value


class CustomerForm(forms.Form):
    """What we know of a customer. `of` is the one that is being changed."""

    name = forms.CharField(max_length=200)
    segment = forms.ModelChoiceField(Segment.objects.none())
    owner = forms.ModelChoiceField(
        Member.objects.none(), required=False, empty_label="Nobody yet", help_text="Who looks after it."
    )
    renewal_on = forms.DateField(label="Renews on", required=False, widget=DayInput())
    value = forms.DecimalField(label="Value a year", required=False, min_value=0, max_digits=14, decimal_places=2)
    health = forms.TypedChoiceField(choices=[("", "Not known"), *Health.choices], required=False, coerce=int, empty_value=None)
    external_id = forms.CharField(label="Id in your CRM", required=False, max_length=200)
    notes = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, by: Member, of: Customer | None = None, **more: Any):
        super().__init__(*args, **more)
        self.by, self.of = by, of
        self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
        self.fields["owner"].queryset = Member.objects.visible_to(by).in_order()  # type: ignore[attr-defined]

    def clean_external_id(self) -> str:
        id: str = self.cleaned_data["external_id"].strip()
        other = Customer.objects.visible_to(self.by).bearing(id).first()
        if id and other and other != self.of:
            raise forms.ValidationError(f"{other} has this id already.")
        return id

    @property
    def said(self) -> dict[str, Any]:
        """The fields as the model has them."""
        given = dict(self.cleaned_data)
        segment, owner = given.pop("segment"), given.pop("owner")
        return {**given, "name": given["name"].strip(), "segment_id": segment.pk, "owner_id": owner.pk if owner else None}

    @staticmethod
    def initial_of(customer: Customer) -> dict[str, Any]:
        names = ("name", "renewal_on", "value", "health", "external_id", "notes")
        return {name: getattr(customer, name) for name in names} | {"segment": customer.segment_id, "owner": customer.owner_id}


class AssignForm(forms.Form):
    """Who fills a role for a customer, from when on."""

    role = forms.ModelChoiceField(Role.objects.none())
    member = forms.ModelChoiceField(Member.objects.none(), required=False, empty_label="Nobody")
    from_on = forms.DateField(label="From", widget=DayInput())

    def __init__(self, *args: Any, by: Member, **more: Any):
        super().__init__(*args, **more)
        self.fields["role"].queryset = Role.objects.visible_to(by).as_made()  # type: ignore[attr-defined]
        self.fields["member"].queryset = Member.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
