"""The acts of a playbook's page. Each answers {"said", ...}; a refusal {"field", "message"}, "theirs" if somebody was quicker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from playbooks.body import CHANNELS, KINDS, LETTERS, NEEDED, BodyRefused, NotThere, Overtaken
from playbooks.markdown import rendered
from playbooks.models import Playbook
from playbooks.placeholders import unknown_in

ABOUT = ("title", "summary", "talk_track", "minutes")


def act(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
    """POST, for editors: view(request, playbook, ...) -> what the answer says."""

    @door("POST", access=Access.EDITOR)
    @wraps(view)
    def inner(request: MemberRequest, pk: UUID, **more: Any) -> HttpResponse:
        found = get_object_or_404(Playbook.objects.visible_to(request.member), pk=pk)
        if more.get("key", "steps") not in KINDS:
            raise Http404
        request.at = timezone.now()
        try:
            with transaction.atomic():
                return JsonResponse({"said": "Saved", **view(request, found, **more)})
        except BodyRefused as refused:
            return JsonResponse({"field": refused.field, "message": refused.message}, status=422)
        except Overtaken as overtaken:
            message = "Somebody has changed this meanwhile."
            return JsonResponse({"field": overtaken.field, "message": message, "theirs": overtaken.theirs}, status=409)
        except NotThere as gone:
            return JsonResponse({"field": "", "message": f"Somebody has taken this {gone} out."}, status=404)
        except Playbook.DoesNotExist:
            return JsonResponse({"field": "", "message": "Somebody has removed this playbook."}, status=404)
        except IntegrityError:
            return JsonResponse({"field": "title", "message": "There is a playbook of that title already."}, status=422)

    return inner


@act
def edit_playbook(request: MemberRequest, playbook: Playbook) -> dict[str, Any]:
    values: dict[str, Any] = _sent(request, ABOUT)
    if "minutes" in values:
        values["minutes"] = _minutes(values["minutes"])
    playbook.say(values, at=request.at, was=_was(request))
    return {"rendered": {name: rendered(values[name]) for name in ("summary", "talk_track") if name in values}}


@act
def add_item(request: MemberRequest, playbook: Playbook, key: str) -> dict[str, Any]:
    item = {**_values(request, key), "id": _id(request, "id")}
    playbook.add(key, item, at=request.at, before=_id(request, "before") or None)
    added = next(one for one in playbook.body[key] if one["id"] == item["id"])
    html = render_to_string(f"playbooks/_{KINDS[key]}.html", {**item_context(request, playbook), "item": added}, request=request)
    return {"said": f"Added {added[NEEDED[key]]}", "html": html}


@act
def edit_item(request: MemberRequest, playbook: Playbook, key: str, item: UUID) -> dict[str, Any]:
    values = _values(request, key)
    playbook.edit(key, str(item), values, at=request.at, was=_was(request))
    if key == "messages":
        now = next(one for one in playbook.body[key] if one["id"] == str(item))
        return {"unknown": [str(one) for one in unknown_in(now["subject"], now["text"])]}
    return {"rendered": {"guidance": rendered(values["guidance"])}} if "guidance" in values else {}


@act
def move_item(request: MemberRequest, playbook: Playbook, key: str, item: UUID) -> dict[str, Any]:
    playbook.move(key, str(item), before=_id(request, "before") or None, at=request.at)
    place = [one["id"] for one in playbook.body[key]].index(str(item)) + 1
    return {"said": f"Moved to place {place} of {len(playbook.body[key])}"}


@act
def take_out_item(request: MemberRequest, playbook: Playbook, key: str, item: UUID) -> dict[str, Any]:
    """`item` in the answer, sent to `add_item`, brings it back."""
    gone = playbook.take_out(key, str(item), at=request.at)
    return {"said": f"Took out {gone[NEEDED[key]]}", "item": {name: value or "" for name, value in gone.items()}}


def item_context(request: MemberRequest, playbook: Playbook) -> dict[str, Any]:
    """What the fields of steps, messages and links are drawn with."""
    roles = [(str(role.pk), role.name) for role in Role.objects.visible_to(request.member).in_order()]
    return {"playbook": playbook, "roles": roles, "channels": CHANNELS.items()}


def _values(request: MemberRequest, key: str) -> dict[str, Any]:
    values: dict[str, Any] = _sent(request, LETTERS[key])
    if key == "steps" and "role_id" in request.POST:
        values["role_id"] = request.POST["role_id"] or None
        ours = {str(pk) for pk in Role.objects.visible_to(request.member).values_list("pk", flat=True)}
        if values["role_id"] and values["role_id"] not in ours:
            raise BodyRefused("There is no such role.", "role_id")
    return values


def _sent(request: MemberRequest, names: Iterable[str]) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in names if name in request.POST}


def _was(request: MemberRequest) -> dict[str, str]:
    return {name.removeprefix("was-"): request.POST.get(name, "") for name in request.POST if name.startswith("was-")}


def _minutes(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return int(text)
    except ValueError:
        raise BodyRefused("Whole minutes, please.", "minutes") from None


def _id(request: MemberRequest, name: str) -> str:
    try:
        return str(UUID(text)) if (text := request.POST.get(name, "")) else ""
    except ValueError:
        raise BodyRefused("That is not an id.", name) from None
