"""What is missing on a map: the panel, how many they are, and setting one aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.doors import MemberRequest, door
from accounts.models import Access
from journeys.forms import DismissalForm
from journeys.gaps import Gap, Report, Severity, find_gaps
from journeys.models import Change, Dismissal, Journey
from journeys.models.element import ActRefused
from journeys.once_a_revision import once_a_revision
from journeys.reading import read_document
from journeys.standing import STANDING
from journeys.views.acting import act, one_of, who
from journeys.views.canvas import journey_of, role_names

#: from so many gaps of one rule on they are told in one line; of each rule so many are listed
FOLD, LISTED = 3, 25
HEADINGS = {Severity.FIRST: "Mend these first", Severity.NEXT: "Then these", Severity.LATER: "When there is time"}


@dataclass(frozen=True)
class Bundle:
    """The gaps of one rule and severity."""

    gaps: list[Gap]

    @property
    def rule(self) -> Any:
        return self.gaps[0].rule

    @property
    def is_folded(self) -> bool:
        return len(self.gaps) >= FOLD

    @property
    def listed(self) -> list[Gap]:
        return self.gaps[:LISTED]

    @property
    def more(self) -> int:
        return max(len(self.gaps) - LISTED, 0)


@door("GET", access=Access.VIEWER)
def gaps(request: MemberRequest, journey: UUID) -> HttpResponse:
    found = journey_of(request, journey)
    report = find_gaps(read_document(found), role_names(request))
    groups = [(HEADINGS[severity], _bundles(report.gaps, severity)) for severity in Severity]
    context = {
        "can_edit": request.member.can_edit,
        "journey": found,
        "report": report,
        "groups": [(heading, bundles, sum(len(one.gaps) for one in bundles)) for heading, bundles in groups if bundles],
        "aside": _with_change(found, report),
    }
    return render(request, "journeys/gaps.html", context)


def _bundles(gaps: Iterable[Gap], severity: Severity) -> list[Bundle]:
    by_rule: dict[str, list[Gap]] = {}
    for gap in gaps:
        if gap.severity == severity:
            by_rule.setdefault(gap.rule.slug, []).append(gap)
    return [Bundle(found) for found in by_rule.values()]


def _with_change(journey: Journey, report: Report) -> list[tuple[Any, Change | None]]:
    """What was set aside, each with the change that did it."""
    if not report.set_aside:
        return []
    changes = Change.objects.of(journey).making("dismissal")
    return [(one, changes.get(one.dismissal)) for one in report.set_aside]


@door("GET", access=Access.VIEWER)
def gap_count(request: MemberRequest, journey: UUID) -> HttpResponse:
    found = journey_of(request, journey)
    return render(request, "journeys/gap_count.html", {"standing": once_a_revision([found], STANDING)[0][str(found.pk)]})


@act
def set_gap_aside(request: MemberRequest, journey: Journey) -> str:
    form = DismissalForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise ActRefused(str(errors[0]), field)
    told = form.cleaned_data
    report = find_gaps(read_document(journey), role_names(request))
    all_gaps = [*report.gaps, *(one.gap for one in report.set_aside)]
    gap = next((one for one in all_gaps if (one.rule.slug, one.subject) == (told["rule"], told["subject"])), None)
    if gap is None:
        raise ActRefused("That is no gap any more. Look again.", "reason")
    Dismissal.set_aside(journey, gap.rule.slug, gap.subject, told["reason"], called=gap.text, **who(request))
    return f"Set aside: {gap.text}"


@act
def take_gap_up(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    dismissal = one_of(journey, Dismissal, pk)
    report = find_gaps(read_document(journey), role_names(request))
    called = next((one.gap.text for one in report.set_aside if one.dismissal == str(pk)), "a gap that is none any more")
    dismissal.take_up(called=called, **who(request))
    return f"Taken up again: {called}"
