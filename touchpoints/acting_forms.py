"""What one says with an act on a scheduled touchpoint."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.forms import NearDateField, NearDays
from accounts.models import Member

FELT = [("", "Nothing"), *((str(n), f"{n:+d}" if n else "0") for n in range(-2, 3))]
#: the hour at which what is snoozed comes back in the morning, and in the afternoon
MORNING, AFTERNOON = time(8), time(14)


class FinishForm(NearDays):
    on = NearDateField(required=False, label="Done on")
    outcome = forms.CharField(required=False, max_length=4000, label="What came of it", widget=forms.Textarea(attrs={"rows": 2}))
    felt = forms.ChoiceField(required=False, choices=FELT, label="How the customer seemed to feel")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"] or self.today
        if on > self.today:
            raise forms.ValidationError("That day is still to come.")
        return on

    def clean_felt(self) -> int | None:
        return int(self.cleaned_data["felt"]) if self.cleaned_data["felt"] else None


class SkipForm(NearDays):
    because = forms.CharField(max_length=4000, label="Why", widget=forms.TextInput(attrs={"maxlength": 500}))


class RescheduleForm(NearDays):
    day = NearDateField(label="New day")

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError("That day is over.")
        return day


class SnoozeForm(NearDays):
    """`until`: afternoon, tomorrow, monday, week, a day, or "" to wake it."""

    until = forms.CharField(required=False, max_length=20)
    until_day = NearDateField(required=False, label="Until")

    def __init__(self, *args: Any, at: datetime, zone: ZoneInfo, **more: Any):
        super().__init__(*args, **more)
        self.at, self.zone = at, zone

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        day, clock = self._wanted(said.get("until", ""), said.get("until_day"))
        said["instant"] = datetime.combine(day, clock, self.zone) if day else None
        if said["instant"] and said["instant"] <= self.at:
            self.add_error("until_day", "That is over already.")
        return said

    def _wanted(self, until: str, day: date | None) -> tuple[date | None, time]:
        here = self.at.astimezone(self.zone)
        match until:
            case "":
                return None, MORNING
            case "afternoon":
                return here.date(), AFTERNOON if here.time() < AFTERNOON else time(min(here.hour + 2, 23), 59)
            case "tomorrow":
                return here.date() + timedelta(1), MORNING
            case "monday":
                return here.date() + timedelta(7 - here.weekday()), MORNING
            case "week":
                return here.date() + timedelta(7), MORNING
        if day is None:
            self.add_error("until_day", "Until when?")
        return day, MORNING


class HandOverForm(NearDays):
    to = forms.ModelChoiceField(Member.objects.none(), label="To", empty_label="Choose a colleague")
    note = forms.CharField(required=False, max_length=500, label="Note", widget=forms.TextInput)

    def __init__(self, *args: Any, by: Member, **more: Any):
        super().__init__(*args, **more)
        self.fields["to"].queryset = (  # type: ignore[attr-defined]
            Member.objects.visible_to(by)
            .who_can_work()
            .exclude(pk=by.pk)
            .select_related("user")
            .order_by("user__name", "user__email", "id")
        )


class DeclineForm(NearDays):
    because = forms.CharField(max_length=500, label="Why not", widget=forms.TextInput)
