"""What one wants to see of one's day."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import QueryDict

from journeys.models import Touchpoint
from touchpoints.today.day import Wanted
from touchpoints.today.item import IMPORTANCE

SECTIONS = ("overdue", "today", "later")


class TodayForm(forms.Form):
    """Read from an address: what makes no sense in it is as if it was not there."""

    q = forms.CharField(required=False, max_length=200, label="Customer", widget=forms.SearchInput)
    channel = forms.ChoiceField(required=False, choices=[("", "Any channel"), *Touchpoint.Channel.choices])
    importance = forms.ChoiceField(
        required=False, choices=[("", "Any importance"), *((name, name.capitalize()) for name in IMPORTANCE)]
    )
    journey = forms.UUIDField(required=False, widget=forms.HiddenInput)
    snoozed = forms.BooleanField(required=False, label="Snoozed, too")

    def __init__(self, data: Any = None):
        super().__init__(data if data is not None else {})
        self.is_valid()
        self.said: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        self.with_journeys = False
        self.more = frozenset(self.data.getlist("more") if isinstance(self.data, QueryDict) else ()) & set(SECTIONS)

    @classmethod
    def read(cls, query: str) -> TodayForm:
        return cls(QueryDict(query[:1000].replace("\0", "")))

    def offer_journeys(self, names: dict[UUID, str]) -> None:
        self.with_journeys = True
        self.fields["journey"].widget = forms.Select(choices=[("", "Any journey"), *names.items()])

    @property
    def wanted(self) -> Wanted:
        said = self.said
        journey: UUID | None = said.get("journey")
        return Wanted(
            said.get("q", "").replace("\0", ""), said.get("channel", ""), said.get("importance", ""), journey,
            bool(said.get("snoozed")), frozenset(self.more),
        )  # fmt: skip

    @property
    def query(self) -> str:
        """As an address says it, without what more one wants to see of a section."""
        return urlencode({name: "1" if value is True else str(value) for name, value in self.said.items()})


class SaveViewForm(forms.Form):
    name = forms.CharField(max_length=60, label="Name of this view")
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
