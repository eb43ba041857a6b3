"""How one is reminded, and the days on which one is away."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import NearDateField, NearDays
from accounts.models import Member
from accounts.outgoing import Refused, Unreachable, check
from touchpoints.models.reminders import Channel
from touchpoints.models.reminding import FARTHEST


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ChannelsField(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, label: str):
        super().__init__(label=label, choices=Channel.choices, coerce=str, required=False)


class RemindingForm(forms.Form):
    due_by = ChannelsField("On the day that something is due")
    days_before = forms.IntegerField(
        label="Working days before it is due", min_value=0, max_value=FARTHEST, help_text="0: not before the day."
    )
    before_by = ChannelsField("Before it is due")
    days_after = forms.IntegerField(
        label="Working days after which it is overdue", min_value=0, max_value=FARTHEST, help_text="0: never; Today shows it."
    )
    overdue_by = ChannelsField("When it is overdue")
    escalation_by = ChannelsField("When a must of those who report to you is overdue")
    digest = forms.BooleanField(
        label="Mail me a digest in the morning",
        required=False,
        help_text="What is overdue and what is due. On days with nothing to say there is none.",
    )
    morning = forms.TimeField(label="My morning", widget=TimeInput(), help_text="In your own time zone.")
    quiet_from = forms.TimeField(label="Quiet from", required=False, widget=TimeInput())
    quiet_to = forms.TimeField(
        label="Quiet until",
        required=False,
        widget=TimeInput(),
        help_text="What falls between waits until then. Both empty: never.",
    )
    webhook_url = forms.URLField(
        label="Webhook address",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="An incoming webhook of Slack, Teams, Mattermost, or anything that takes JSON with a text.",
    )

    def clean_webhook_url(self) -> str:
        url: str = self.cleaned_data["webhook_url"]
        try:
            if url:
                check(url)
        except Refused as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        except Unreachable:
            return url  # it may be there again when something is due; *Send test* says so
        return url

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        start, end = told.get("quiet_from"), told.get("quiet_to")
        if (start is None) != (end is None) and not {"quiet_from", "quiet_to"} & self.errors.keys():
            self.add_error("quiet_to" if end is None else "quiet_from", "Say both, or neither.")
        chosen = {one for name in ("due_by", "before_by", "overdue_by", "escalation_by") for one in told.get(name, [])}
        if Channel.WEBHOOK in chosen and not told.get("webhook_url") and "webhook_url" not in self.errors:
            self.add_error("webhook_url", "Where to? You have chosen the webhook above.")
        return told


class AbsenceForm(NearDays):
    first_on = NearDateField(label="First day away")
    last_on = NearDateField(label="Last day away")
    stand_in = forms.ModelChoiceField(
        Member.objects.none(), label="Who stands in", required=False, empty_label="Nobody", help_text="They get your reminders."
    )

    def __init__(self, *args: Any, by: Member, **more: Any):
        super().__init__(*args, **more)
        others = Member.objects.visible_to(by).exclude(pk=by.pk).in_order()
        self.fields["stand_in"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("first_on") and told.get("last_on") and told["last_on"] < told["first_on"]:
            self.add_error("last_on", "That is before the first day.")
        elif told.get("last_on") and told["last_on"] < self.today:
            self.add_error("last_on", "That is over already.")
        return told
