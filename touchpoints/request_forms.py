from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from accounts.models import Member, Role
from customers.forms import one_kind_of_lines
from customers.models import Customer

#: customers shown to choose from
CHOICES = 6


def customers_like(words: str, *, by: Member) -> list[Customer]:
    """The first few of that name, or with that id in the CRM."""
    if not words.strip():
        return []
    return list(Customer.objects.visible_to(by).matching(words).with_people().in_order()[:CHOICES])


def the_one(found: list[Customer], words: str) -> Customer | None:
    """The customer that is meant without a doubt: the only one, or the only one that is called so."""
    named = [one for one in found if one.name.casefold() == words.strip().casefold()]
    return found[0] if len(found) == 1 else named[0] if len(named) == 1 else None


def asked_about(id: str, *, by: Member) -> tuple[list[Customer], UUID | None]:
    """The customer of that id, as the one choice there is, and chosen; none if there is no such customer."""
    try:
        pk = UUID(id)
    except ValueError:
        return [], None
    found = list(Customer.objects.visible_to(by).with_people().filter(pk=pk))
    return found, pk if found else None


class AskForm(forms.Form):
    """What a customer asked: two fields. The customer is one of those found by `q`, or the one that `q` names."""

    q = forms.CharField(label="Customer", required=False, max_length=200)
    customer = forms.ModelChoiceField(Customer.objects.none(), required=False)
    text = forms.CharField(label="What they asked", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, by: Member, **more: Any):
        super().__init__(*args, **more)
        self.by = by
        self.choices: list[Customer] = []
        self.fields["customer"].queryset = Customer.objects.visible_to(by).with_people()  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        return one_kind_of_lines(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("customer"):
            self.choices = [found["customer"]]
            return found
        words = found.get("q", "")
        self.choices = customers_like(words, by=self.by)
        found["customer"] = the_one(self.choices, words)
        if not found["customer"] and not self.errors.keys() & {"q", "customer"}:
            lacks = "Which one of these?" if self.choices else "No customer is called that." if words else "Which customer?"
            self.add_error("q", lacks)
        return found

    @property
    def chosen(self) -> UUID | None:
        found = self.cleaned_data.get("customer") if self.is_bound and hasattr(self, "cleaned_data") else None
        return found.pk if found else None


class MovingForm(forms.Form):
    """`was`: with whom it was when the page was shown."""

    was = forms.UUIDField(required=False)


class HandOnForm(MovingForm):
    to = forms.ModelChoiceField(Member.objects.none(), label="Hand on to", empty_label="Which colleague?")
    role = forms.ModelChoiceField(Role.objects.none(), required=False)
    note = forms.CharField(
        required=False, max_length=500, label="A word to them", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, by: Member, holder: UUID, **more: Any):
        super().__init__(*args, **more)
        colleagues = Member.objects.visible_to(by).in_order().exclude(pk=holder)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["role"].queryset = Role.objects.visible_to(by)  # type: ignore[attr-defined]


class FinishRequestForm(MovingForm):
    outcome = forms.CharField(required=False, max_length=2000, label="What came of it", widget=forms.Textarea(attrs={"rows": 2}))
