"""Acts on several elements at once: a selection, pasted lines, copies, the slots of a stage."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from accounts.doors import MemberRequest
from journeys import breaking_down, catching, copying, slots
from journeys.document import Document
from journeys.forms import TouchpointForm
from journeys.models import Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.outline import read_outline
from journeys.placing import LAST
from journeys.reading import read_document
from journeys.selection import Place, Selection
from journeys.views.acting import act, id_of, int_of, on_map, who

MOST = 5000
TOGETHER = ("owner", "channel", "delivery", "importance", "playbook", "kind", "moment_of_truth")


@act
def move_selection(request: MemberRequest, journey: Journey) -> str:
    places, kinds = [], []
    for item in _list_of(request, "places"):
        kind, id = _element(item.get("element"))
        lane = _uuid(item.get("lane")) if kind == "touchpoints" else None
        slot, level = _number(item.get("slot"), 0, LAST), item.get("level")
        level = _number(level, -2, 2) if level is not None else None
        places.append(Place(id, _uuid(item.get("stage")), lane, slot, level))
        kinds.append((kind, id))
    _selected(journey, kinds).move(places, **who(request))
    return _told("Moved", len(places))


@act
def edit_selection(request: MemberRequest, journey: Journey) -> str:
    selection = _selection(request, journey)
    known = {name: request.POST[name] for name in TOGETHER if name in request.POST}
    if not known:
        raise ActRefused("Say what to set.")
    selection.edit(TouchpointForm.changes(Touchpoint(), known, request.member), **who(request))
    return _told("Changed", len(selection.touchpoints))


@act
def duplicate_selection(request: MemberRequest, journey: Journey) -> tuple[str, dict[str, Any]]:
    made = _selection(request, journey).duplicate(first_id=_first(request), **who(request))
    return _told("Duplicated", len(made)), {"made": made}


@act
def remove_selection(request: MemberRequest, journey: Journey) -> str:
    selection = _selection(request, journey)
    selection.remove(**who(request))
    return _told("Deleted", len(selection.touchpoints) + len(selection.emotions)) + ". Undo brings it back"


@act
def turn_into_child(request: MemberRequest, journey: Journey) -> tuple[str, dict[str, Any]]:
    title = request.POST.get("title", "")
    child = breaking_down.turn_into_child(_selection(request, journey), title, **who(request))
    return f"{child.title} holds these cards now", {"child": str(child.pk)}


@act
def paste_selection(request: MemberRequest, journey: Journey) -> tuple[str, dict[str, Any]]:
    """Copies of elements of this map or another (`from`), at a place of this one."""
    source = _source(request, journey)
    part = copying.part_of(source, {id for _, id in _elements(request)})
    lane = on_map(journey, Lane, id_of(request, "lane")) if request.POST.get("lane") else None
    stage = on_map(journey, Stage, id_of(request, "stage"))
    slot = int_of(request, "slot", 0, LAST)
    made = copying.paste(journey, part, source, stage, lane, slot, first_id=_first(request), **who(request))
    return _told("Pasted", len(made)), {"made": made}


@act
def copy_stage(request: MemberRequest, journey: Journey) -> tuple[str, dict[str, Any]]:
    """A copy of the stage `stage` of this map or another (`from`), before the stage `before` or at the end."""
    before = on_map(journey, Stage, id_of(request, "before")) if request.POST.get("before") else None
    stage = str(id_of(request, "stage") or "")
    made = copying.copy_stage(journey, _source(request, journey), stage, before=before, id=id_of(request), **who(request))
    return f"Copied the stage {made.name}", {"made": [str(made.pk)]}


@act
def paste_lines(request: MemberRequest, journey: Journey) -> str:
    lines = read_outline(request.POST.get("lines", ""))
    stage = on_map(journey, Stage, id_of(request, "stage"))
    lane = on_map(journey, Lane, id_of(request, "lane")) if request.POST.get("lane") else None
    slot = int_of(request, "slot", 0, LAST)
    count = catching.catch_lines(journey, lines, stage, lane, slot, first_id=id_of(request), **who(request))
    return _told("Pasted", count)


@act
def insert_slot(request: MemberRequest, journey: Journey) -> str:
    stage = on_map(journey, Stage, id_of(request, "stage"))
    slots.insert_slot(journey, stage, int_of(request, "slot", 0, LAST), **who(request))
    return f"Inserted an empty slot in {stage.name}"


@act
def take_out_slots(request: MemberRequest, journey: Journey) -> str:
    stage = on_map(journey, Stage, id_of(request, "stage")) if request.POST.get("stage") else None
    slots.take_out_empty_slots(journey, stage, **who(request))
    return f"Took the empty slots out of {stage.name if stage else 'every stage'}"


def _source(request: MemberRequest, journey: Journey) -> Document:
    """The map that something was copied from. Raises ActRefused if the member may not see it, or it is gone."""
    pk = id_of(request, "from") or journey.pk
    found = journey if pk == journey.pk else Journey.objects.visible_to(request.member).filter(pk=pk).first()
    if found is None:
        raise ActRefused("The journey that was copied from is no longer there.")
    return read_document(found)


def _first(request: MemberRequest) -> str:
    return str(id_of(request) or "")


def _list_of(request: MemberRequest, name: str) -> list[Any]:
    try:
        found = json.loads(request.POST.get(name, ""))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not found:
        raise ActRefused("Nothing is selected.", name)
    if len(found) > MOST:
        raise ActRefused(f"At most {MOST:,} at once, please.", name)
    if name == "places" and not all(isinstance(item, dict) for item in found):
        raise ActRefused("That is not a list of places.", name)
    return found


def _elements(request: MemberRequest) -> list[tuple[str, str]]:
    return [_element(item) for item in _list_of(request, "elements")]


def _selection(request: MemberRequest, journey: Journey) -> Selection:
    return _selected(journey, _elements(request))


def _selected(journey: Journey, elements: list[tuple[str, str]]) -> Selection:
    by_kind = {kind: {id for one, id in elements if one == kind} for kind in ("touchpoints", "emotions")}
    return Selection(journey, by_kind["touchpoints"], by_kind["emotions"])


def _element(value: Any) -> tuple[str, str]:
    """("touchpoints" or "emotions", id) of what a card calls itself, such as "touchpoints/<id>/"."""
    kind, _, id = str(value).rstrip("/").partition("/")
    if kind not in ("touchpoints", "emotions"):
        raise ActRefused("Only cards and feelings can be selected.", "elements")
    return kind, _uuid(id)


def _uuid(value: Any) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise ActRefused("That is not an id.") from None


def _number(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ActRefused(f"That is not a number from {least} to {most}.")
    return value


def _told(verb: str, count: int) -> str:
    return f"{verb} {count} card{'s' if count != 1 else ''}"
