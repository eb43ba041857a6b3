from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.forms import DayInput, NearDateField, NearDays
from accounts.models import Member, Role
from customers.models import Assignment, Contact, Customer, Health
from journeys.models import Segment


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
        if of and of.travels:
            del self.fields["renewal_on"]  # plans rest on it: it is moved where one sees what that changes
        for field in self.fields.values():
            field.show_hidden_initial = of is not None
        self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
        self.fields["owner"].queryset = Member.objects.visible_to(by).in_order()  # type: ignore[attr-defined]

    def clean_notes(self) -> str:
        return one_kind_of_lines(self.cleaned_data["notes"])

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

    @property
    def changed(self) -> dict[str, Any]:
        """Of these, what is not as it was when the form was shown: what somebody else has changed meanwhile stays."""
        kept = {"segment": "segment_id", "owner": "owner_id"}
        return {kept.get(name, name): self.said[kept.get(name, name)] for name in self.changed_data}

    @staticmethod
    def initial_of(customer: Customer) -> dict[str, Any]:
        names = ("name", "renewal_on", "value", "health", "external_id", "notes")
        return {name: getattr(customer, name) for name in names} | {"segment": customer.segment_id, "owner": customer.owner_id}


class NotesForm(forms.Form):
    """What everybody who works on a customer keeps up to date. Whose notes have changed since the form was shown is told."""

    health = forms.TypedChoiceField(
        choices=[("", "Not known"), *Health.choices], required=False, coerce=int, empty_value=None, show_hidden_initial=True
    )
    notes = forms.CharField(
        required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}), show_hidden_initial=True, strip=False
    )

    def __init__(self, *args: Any, of: Customer, **more: Any):
        super().__init__(*args, **{"initial": {"health": of.health, "notes": of.notes}, **more})
        self.of = of

    def clean_notes(self) -> str:
        notes = one_kind_of_lines(self.cleaned_data["notes"])
        began_with = one_kind_of_lines(self.data.get("initial-notes", ""))
        if notes not in (began_with, self.of.notes) and began_with != one_kind_of_lines(self.of.notes):
            raise forms.ValidationError(
                "Somebody has changed the notes since you opened them. Now they are: “%(now)s”. Bring both together, then save.",
                params={"now": self.of.notes},
            )
        return notes

    @property
    def changed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}


def one_kind_of_lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


class ContactForm(forms.Form):
    """A person who works for a customer."""

    name = forms.CharField(max_length=200)
    job = forms.CharField(max_length=200, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(max_length=60, required=False)

    @classmethod
    def of(cls, contact: Contact, data: Any = None) -> ContactForm:
        initial = {name: getattr(contact, name) for name in cls.base_fields}
        return cls(data, initial=initial, auto_id=f"contact-{contact.pk}-%s")


class AssignForm(NearDays):
    """Who fills a role for a customer, from when on."""

    role = forms.ModelChoiceField(Role.objects.none())
    member = forms.ModelChoiceField(Member.objects.none(), required=False, empty_label="Nobody")
    from_on = NearDateField(label="From")

    def __init__(self, *args: Any, by: Member, today: date, **more: Any):
        super().__init__(*args, today=today, **more)
        self.initial.setdefault("from_on", today)
        self.fields["role"].queryset = Role.objects.visible_to(by).as_made()  # type: ignore[attr-defined]
        self.fields["member"].queryset = Member.objects.visible_to(by).in_order()  # type: ignore[attr-defined]


class MemberField(forms.ModelChoiceField):
    def label_from_instance(self, member: Any) -> str:
        return f"{member} (left)" if member.removed_at else str(member)


class HandOverForm(NearDays):
    """Whose book of business goes to whom, from when on, and what of it."""

    ALL, NO = "all", "none"

    giver = MemberField(Member.objects.none(), label="From", empty_label="Whose customers?")
    taker = MemberField(Member.objects.none(), label="To", empty_label="Which colleague?")
    from_on = NearDateField(label="Roles from this day on")
    role = forms.ChoiceField(label="Which roles")
    with_owner = forms.BooleanField(
        label="And the customers they own", required=False, help_text="That has no day: it changes at once."
    )

    def __init__(self, *args: Any, by: Member, today: date, **more: Any):
        super().__init__(*args, today=today, **more)
        self.fields["giver"].queryset = Assignment.objects.givers_of(by)  # type: ignore[attr-defined]
        self.fields["taker"].queryset = Member.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
        self.roles = {str(role.pk): role for role in Role.objects.visible_to(by).as_made()}
        named = [(pk, f"Only {role}") for pk, role in self.roles.items()]
        self.fields["role"].choices = [(self.ALL, "All they fill"), *named, (self.NO, "None")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("taker") and found["taker"] == found.get("giver"):
            self.add_error("taker", "That is the same person.")
        if found.get("role") == self.NO and not found.get("with_owner"):
            self.add_error("role", "Then nothing is left to hand over.")
        return found

    @property
    def said(self) -> dict[str, Any]:
        """The choice as a handover has it, besides who and when."""
        role = self.cleaned_data["role"]
        return {"role": self.roles.get(role), "with_roles": role != self.NO, "with_owner": self.cleaned_data["with_owner"]}
