from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from accounts.paging import page_of
from playbooks.body import Body
from playbooks.models import Playbook, PlaybookVersion
from playbooks.placeholders import KNOWN
from playbooks.views.editing import item_context


@door("GET", access=Access.VIEWER)
def playbook(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Whoever may edit writes it here, everybody else reads it."""
    found = _one(request, pk)
    context = item_context(request, found) | {"placeholders": KNOWN.items(), **read_whole(request, found.whole)}
    return render(request, "playbooks/playbook.html", context)


@door("GET", access=Access.VIEWER)
def playbook_versions(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    page = page_of(request, PlaybookVersion.objects.of(found).latest_first())
    return render(request, "playbooks/playbook_versions.html", {"playbook": found, "page": page})


@door("GET", access=Access.VIEWER)
def playbook_version(request: MemberRequest, pk: UUID, number: int) -> HttpResponse:
    found = _one(request, pk)
    version = get_object_or_404(PlaybookVersion.objects.of(found).numbered(number))
    context = {
        "playbook": found,
        "version": version,
        "is_present": version.body == found.whole,
        **read_whole(request, version.body),
    }
    return render(request, "playbooks/playbook_version.html", context)


@door("POST", access=Access.EDITOR)
def remove_playbook(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    try:
        found.remove()
    except ProtectedError:
        messages.error(request, f"A map or a delivery uses {found.title}. Take it off its cards first.")
    else:
        messages.success(request, f"Removed {found.title}.")
    return redirect("playbooks:playbooks", request.workspace.slug)


def _one(request: MemberRequest, pk: UUID) -> Playbook:
    return get_object_or_404(Playbook.objects.visible_to(request.member), pk=pk)


def read_whole(request: MemberRequest, whole: Body) -> dict[str, Any]:
    """What a playbook says, with the names of its roles. One that is gone by now is nobody's."""
    names = {str(pk): name for pk, name in Role.objects.visible_to(request.member).values_list("pk", "name")}
    steps = [{**step, "role": names.get(step["role_id"] or "", "")} for step in whole["steps"]]
    return {"whole": {**whole, "steps": steps}}
