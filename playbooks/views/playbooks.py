from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from playbooks.forms import NewPlaybookForm, PlaybookForm
from playbooks.models import Playbook


def _list(request: MemberRequest, form: NewPlaybookForm, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "")
    page = page_of(request, Playbook.objects.visible_to(request.member).matching(words).in_order())
    return render(request, "playbooks/playbooks.html", {"page": page, "form": form, "words": words}, status=status)


@door("GET", access=Access.VIEWER)
def playbooks(request: MemberRequest) -> HttpResponse:
    return _list(request, NewPlaybookForm())


@door("POST", access=Access.EDITOR)
def new_playbook(request: MemberRequest) -> HttpResponse:
    form = NewPlaybookForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                made = Playbook.objects.draft(request.workspace, form.cleaned_data["title"], at=timezone.now())
        except IntegrityError:
            form.add_error("title", "There is a playbook of that title already.")
        else:
            return redirect("playbooks:playbook", request.workspace.slug, made.pk)
    return _list(request, form, status=422)


@door("GET", "POST", access=Access.EDITOR)
def playbook(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Playbook.objects.visible_to(request.member), pk=pk)
    form = PlaybookForm(request.POST or None, initial={"title": found.title, "summary": found.summary})
    if form.is_valid():
        try:
            with transaction.atomic():
                found.describe(**form.cleaned_data, at=timezone.now())
        except IntegrityError:
            form.add_error("title", "There is a playbook of that title already.")
        else:
            messages.success(request, "Saved.")
            return redirect("playbooks:playbooks", request.workspace.slug)
    context = {"playbook": found, "form": form}
    return render(request, "playbooks/playbook.html", context, status=422 if form.errors else 200)


@door("POST", access=Access.EDITOR)
def remove_playbook(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Playbook.objects.visible_to(request.member), pk=pk)
    try:
        found.remove()
    except ProtectedError:
        messages.error(request, f"A map uses {found.title}. Take it off its cards first.")
    else:
        messages.success(request, f"Removed {found.title}.")
    return redirect("playbooks:playbooks", request.workspace.slug)
