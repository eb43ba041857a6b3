from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.doors import MemberRequest, door
from accounts.forms import RoleForm
from accounts.models import Access, Role
from accounts.paging import page_of


@door("GET", "POST", access=Access.EDITOR)
def roles(request: MemberRequest) -> HttpResponse:
    form = RoleForm(request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                role = Role.objects.add(request.workspace, form.cleaned_data["name"])
        except IntegrityError:
            form.add_error("name", "There is a role of that name already.")
        else:
            messages.success(request, f"Added {role.name}.")
            return redirect("accounts:roles", request.workspace.slug)
    page = page_of(request, Role.objects.visible_to(request.member).in_order())
    return render(request, "accounts/roles.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@door("GET", "POST", access=Access.EDITOR)
def role(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Role.objects.visible_to(request.member), pk=pk)
    form = RoleForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            with transaction.atomic():
                found.rename(form.cleaned_data["name"])
        except IntegrityError:
            form.add_error("name", "There is a role of that name already.")
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:roles", request.workspace.slug)
    return render(request, "accounts/role.html", {"role": found, "form": form}, status=422 if form.errors else 200)


@door("POST", access=Access.EDITOR)
def remove_role(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Role.objects.visible_to(request.member), pk=pk)
    try:
        found.remove()
    except ProtectedError:
        messages.error(request, f"{found.name} owns something on a map. Take it off the maps first.")
    else:
        messages.success(request, f"Removed {found.name}.")
    return redirect("accounts:roles", request.workspace.slug)
