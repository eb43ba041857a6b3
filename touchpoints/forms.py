from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.forms import DayInput
from accounts.models import Member
from journeys.models import Journey, Segment, Version

#: years from today within which a journey may begin
FAR = 10


class EnrolForm(forms.Form):
    """Who goes on which journey, and from when."""

    journey = forms.ModelChoiceField(Journey.objects.none(), help_text="They travel what was published last.")
    segment = forms.ModelChoiceField(
        Segment.objects.none(), help_text="All of its customers that are not on the journey already."
    )
    started_on = forms.DateField(label="Begins on", widget=DayInput())

    def __init__(self, *args: Any, by: Member, today: date, one: bool = False, **more: Any):
        super().__init__(*args, **more)
        self.today = today
        self.fields["journey"].queryset = Journey.objects.visible_to(by).published().order_by("title", "id")  # type: ignore[attr-defined]
        if one:
            del self.fields["segment"]
        else:
            self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]

    def clean_started_on(self) -> date:
        day: date = self.cleaned_data["started_on"]
        if abs((day - self.today).days) > FAR * 365:
            raise forms.ValidationError(f"Within {FAR} years of today, please.")
        return day

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if journey := found.get("journey"):
            found["version"] = Version.objects.of(journey).newest()
        return found
