from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.models import Activity
from customers.undoing import CannotUndo, undo


@door("POST", access=Access.CONTRIBUTOR)
def undo_activity(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One's own, or as an editor anybody's."""
    found = get_object_or_404(Activity.objects.visible_to(request.member).select_related("customer"), pk=pk)
    if not request.member.can_edit and found.by_id != request.member.pk:
        raise PermissionDenied
    try:
        undo(found, by=request.member, at=timezone.now())
    except CannotUndo as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, f"Undone: {found.text}.")
    if request.POST.get("back") == "travel" and found.enrolment_id:
        return redirect("touchpoints:travel", request.workspace.slug, found.enrolment_id)
    return redirect("customers:customer", request.workspace.slug, found.customer_id)
