from __future__ import annotations

from calendar import day_name
from datetime import date
from typing import Any

from django import forms

from accounts.forms import DayInput
from accounts.public_holidays import FIRST_YEAR, LAST_YEAR, countries, regions


class CalendarForm(forms.Form):
    """The week and the holidays of a workspace. The regions on offer are those of the country that is chosen."""

    work_week = forms.TypedMultipleChoiceField(
        label="Days of the week that are worked on",
        choices=list(enumerate(day_name)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one day: touchpoints must fall on some."},
    )
    country = forms.ChoiceField(label="Public holidays of", required=False)
    region = forms.ChoiceField(
        label="Region", required=False, error_messages={"invalid_choice": "The country has no region of that name. Choose again."}
    )

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        offered = [("", "No country: every week is alike"), *countries().items()]
        self.fields["country"].choices = offered  # type: ignore[attr-defined]
        country = self["country"].value() or ""
        self.fields["region"].choices = [("", "The whole country"), *regions(country).items()]  # type: ignore[attr-defined]

    @property
    def has_regions(self) -> bool:
        return len(self.fields["region"].choices) > 1  # type: ignore[attr-defined]


class OwnDayForm(forms.Form):
    on = forms.DateField(label="Day", widget=DayInput())
    name = forms.CharField(max_length=120, label="What for", help_text="Like “Company outing”.")
    is_worked = forms.ChoiceField(
        label="On that day",
        choices=[("", "Nobody works"), ("yes", "We work, whatever the week and the holidays say")],
        required=False,
    )

    def clean_is_worked(self) -> bool:
        return bool(self.cleaned_data["is_worked"])

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"Between {FIRST_YEAR} and {LAST_YEAR}, please.")
        return day
