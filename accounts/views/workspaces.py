from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.doors import UserRequest, door
from accounts.forms import WorkspaceForm
from accounts.models import Workspace
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
    page = page_of(request, Workspace.objects.of(request.user))
    return render(request, "accounts/workspaces.html", {"form": form, "page": page})
