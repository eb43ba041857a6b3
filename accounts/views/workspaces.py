from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import UserRequest, door
from accounts.forms import WorkspaceForm
from accounts.models import LastOwner, Member, Workspace
from accounts.paging import page_of


@door("GET")
def front_door(request: UserRequest) -> HttpResponse:
    """To the workspace one was in last, or to any, or to making the first."""
    mine = Workspace.objects.of(request.user)
    workspace = mine.filter(pk=request.user.last_workspace_id).first() or mine.first()
    return redirect("journeys:home", workspace.slug) if workspace else redirect("workspaces")


@door("GET", "POST")
def workspaces(request: UserRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None)
    if form.is_valid():
        workspace = Workspace.objects.found(form.cleaned_data["name"], request.user, at=timezone.now())
        return redirect("journeys:home", workspace.slug)
    page = page_of(request, Member.objects.of(request.user))
    return render(request, "accounts/workspaces.html", {"form": form, "page": page}, status=422 if form.errors else 200)


@door("POST")
def leave(request: UserRequest, pk: UUID) -> HttpResponse:
    """Give up one's own seat, whatever one's access: so it stands outside the workspace's doors."""
    seat = get_object_or_404(Member.objects.of(request.user), pk=pk)
    try:
        seat.leave(at=timezone.now())
    except LastOwner as error:
        messages.error(request, f"{error} Until then you cannot leave {seat.workspace}.")
    else:
        messages.success(request, f"You have left {seat.workspace}. Its admins can invite you again.")
    return redirect("workspaces")
