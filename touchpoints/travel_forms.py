"""What one can change about how a customer travels: each form gives the fields that `Enrolment.change` takes, and its words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms

from accounts.forms import NearDateField, NearDays
from customers.models import Enrolment
from customers.models.enrolments import stage_order
from journeys.models import Version
from touchpoints.planning.route import Route


class TravelForm(NearDays):
    """`enrolment` comes with its version and customer."""

    #: what the page is called, and the button that does it
    heading = ""
    button = ""

    def __init__(self, *args: Any, enrolment: Enrolment, today: date, **more: Any):
        super().__init__(*args, today=today, **more)
        self.enrolment = enrolment

    def stages(self) -> list[tuple[str, str]]:
        version = self.enrolment.version
        return [(id, version.document["stages"][id]["name"]) for id in stage_order(version.document)]

    def changed(self) -> dict[str, Any]:
        """The fields, of a valid form."""
        raise NotImplementedError

    def told(self) -> str:
        """What the activity says."""
        raise NotImplementedError


class StageForm(TravelForm):
    heading, button = "Another stage", "Move to the stage"
    stage = forms.ChoiceField()
    on = NearDateField(label="Since")

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        stages = self.stages()
        ids = [id for id, _ in stages]
        now = str(self.enrolment.stage_id)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
        following = ids[ids.index(now) + 1 :] if now in ids else ids
        self.initial.update(stage=(following or ids or [""])[0], on=self.today)

    def changed(self) -> dict[str, Any]:
        return self.enrolment.moved_to(UUID(self.cleaned_data["stage"]), self.cleaned_data["on"])

    def told(self) -> str:
        return f"moved to {self.enrolment.stage_name(self.cleaned_data['stage'])}"


class StartForm(TravelForm):
    heading, button = "Another start", "Move the start"
    on = NearDateField(label="Began on")

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.initial["on"] = self.enrolment.started_on

    def changed(self) -> dict[str, Any]:
        return self.enrolment.started(self.cleaned_data["on"])

    def told(self) -> str:
        return f"set the start to {self.cleaned_data['on']:%-d %B %Y}"


class RenewalForm(TravelForm):
    heading, button = "Another renewal date", "Move the renewal"
    on = NearDateField(label="Renews on", required=False, help_text="Empty: not known. What is bound to it is not planned then.")

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.initial["on"] = self.enrolment.customer.renewal_on

    def changed(self) -> dict[str, Any]:
        return {"renewal_on": self.cleaned_data["on"]}

    def told(self) -> str:
        day = self.cleaned_data["on"]
        return f"set the renewal date to {day:%-d %B %Y}" if day else "took the renewal date away"


class CycleForm(TravelForm):
    heading, button = "Renewed", "Begin the next cycle"
    on = NearDateField(label="Renewed on", help_text="What is still open and was due before this day counts as missed.")
    stage = forms.ChoiceField(label="Goes on in", help_text="Earlier stages are not travelled again.")
    renewal_on = NearDateField(label="Next renewal")

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        renewal = self.enrolment.customer.renewal_on
        self.fields["stage"].choices = self.stages()  # type: ignore[attr-defined]
        self.initial.update(on=renewal or self.today, stage=self._usual_stage(), renewal_on=a_year_after(renewal or self.today))

    def _usual_stage(self) -> str:
        """The first one in which something recurs: where customers live once they have arrived."""
        document = self.enrolment.version.document
        recurring = {row["stage_id"] for row in document["touchpoints"].values() if row["repeat_days"]}
        order = stage_order(document)
        return next((id for id in order if id in recurring), order[0] if order else "")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        on, renewal = found.get("on"), found.get("renewal_on")
        if on and renewal and renewal <= on:
            self.add_error("renewal_on", "The next renewal comes after this one.")
        if on and on < (self.enrolment.cycle_started_on or self.enrolment.started_on):
            self.add_error("on", "That is before this cycle began.")
        return found

    def changed(self) -> dict[str, Any]:
        given = self.cleaned_data
        return self.enrolment.renewed(given["on"], UUID(given["stage"]), given["renewal_on"])

    def told(self) -> str:
        return f"renewed until {self.cleaned_data['renewal_on']:%-d %B %Y}: cycle {self.enrolment.cycle + 1} begins"


class VersionForm(TravelForm):
    heading, button = "The newest version", "Move over"

    def changed(self) -> dict[str, Any]:
        return self.enrolment.moved_over(self._newest(), self.today)

    def told(self) -> str:
        return f"moved over to {self._newest()} of {self.enrolment.journey}"

    def _newest(self) -> Version:
        newest = Version.objects.of(self.enrolment.journey).newest()
        assert newest is not None  # noqa: S101  # nosec: one is being travelled
        return newest


class LeaveForm(TravelForm):
    heading, button = "Leave the journey", "Leave the journey"
    on = NearDateField(label="Left on", help_text="What was done stays. What was due before counts as missed; the rest goes.")
    because = forms.CharField(label="Why", max_length=500, required=False)

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.initial["on"] = self.today

    def changed(self) -> dict[str, Any]:
        return self.enrolment.left(self.cleaned_data["on"], self.cleaned_data["because"])

    def told(self) -> str:
        return f"left {self.enrolment.journey}"


class LogEventForm(NearDays):
    """Something outside our walls that has happened, of what the map has an answer to."""

    event = forms.ChoiceField(label="What happened")
    happened_on = NearDateField(label="On")
    note = forms.CharField(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, route: Route, today: date, **more: Any):
        super().__init__(*args, today=today, **more)
        self.initial["happened_on"] = today
        self.names = {card.id: card.fields["title"] for card in route.triggers}
        self.fields["event"].choices = list(self.names.items())  # type: ignore[attr-defined]

    def clean_happened_on(self) -> date:
        day: date = self.cleaned_data["happened_on"]
        if day > self.today:
            raise forms.ValidationError("It has not happened yet.")
        return day


def a_year_after(day: date) -> date:
    """The same day of the next year; the last of February where there is no 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, month=3, day=1) - timedelta(days=1)
