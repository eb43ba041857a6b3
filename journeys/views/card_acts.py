"""Acts on what stands on a map: touchpoints, arrows, handoffs, emotions."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.doors import MemberRequest
from accounts.models import Role
from journeys import breaking_down
from journeys.forms import ConnectorForm, EmotionForm, HandoffForm, TouchpointForm
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.models.handoff import check_package
from journeys.views.acting import act, act_on, began_with, id_of, int_of, on_map, one_of, who
from playbooks.forms import NewPlaybookForm
from playbooks.models import Playbook


@act
def add_touchpoint(request: MemberRequest, journey: Journey) -> str:
    lane = on_map(journey, Lane, id_of(request, "lane"))
    kind = request.POST.get("kind") or ("event" if lane.kind == Lane.Kind.OUTSIDE else "touchpoint")
    after = on_map(journey, Touchpoint, id_of(request, "after")) if request.POST.get("after") else None
    card = Touchpoint.catch(
        journey,
        request.POST.get("title", ""),
        on_map(journey, Stage, id_of(request, "stage")),
        lane,
        int_of(request, "slot", 0, 20_000),
        id=id_of(request),
        kind=kind,
        after=after,
        arrow=_arrow_kind(request, "arrow"),
        **who(request),
    )
    return f"Added {card.title} after {after.title}" if after else f"Added {card.title}"


@act_on(Touchpoint)
def edit_touchpoint(request: MemberRequest, journey: Journey, pk: UUID) -> str | None:
    card = one_of(journey, Touchpoint, pk)
    fields = TouchpointForm.changes(card, request.POST, request.member)
    card.edit(fields, **began_with(request), **who(request))
    if "kind" in fields:
        return f"{card.title} is now {'an' if card.kind == 'event' else 'a'} {card.get_kind_display().lower()}"
    if "moment_of_truth" in fields:
        return f"{card.title} is {'now a' if card.moment_of_truth else 'no longer a'} moment of truth"
    return None


@act_on(Touchpoint)
def draft_playbook(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    """A playbook of that title, made if there is none, is how the card is delivered."""
    card = one_of(journey, Touchpoint, pk)
    form = NewPlaybookForm(request.POST)
    if not form.is_valid():
        raise ActRefused(str(form.errors["title"][0]), "title")
    playbook, is_new = Playbook.objects.drafted(request.member, form.cleaned_data["title"], at=request.at)
    card.edit({"playbook_id": playbook.pk}, **who(request))
    return f"{'Made' if is_new else 'Chose'} {playbook} for {card.title}"


@act_on(Touchpoint)
def move_touchpoint(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    card = one_of(journey, Touchpoint, pk)
    stage, lane = on_map(journey, Stage, id_of(request, "stage")), on_map(journey, Lane, id_of(request, "lane"))
    # The panel counts places from 1, as people do.
    slot = int_of(request, "place", 1, 20_001) - 1 if "place" in request.POST else int_of(request, "slot", 0, 20_000)
    card.move_to(stage, lane, slot, **who(request))
    return f"Moved {card.title} to {stage.name}, {lane.name}, place {slot + 1}"


@act_on(Touchpoint)
def remove_touchpoint(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    card = one_of(journey, Touchpoint, pk)
    card.remove(**who(request))
    return f"Deleted {card.title}. Undo brings it back"


@act
def break_down(request: MemberRequest, journey: Journey, pk: UUID) -> tuple[str, dict[str, Any]]:
    child = breaking_down.break_down(one_of(journey, Touchpoint, pk), **who(request))
    return f"Opened {child.title}", {"goes": reverse("journeys:canvas", args=[request.workspace.slug, child.pk])}


@act
def take_back(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    count = breaking_down.take_back(one_of(journey, Touchpoint, pk), **who(request))
    return f"{count} card{'s' if count != 1 else ''} came back"


@act
def connect(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    source, target = one_of(journey, Touchpoint, pk), on_map(journey, Touchpoint, id_of(request, "target"))
    kind = _arrow_kind(request, "kind")
    Connector.join(source, target, kind, id=id_of(request), **who(request))
    together = kind == Connector.Kind.UNORDERED
    return f"Connected {source.title} {'and' if together else 'to'} {target.title}{', in no set order' if together else ''}"


def _arrow_kind(request: MemberRequest, name: str) -> str:
    kind = request.POST.get(name, "sequence")
    if kind not in Connector.Kind.values:
        raise ActRefused("An arrow is in sequence or in no set order.", name)
    return kind


@act_on(Connector)
def edit_connector(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    connector = one_of(journey, Connector, pk)
    connector.edit(ConnectorForm.changes(connector, request.POST, request.member), **began_with(request), **who(request))


@act_on(Connector)
def turn_connector(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    connector = one_of(journey, Connector, pk)
    connector.turn_round(**who(request))
    return f"The arrow leads from {connector.source.title} to {connector.target.title} now"


@act
def remove_connector(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    one_of(journey, Connector, pk).remove(**who(request))
    return "Took the arrow away. Undo brings it back"


@act
def hand_off(request: MemberRequest, journey: Journey, pk: UUID) -> tuple[str, dict[str, str]]:
    """To the role `to_role`, to the role of the lane `to_lane`, or to whoever owns the card `to_touchpoint`."""
    giver, receiver, role = one_of(journey, Touchpoint, pk), None, None
    if request.POST.get("to_touchpoint"):
        receiver = on_map(journey, Touchpoint, id_of(request, "to_touchpoint"))
    elif request.POST.get("to_lane"):
        lane = on_map(journey, Lane, id_of(request, "to_lane"))
        role = lane.role
        if role is None:
            raise ActRefused(f"The lane {lane.name} is nobody’s: drop on a lane of a role, or on a card.", "to_lane")
    else:
        role_id = id_of(request, "to_role")
        role = Role.objects.visible_to(request.member).filter(pk=role_id).first() if role_id else None
        if role is None:
            raise ActRefused("Choose who takes over.", "to_role")
    handoff = Handoff.draw(giver, role, receiver, id=id_of(request), **who(request))
    return f"{giver.title}: handed over to {handoff.to_role.name}", {"made": str(handoff.pk)}


@act_on(Handoff)
def edit_handoff(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    handoff = one_of(journey, Handoff, pk)
    handoff.edit(HandoffForm.changes(handoff, request.POST, request.member), **began_with(request), **who(request))


@act
def pack(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    """Replace the package, as a whole."""
    fields, was = package_of(request)
    one_of(journey, Handoff, pk).edit(fields, was=was, **who(request))
    return "Saved the package"


def package_of(request: MemberRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """As many of item, where, reader as there are rows, and what the package was; rows without an item fall out."""
    columns = [request.POST.getlist(name) for name in ("item", "where", "reader")]
    if len({len(column) for column in columns}) != 1:
        raise ActRefused("Each item needs what, where and who.", "item")
    items = [
        {"item": item.strip(), "where": where.strip(), "reader": reader.strip()}
        for item, where, reader in zip(*columns, strict=True)
        if item.strip()
    ]
    return {"package": items}, _package_before(request)


def _package_before(request: MemberRequest) -> dict[str, Any]:
    if "was-package" not in request.POST:
        return {}
    try:
        package = json.loads(request.POST["was-package"])
        check_package(package)
    except (ValueError, RecursionError, ValidationError):
        raise ActRefused("The package before was no package. Open the handoff again.", "item") from None
    return {"package": package}


@act
def remove_handoff(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    one_of(journey, Handoff, pk).remove(**who(request))
    return "Deleted the handoff. Undo brings it back"


@act
def add_emotion(request: MemberRequest, journey: Journey) -> str:
    stage = on_map(journey, Stage, id_of(request, "stage"))
    level, slot = int_of(request, "level", -2, 2), int_of(request, "slot", 0, 20_000)
    emotion = Emotion.place(journey, request.POST.get("title", ""), stage, slot, level, id=id_of(request), **who(request))
    return f"Added the feeling {emotion.title}, {emotion.feeling}"


@act_on(Emotion)
def edit_emotion(request: MemberRequest, journey: Journey, pk: UUID) -> None:
    emotion = one_of(journey, Emotion, pk)
    emotion.edit(EmotionForm.changes(emotion, request.POST, request.member), **began_with(request), **who(request))


@act_on(Emotion)
def move_emotion(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    emotion = one_of(journey, Emotion, pk)
    stage = on_map(journey, Stage, id_of(request, "stage"))
    level = int_of(request, "level", -2, 2) if request.POST.get("level") else None
    emotion.move_to(stage, int_of(request, "slot", 0, 20_000), level, **who(request))
    return f"{emotion.title}: {emotion.feeling}, in {stage.name}"


@act_on(Emotion)
def remove_emotion(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    emotion = one_of(journey, Emotion, pk)
    emotion.remove(**who(request))
    return f"Deleted {emotion.title}. Undo brings it back"
