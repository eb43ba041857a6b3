from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.forms import NearDateField, NearDays
from accounts.models import Member
from journeys.models import Journey, Segment, Version
from touchpoints.models import EnrolmentRule

#: days before a renewal, at most
LONGEST_BEFORE = 730
STARTS = EnrolmentRule.Starts


class EnrolForm(NearDays):
    """Who goes on which journey, and from when."""

    journey = forms.ModelChoiceField(Journey.objects.none(), help_text="They travel what was published last.")
    segment = forms.ModelChoiceField(
        Segment.objects.none(), help_text="All of its customers that are not on the journey already."
    )
    started_on = NearDateField(label="Begins on")

    def __init__(self, *args: Any, by: Member, today: date, to_whom: bool = True, **more: Any):
        super().__init__(*args, today=today, **more)
        self.fields["journey"].queryset = Journey.objects.visible_to(by).published().order_by("title", "id")  # type: ignore[attr-defined]
        if not to_whom:
            del self.fields["segment"]
        else:
            self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if journey := found.get("journey"):
            found["version"] = Version.objects.of(journey).newest()
        return found


class EnrolmentRuleForm(NearDays):
    """Whose customers go on which journey by themselves, and when each begins."""

    segment = forms.ModelChoiceField(Segment.objects.none(), help_text="Its customers, and those that come to it later.")
    journey = forms.ModelChoiceField(Journey.objects.none(), help_text="They travel what is published when their turn comes.")
    starts = forms.ChoiceField(
        label="A customer begins on",
        choices=STARTS.choices,
        help_text="Those that are in the segment now begin today, if it is the day they come.",
    )
    starts_on = NearDateField(label="The fixed day", required=False, help_text="Only for a fixed day.")
    days_before = forms.IntegerField(
        label="Days before it renews",
        required=False,
        min_value=0,
        max_value=LONGEST_BEFORE,
        help_text="Only for the renewal. Who renews sooner begins today; who has no renewal date to come waits for one.",
    )

    def __init__(self, *args: Any, by: Member, today: date, **more: Any):
        super().__init__(*args, today=today, **more)
        self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
        self.fields["journey"].queryset = Journey.objects.visible_to(by).published().order_by("title", "id")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What does not belong to the way it begins is left out."""
        found: dict[str, Any] = super().clean() or {}
        for starts, name, lacks in (
            (STARTS.FIXED, "starts_on", "Which day?"),
            (STARTS.RENEWAL, "days_before", "How many days before?"),
        ):
            if found.get("starts") != starts:
                found[name] = None
                self.errors.pop(name, None)
            elif found.get(name) is None and name not in self.errors:
                self.add_error(name, lacks)
        return found

    @property
    def said(self) -> dict[str, Any]:
        """What a rule is made from."""
        given = self.cleaned_data
        return {"on": given["starts_on"], **{name: given[name] for name in ("segment", "journey", "starts", "days_before")}}
