"""Acts on the map itself: undo and redo, its title, its stages and lanes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.doors import MemberRequest
from accounts.models import Role
from journeys.forms import StageForm
from journeys.models import Journey, Lane, Stage
from journeys.models.element import ActRefused
from journeys.undoing import Undone
from journeys.views.acting import act, act_on, began_with, id_of, int_of, on_map, one_of, who


@act
def undo(request: MemberRequest, journey: Journey) -> str:
    return _told("Undid", "Could not take back", journey.undo(**who(request)), "Nothing to undo")


@act
def redo(request: MemberRequest, journey: Journey) -> str:
    return _told("Redid", "Could not do again", journey.redo(**who(request)), "Nothing to redo")


def _told(did: str, could_not: str, outcome: Undone, nothing: str) -> str:
    """Whose act stood in the way, and which: "Could not take back “renamed A to B”: Maria has since “renamed B to C”.\""""
    if not outcome.label:
        return nothing
    left = "; ".join(outcome.left_alone[:3])
    if outcome.change is None:
        return f"{could_not} “{outcome.label}”{f': {left}' if left else ''}."
    return f"{did}: {outcome.label}.{f' Left alone: {left}.' if left else ''}"


@act
def rename(request: MemberRequest, journey: Journey) -> str:
    journey.rename(request.POST.get("title", "")[:200], **began_with(request), **who(request))
    return f"The journey is called {journey.title}"


@act
def add_stage(request: MemberRequest, journey: Journey) -> str:
    before = id_of(request, "before")
    stage = journey.add_stage(
        request.POST.get("name", "").strip() or "New stage",
        id=id_of(request),
        before=on_map(journey, Stage, before) if before else None,
        **who(request),
    )
    return f"Added stage {stage.name}"


@act_on(Stage)
def edit_stage(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    stage = one_of(journey, Stage, pk)
    stage.edit(StageForm.changes(stage, request.POST, request.member), **began_with(request), **who(request))


@act_on(Stage)
def move_stage(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    """`before` = the id of the stage to stand before ("": the end), or `step` = -1 or +1: one place left or right."""
    stage = one_of(journey, Stage, pk)
    _reorder(journey, stage, sorted(Stage.objects.filter(journey=journey), key=_in_order), request)
    return f"Moved stage {stage.name}"


@act_on(Lane)
def move_lane(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    """`before` or `step`, as for a stage; -1 is up."""
    lane = one_of(journey, Lane, pk)
    _reorder(journey, lane, sorted(Lane.objects.filter(journey=journey, kind="role"), key=_in_order), request)
    return f"Moved lane {lane.name}"


def _in_order(row: Stage | Lane) -> tuple[float, str]:
    return row.position, str(row.pk)


def _reorder(journey: Journey, element: Any, rows: list[Any], request: MemberRequest) -> None:
    if "before" in request.POST:
        before = id_of(request, "before")
        element.move_before(on_map(journey, type(element), before) if before else None, **who(request))
        return
    step = int_of(request, "step", -1, 1)
    ids = [row.pk for row in rows]
    if element.pk not in ids:
        raise ActRefused(f"The lane {element.name} stays where it is.")
    index = ids.index(element.pk) + step
    if not 0 <= index < len(rows):
        return
    follower = index + 1 if step > 0 else index
    element.move_before(rows[follower] if follower < len(rows) else None, **who(request))


@act_on(Stage)
def remove_stage(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    stage = one_of(journey, Stage, pk)
    stage.remove(**who(request))
    return f"Deleted stage {stage.name} with all that stood on it. Undo brings it back"


@act
def add_lane(request: MemberRequest, journey: Journey) -> str:
    role_id = id_of(request, "role")
    role = Role.objects.visible_to(request.member).filter(pk=role_id).first() if role_id else None
    if role_id and role is None:
        raise ActRefused("That role does not exist.", "role")
    lane = journey.add_lane(
        request.POST.get("name", "").strip() or (role.name if role else "New lane"),
        id=id_of(request),
        role=role,
        **who(request),
    )
    return f"Added lane {lane.name}"


@act
def add_lanes(request: MemberRequest, journey: Journey) -> str:
    """A lane for every role of the workspace that has none here."""
    made = journey.add_lanes(Role.objects.visible_to(request.member).as_made(), **who(request))
    return f"Added {len(made)} lane{'s' if len(made) != 1 else ''}"


@act
def edit_lane(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    one_of(journey, Lane, pk).rename(request.POST.get("name", "")[:120], **began_with(request), **who(request))


@act_on(Lane)
def remove_lane(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    lane = one_of(journey, Lane, pk)
    lane.remove(**who(request))
    return f"Deleted lane {lane.name} with its cards. Undo brings it back"
