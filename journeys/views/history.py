"""Looking back: the list of changes, the map at any revision, and what has changed since one was last here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts.doors import MemberRequest, door
from accounts.models import Access, Member
from journeys.changing import MODELS
from journeys.days_in_words import day_in_words, people_in_words, since_in_words
from journeys.differences import HOW, Difference, counts, differences
from journeys.differing import document_at
from journeys.field_words import KINDS
from journeys.marking import mark, place_of, with_ghosts
from journeys.models import Change, Journey, NamedRevision, Visit
from journeys.models.change import ChangeQuerySet
from journeys.names import names_around
from journeys.rendering import draw, page_parts
from journeys.sittings import Sitting, sittings, whole_sittings
from journeys.views.canvas import GUIDES, journey_of

#: changes read at once; the differences of each sort that are listed, the others are only marked on the map
PER_PAGE, LISTED = 60, 100
#: larger ones are no revision
MOST = 2**31 - 1
PATHS = {model.document_key: kind for kind, model in MODELS.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the history somebody wants to see. What makes no sense is not asked."""

    by: UUID | None = None
    #: (kind, id) of an element
    element: tuple[str, str] | None = None
    named: bool = False
    #: only what is older than this revision
    before: int | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Asked:
        key, _, id = query.get("element", "").strip("/").partition("/")
        element = _uuid(id)
        before = number_of(query.get("before", ""))
        found = (PATHS[key], str(element)) if key in PATHS and element else None
        return cls(_uuid(query.get("by", "")), found, bool(query.get("named")), before)

    def among(self, changes: ChangeQuerySet) -> ChangeQuerySet:
        changes = changes.by_member(self.by) if self.by else changes
        changes = changes.touching(*self.element) if self.element else changes
        changes = changes.named() if self.named else changes
        return changes.before(self.before) if self.before is not None else changes


