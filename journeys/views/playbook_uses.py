from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from journeys.models import Touchpoint
from playbooks.models import Playbook


@door("GET", access=Access.VIEWER)
def playbook_uses(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The cards that are delivered by a playbook, map by map."""
    playbook = get_object_or_404(Playbook.objects.visible_to(request.member), pk=pk)
    page = page_of(request, Touchpoint.delivered_by(playbook), per_page=20)
    return render(request, "journeys/playbook_uses.html", {"playbook": playbook, "page": page})
