from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from playbooks.forms import NewPlaybookForm
from playbooks.models import Playbook
from playbooks.ready_made import ready_made


def _list(request: MemberRequest, form: NewPlaybookForm, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "")
    page = page_of(request, Playbook.objects.visible_to(request.member).matching(words).for_a_list().in_order())
    return render(request, "playbooks/playbooks.html", {"page": page, "form": form, "words": words}, status=status)


@door("GET", access=Access.VIEWER)
def playbooks(request: MemberRequest) -> HttpResponse:
    return _list(request, NewPlaybookForm())


@door("POST", access=Access.EDITOR)
def new_playbook(request: MemberRequest) -> HttpResponse:
    """One of a ready-made title begins with what that says."""
    form = NewPlaybookForm(request.POST)
    if form.is_valid():
        title = form.cleaned_data["title"]
        try:
            with transaction.atomic():
                made = Playbook.objects.draft_by_title(request.member, title, at=timezone.now())
        except IntegrityError:
            form.add_error("title", "There is a playbook of that title already.")
        else:
            if ready_made(title):
                messages.success(request, f"{made.title} comes with a text of ours to begin with. Make it your own.")
            return redirect("playbooks:playbook", request.workspace.slug, made.pk)
    return _list(request, form, status=422)