def number_of(text: str) -> int | None:
    """A revision, or None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MOST else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """A change as the list shows it."""

    change: Change
    name: str
    is_undone: bool


@door("GET", access=Access.VIEWER)
def history(request: MemberRequest, journey: UUID) -> HttpResponse:
    """The panel; with ?before=<revision> what is older, to be put under it."""
    found, asked = journey_of(request, journey), Asked.read(request.GET)
    log = Change.objects.of(found)
    read = list(asked.among(log).listed()[: PER_PAGE + 1])
    changes = read[: whole_sittings(read, PER_PAGE)]
    names = NamedRevision.objects.names(found, *(change.revision for change in changes))
    undone = log.undone_among(changes)
    rows = {one.revision: Row(one, names.get(one.revision, ""), one.revision in undone) for one in changes}
    query = request.GET.copy()
    query["before"] = str(changes[-1].revision) if changes else ""
    context = {
        "can_edit": request.member.can_edit,
        "journey": found,
        "days": _by_day(sittings(changes), rows),
        "more": query.urlencode() if len(read) > len(changes) else "",
        "is_filtered": asked.by or asked.element or asked.named,
    }
    if asked.before is not None:
        return render(request, "journeys/_sittings.html", context)
    about = _element(found, *asked.element) if asked.element else ""
    people = sorted((member for member, _ in log.people()), key=lambda member: str(member).casefold())
    return render(request, "journeys/history.html", context | {"asked": asked, "about": about, "people": people, "first": True})


def _by_day(found: Iterable[Sitting], rows: dict[int, Row]) -> list[tuple[str, list[tuple[Sitting, list[Row]]]]]:
    """("Today", the sittings that ended then, each with its rows)."""
    today = timezone.localdate()
    with_rows = [(sitting, [rows[change.revision] for change in sitting.changes]) for sitting in found]
    days = groupby(with_rows, key=lambda one: timezone.localtime(one[0].ended).date())
    return [(day_in_words(day, today).capitalize(), list(its)) for day, its in days]


def _element(journey: Journey, kind: str, id: str) -> str:
    """What an element is called today."""
    element = MODELS[kind].on(journey, id)
    return f"{KINDS[kind]} {element.called}" if element else f"a {KINDS[kind]} that is no longer there"


@door("GET", access=Access.VIEWER)
def revision(request: MemberRequest, journey: UUID, revision: int) -> HttpResponse:
    """The map as it was, with what differs from another revision marked: from the one before, or from ?against=, a revision or
    "now". What is not on this map is a ghost."""
    found = journey_of(request, journey)
    change = Change.objects.of(found).listed().at_revision(revision)
    against = _against(request.GET.get("against", ""), revision, found.revision)
    if change is None or against is None:
        raise Http404
    later = document_at(found, max(revision, against))
    earlier = document_at(found, min(revision, against), later)
    shown, other = (later, earlier) if against < revision else (earlier, later)
    names = names_around(request.member.workspace_id, earlier, later)
    differing = differences(earlier, later, names)
    picture = mark(draw(with_ghosts(shown, other), names, room=0), differing, shown)
    given = NamedRevision.objects.names(found, revision, against)
    context = {
        "journey": found,
        "change": change,
        # Every text in the picture has been escaped where it was put together.
        "parts": {name: mark_safe(html) for name, html in page_parts(picture).items()},  # noqa: S308  # nosec
        "guides": GUIDES,
        "name": given.get(revision, ""),
        "against": against,
        "against_name": given.get(against, ""),
        "is_this_change": against == revision - 1,
        "is_until_now": against == found.revision,
        "groups": _groups(differing),
        "has_ghosts": any(one.how == ("removed" if against < revision else "added") for one in differing),
        "previous": revision - 1 if revision > 1 else None,
        "next": revision + 1 if revision < found.revision else None,
        "query": "?against=now" if request.GET.get("against") == "now" else "",
    }
    return render(request, "journeys/revision.html", context)


def _against(asked: str, revision: int, newest: int) -> int | None:
    """The revision to compare with; None for what is none."""
    if asked in ("", "now"):
        return newest if asked else revision - 1
    number = number_of(asked)
    return number if number is not None and number <= newest else None


def _groups(found: list[Difference]) -> list[dict[str, Any]]:
    """The differences by what happened, each with where it is to be seen."""
    listed = [(how, [one for one in found if one.how == how][:LISTED], count) for how, count in counts(found).items()]
    return [
        {
            "how": how,
            "heading": HOW[how],
            "count": count,
            "more": count - len(those),
            "rows": [(one, KINDS[one.kind], place_of(one)) for one in those],
        }
        for how, those, count in listed
    ]


@door("GET", access=Access.VIEWER)
def since(request: MemberRequest, journey: UUID) -> HttpResponse:
    """What others have changed since the member was last here; nothing on a first visit."""
    found = journey_of(request, journey)
    visit = Visit.objects.of(request.member, found)
    people: list[tuple[Member, int]] = []
    if visit and visit.revision < found.revision:
        people = Change.objects.of(found).since(visit.revision).by_others(request.member).people()
    context = {
        "journey": found,
        "visit": visit,
        "count": sum(count for _, count in people),
        "people": people_in_words([str(member) for member, _ in people]),
        "then": since_in_words(*map(_local, (visit.at, timezone.now()))) if visit else "",
    }
    return render(request, "journeys/since.html", context)


def _local(instant: datetime) -> datetime:
    return timezone.localtime(instant)


@door("POST", access=Access.VIEWER)
def seen(request: MemberRequest, journey: UUID) -> HttpResponse:
    """The member has the map before them as it is at `revision`."""
    found = journey_of(request, journey)
    revision = number_of(request.POST.get("revision", ""))
    if revision is None:
        return HttpResponse(status=400)
    Visit.objects.renew(request.member, found, revision, at=timezone.now())
    return HttpResponse(status=204)
