from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.forms import WorkspaceSettingsForm
from accounts.models import Access, AuditEntry
from accounts.paging import page_of


@door("GET", "POST", access=Access.ADMIN)
def settings(request: MemberRequest) -> HttpResponse:
    initial = {"name": request.workspace.name, "time_zone": request.workspace.time_zone}
    form = WorkspaceSettingsForm(request.POST or None, initial=initial)
    if form.is_valid():
        request.workspace.describe(**form.cleaned_data, by=request.member, at=timezone.now())
        messages.success(request, "Saved.")
        return redirect("accounts:settings", request.workspace.slug)
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)


@door("GET", access=Access.ADMIN)
def audit(request: MemberRequest) -> HttpResponse:
    page = page_of(request, AuditEntry.objects.visible_to(request.member))
    return render(request, "accounts/audit.html", {"page": page})
