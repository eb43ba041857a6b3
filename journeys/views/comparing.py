"""Compare two maps: drafts or versions, of one journey or of two."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.doors import MemberRequest, door
from accounts.models import Access, Member
from accounts.paging import page_of
from journeys.comparing import Kind, Side, compare
from journeys.comparing.comparison import Comparison, Group, Pair
from journeys.comparing.rows import Heading, Row, heading_of, rows_of
from journeys.models import Journey, Version
from journeys.publishing import side_of

KEY = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.(\d{1,9}))?")
#: journeys that a search brings, and of each of them so many versions
FOUND, NEWEST = 25, 20
PER_PAGE = 60
LEGENDS = {"a": "Compare", "b": "with"}
KINDS = {**{kind.value: kind.value.capitalize() for kind in Kind}, "same": "The same"}
#: what of the maps -> (in words, the kinds of elements)
WHAT: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("Everything", ("touchpoint", "emotion", "stage", "lane", "journey", "connector", "handoff")),
    "cards": ("Cards", ("touchpoint",)),
    "feelings": ("Feelings", ("emotion",)),
    "frame": ("Stages and lanes", ("stage", "lane", "journey")),
    "ties": ("Arrows and handoffs", ("connector", "handoff")),
}


@dataclass(frozen=True)
class Chosen:
    """One side of a comparison: the draft of a journey, or one of its versions."""

    journey: Journey
    version: Version | None

    @property
    def key(self) -> str:
        return key_of(self.journey, self.version.number if self.version else None)

    def __str__(self) -> str:
        return f"{self.journey.title}: {f'version {self.version.number}' if self.version else 'draft'}"

    @property
    def what(self) -> Version | Journey:
        return self.version or self.journey

    def address(self, slug: str) -> str:
        if self.version:
            return reverse("journeys:version", args=[slug, self.journey.pk, self.version.number])
        return reverse("journeys:canvas", args=[slug, self.journey.pk])


def key_of(journey: Journey, number: int | None) -> str:
    """What ?a= and ?b= say: the id of a journey, and after a full stop the number of a version."""
    return f"{journey.pk}.{number}" if number else str(journey.pk)


@dataclass(frozen=True)
class Section:
    heading: Heading
    rows: list[Row]


@door("GET", access=Access.VIEWER)
def compare_maps(request: MemberRequest) -> HttpResponse:
    """?a= and ?b= are the two sides, ?only= a kind of difference, ?what= what of the maps, ?qa= and ?qb= look for journeys."""
    sides = {name: _side(request, name) for name in ("a", "b")}
    context: dict[str, Any] = {"sides": sides.items()}
    chosen = [side["chosen"] for side in sides.values()]
    status = 404 if any(side["error"] for side in sides.values()) else 200
    if all(chosen):
        context |= {"a": chosen[0], "b": chosen[1], "is_same": chosen[0].key == chosen[1].key}
        if not context["is_same"]:
            context |= _compared(request, *chosen)
    return render(request, "journeys/compare_maps.html", context, status=status)


def _side(request: MemberRequest, name: str) -> dict[str, Any]:
    """What one of the two pickers shows."""
    asked, words = request.GET.get(name, ""), request.GET.get(f"q{name}", "")[:100]
    chosen = _chosen(asked, request.member) if asked else None
    error = "That journey, or that version of it, is not here. Choose another one." if asked and not chosen else ""
    return {
        "legend": LEGENDS[name],
        "chosen": chosen,
        "error": error,
        "words": words,
        "options": _options(request.member, words, chosen),
    }


def _chosen(key: str, member: Member) -> Chosen | None:
    said = KEY.fullmatch(key)
    journey = Journey.objects.seen_by(member, UUID(said[1])) if said else None
    if said is None or journey is None:
        return None
    if said[2] is None:
        return Chosen(journey, None)
    version = Version.objects.of(journey).numbered(int(said[2]))
    return Chosen(journey, version) if version else None


def _options(member: Member, words: str, chosen: Chosen | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """(segment, [(key, what it is called)]) of the journeys that fit the words; what has been chosen is always among them."""
    fitting = Journey.objects.visible_to(member).matching(words).select_related("segment").latest_first()
    journeys = list(fitting[:FOUND])
    if chosen and all(one.pk != chosen.journey.pk for one in journeys):
        journeys.insert(0, chosen.journey)
    numbers = Version.objects.of_all([one.pk for one in journeys])
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in journeys:
        listed = numbers.get(one.pk, [])[:NEWEST]
        if chosen and chosen.version and chosen.journey.pk == one.pk and chosen.version.number not in listed:
            listed.append(chosen.version.number)
        options = groups.setdefault(one.segment.name, [])
        options.append((key_of(one, None), f"{one.title}: draft"))
        options += [(key_of(one, number), f"{one.title}: version {number}") for number in listed]
    return list(groups.items())


def _compared(request: MemberRequest, a: Chosen, b: Chosen) -> dict[str, Any]:
    before, after = side_of(a.what), side_of(b.what)
    comparison = compare(before, after)
    only = request.GET.get("only", "") if request.GET.get("only") in KINDS else ""
    # Between two segments the arrows differ wherever the cards do: one begins with the cards.
    what = request.GET.get("what", "")
    what = what if what in WHAT else "all" if a.journey.pk == b.journey.pk else "cards"
    kinds = WHAT[what][1]
    shown = [
        (group, pair)
        for group in comparison.groups
        for pair in group.pairs
        if pair.what in kinds and (only in (pair.kinds or ("same",)) if only else pair.kinds)
    ]
    page = page_of(request, shown, per_page=PER_PAGE)
    return {
        "page": page,
        "sections": _sections(page, before, after),
        "counts": _counts(comparison, kinds),
        "total": sum(1 for pair in comparison.differing if pair.what in kinds),
        "only": only,
        "what": what,
        "parts": [(key, words) for key, (words, _) in WHAT.items()],
        "query": f"?a={a.key}&b={b.key}",
        "addresses": (a.address(request.workspace.slug), b.address(request.workspace.slug)),
    }


def _counts(comparison: Comparison, kinds: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """(kind, in words, how many)."""
    counts = comparison.counts(*kinds)
    return [(kind, words, counts[kind]) for kind, words in KINDS.items()]


def _sections(shown: Iterable[tuple[Group, Pair]], before: Side, after: Side) -> list[Section]:
    by_group: dict[int, tuple[Group, list[Pair]]] = {}
    for group, pair in shown:
        by_group.setdefault(id(group), (group, []))[1].append(pair)
    return [Section(heading_of(group, before, after), rows_of(pairs, before, after)) for group, pairs in by_group.values()]
