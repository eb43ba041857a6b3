"""The acts of a map's page: each parses, makes one domain call, and answers with the new revision.

A refusal is a 422 with {"field", "message"}, shown at the place it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from journeys.forms import EmotionForm, HandoffForm, StageForm, TouchpointForm
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused


def act(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """POST, for editors: view(request, journey, **ids) -> words to announce, or None."""

    @door("POST", access=Access.EDITOR)
    @wraps(view)
    def inner(request: MemberRequest, journey: UUID, **ids: UUID) -> HttpResponse:
        request.at = timezone.now()
        try:
            with Journey.objects.hold(journey, by=request.member) as found:
                said = view(request, found, **ids)
        except Journey.DoesNotExist:
            raise Http404 from None
        except ActRefused as refusal:
            return JsonResponse({"field": refusal.field, "message": refusal.message}, status=422)
        except IntegrityError:
            return JsonResponse({"field": "", "message": "Somebody was quicker. Look again and retry."}, status=409)
        return JsonResponse({"revision": found.revision, "said": said or "Saved"})

    return inner


def _who(request: MemberRequest) -> dict[str, Any]:
    return {"by": request.member, "at": request.at}


def _id(request: MemberRequest, name: str = "id") -> UUID | None:
    """An id from the form; None if absent. Raises ActRefused if it is none."""
    value = request.POST.get(name, "")
    try:
        return UUID(value) if value else None
    except ValueError:
        raise ActRefused("That is not an id.", name) from None


def _int(request: MemberRequest, name: str, least: int, most: int) -> int:
    try:
        value = int(request.POST.get(name, ""))
    except ValueError:
        raise ActRefused("That is not a whole number.", name) from None
    if not least <= value <= most:
        raise ActRefused(f"Between {least} and {most}, please.", name)
    return value


def _on(journey: Journey, model: type[Any], pk: UUID | None) -> Any:
    found = model.on(journey, pk) if pk else None
    if found is None:
        raise ActRefused(f"That {model.kind_name} is no longer on the map.")
    return found


def _one(journey: Journey, model: type[Any], pk: UUID) -> Any:
    found = model.on(journey, pk)
    if found is None:
        raise Http404
    return found


@act
def undo(request: MemberRequest, journey: Journey) -> str:
    return _told("Undid", journey.undo(**_who(request)), "Nothing to undo")


@act
def redo(request: MemberRequest, journey: Journey) -> str:
    return _told("Redid", journey.redo(**_who(request)), "Nothing to redo")


def _told(verb: str, outcome: Any, nothing: str) -> str:
    if not outcome.label:
        return nothing
    left = f" Left alone: {'; '.join(outcome.left_alone[:3])}." if outcome.left_alone else ""
    return f"{verb}: {outcome.label}.{left}" if outcome.change else f"Could not take back “{outcome.label}”.{left}"


@act
def rename(request: MemberRequest, journey: Journey) -> str:
    journey.rename(request.POST.get("title", "")[:200], **_who(request))
    return f"The journey is called {journey.title}"


@act
def add_stage(request: MemberRequest, journey: Journey) -> str:
    before = _id(request, "before")
    stage = journey.add_stage(
        request.POST.get("name", "").strip() or "New stage",
        id=_id(request),
        before=_on(journey, Stage, before) if before else None,
        **_who(request),
    )
    return f"Added stage {stage.name}"


@act
def edit_stage(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    stage = _one(journey, Stage, pk)
    stage.edit(StageForm.changes(stage, request.POST, request.member), **_who(request))


@act
def move_stage(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    """`by` = -1 or +1: one place to the left or to the right."""
    stage = _one(journey, Stage, pk)
    rows = sorted(Stage.objects.filter(journey=journey), key=lambda row: (row.position, str(row.pk)))
    _shift(stage, rows, _int(request, "step", -1, 1), request)
    return f"Moved stage {stage.name}"


@act
def move_lane(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    lane = _one(journey, Lane, pk)
    rows = sorted(Lane.objects.filter(journey=journey, kind="role"), key=lambda row: (row.position, str(row.pk)))
    _shift(lane, rows, _int(request, "step", -1, 1), request)
    return f"Moved lane {lane.name}"


def _shift(element: Any, rows: list[Any], step: int, request: MemberRequest) -> None:
    ids = [row.pk for row in rows]
    if element.pk not in ids:
        raise ActRefused(f"The lane {element.name} stays where it is.")
    index = ids.index(element.pk) + step
    if not 0 <= index < len(rows):
        return
    follower = index + 1 if step > 0 else index
    element.move_before(rows[follower] if follower < len(rows) else None, **_who(request))


@act
def remove_stage(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    stage = _one(journey, Stage, pk)
    stage.remove(**_who(request))
    return f"Deleted stage {stage.name} with all that stood on it. Undo brings it back"


@act
def add_lane(request: MemberRequest, journey: Journey) -> str:
    role_id = _id(request, "role")
    role = Role.objects.visible_to(request.member).filter(pk=role_id).first() if role_id else None
    if role_id and role is None:
        raise ActRefused("That role does not exist.", "role")
    lane = journey.add_lane(
        request.POST.get("name", "").strip() or (role.name if role else "New lane"),
        id=_id(request),
        role=role,
        **_who(request),
    )
    return f"Added lane {lane.name}"


@act
def edit_lane(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    _one(journey, Lane, pk).rename(request.POST.get("name", "")[:120], **_who(request))


@act
def remove_lane(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    lane = _one(journey, Lane, pk)
    lane.remove(**_who(request))
    return f"Deleted lane {lane.name} with its cards. Undo brings it back"


@act
def add_touchpoint(request: MemberRequest, journey: Journey) -> str:
    lane = _on(journey, Lane, _id(request, "lane"))
    kind = request.POST.get("kind") or ("event" if lane.kind == Lane.Kind.OUTSIDE else "touchpoint")
    card = Touchpoint.catch(
        journey,
        request.POST.get("title", ""),
        _on(journey, Stage, _id(request, "stage")),
        lane,
        _int(request, "slot", 0, 20_000),
        id=_id(request),
        kind=kind,
        **_who(request),
    )
    return f"Added {card.title}"


@act
def edit_touchpoint(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    card = _one(journey, Touchpoint, pk)
    card.edit(TouchpointForm.changes(card, request.POST, request.member), **_who(request))


@act
def move_touchpoint(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    card = _one(journey, Touchpoint, pk)
    stage, lane = _on(journey, Stage, _id(request, "stage")), _on(journey, Lane, _id(request, "lane"))
    slot = _int(request, "slot", 0, 20_000)
    card.move_to(stage, lane, slot, **_who(request))
    return f"Moved {card.title} to {stage.name}, {lane.name}, place {slot + 1}"


@act
def remove_touchpoint(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    card = _one(journey, Touchpoint, pk)
    card.remove(**_who(request))
    return f"Deleted {card.title}. Undo brings it back"


@act
def connect(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    source, target = _one(journey, Touchpoint, pk), _on(journey, Touchpoint, _id(request, "target"))
    kind = request.POST.get("kind", "sequence")
    if kind not in Connector.Kind.values:
        raise ActRefused("An arrow is in sequence or in no set order.", "kind")
    Connector.join(source, target, kind, **_who(request))
    return f"Connected {source.title} to {target.title}"


@act
def remove_connector(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    _one(journey, Connector, pk).remove(**_who(request))
    return "Took the arrow away"


@act
def hand_off(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    role_id = _id(request, "to_role")
    role = Role.objects.visible_to(request.member).filter(pk=role_id).first() if role_id else None
    if role is None:
        raise ActRefused("Choose who takes over.", "to_role")
    Handoff.draw(_one(journey, Touchpoint, pk), role, **_who(request))
    return f"Drew a handoff to {role.name}"


@act
def edit_handoff(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    handoff = _one(journey, Handoff, pk)
    handoff.edit(HandoffForm.changes(handoff, request.POST, request.member), **_who(request))


@act
def pack(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    """Replace the package: as many of item, where, reader as there are rows; rows without an item fall out."""
    columns = [request.POST.getlist(name) for name in ("item", "where", "reader")]
    if len({len(column) for column in columns}) != 1:
        raise ActRefused("Each item needs what, where and who.", "item")
    items = [
        {"item": item.strip(), "where": where.strip(), "reader": reader.strip()}
        for item, where, reader in zip(*columns, strict=True)
        if item.strip()
    ]
    _one(journey, Handoff, pk).edit({"package": items}, **_who(request))
    return "Saved the package"


@act
def remove_handoff(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    _one(journey, Handoff, pk).remove(**_who(request))
    return "Deleted the handoff. Undo brings it back"


@act
def add_emotion(request: MemberRequest, journey: Journey) -> str:
    stage = _on(journey, Stage, _id(request, "stage"))
    level, slot = _int(request, "level", -2, 2), _int(request, "slot", 0, 20_000)
    emotion = Emotion.place(journey, request.POST.get("title", ""), stage, slot, level, id=_id(request), **_who(request))
    return f"Added the feeling {emotion.title}"


@act
def edit_emotion(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    emotion = _one(journey, Emotion, pk)
    emotion.edit(EmotionForm.changes(emotion, request.POST, request.member), **_who(request))


@act
def move_emotion(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    emotion = _one(journey, Emotion, pk)
    stage = _on(journey, Stage, _id(request, "stage"))
    level = _int(request, "level", -2, 2) if request.POST.get("level") else None
    emotion.move_to(stage, _int(request, "slot", 0, 20_000), level, **_who(request))
    return f"Moved {emotion.title} to {stage.name}"


@act
def remove_emotion(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    emotion = _one(journey, Emotion, pk)
    emotion.remove(**_who(request))
    return f"Deleted {emotion.title}. Undo brings it back"
