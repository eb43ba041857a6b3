"""What people say about a map: begin a thread, answer, say it better, settle it. Nothing of it is drawn, so it is no act on the
map: whoever may comment may, and undo leaves it alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from journeys.calling import called
from journeys.models import Comment, Journey, Thread
from journeys.models.element import ActRefused
from journeys.talk_forms import CommentForm, ThreadForm
from journeys.views.acting import who
from journeys.views.canvas import journey_of


def talk(view: Callable[..., str]) -> Callable[..., HttpResponse]:
    """POST, for who may comment: view(request, journey, **ids) -> words to announce. A refusal names its field."""

    @door("POST", access=Access.CONTRIBUTOR)
    @wraps(view)
    def inner(request: MemberRequest, journey: UUID, **ids: UUID) -> HttpResponse:
        request.at = timezone.now()
        try:
            said = view(request, journey_of(request, journey), **ids)
        except ActRefused as refusal:
            return JsonResponse({"field": refusal.field, "message": refusal.message}, status=422)
        return JsonResponse({"said": said})

    return inner


def _read(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise ActRefused(str(errors[0]), field)
    return dict(form.cleaned_data)


def _thread(journey: Journey, pk: UUID) -> Thread:
    return get_object_or_404(Thread.objects.of(journey), pk=pk)


def _comment(journey: Journey, pk: UUID) -> Comment:
    return get_object_or_404(Comment.objects.select_related("thread__journey"), thread__journey=journey, pk=pk)


@talk
def begin_thread(request: MemberRequest, journey: Journey) -> str:
    told = _read(ThreadForm(request.POST))
    about = told["about"]
    names = called(journey, [about]) if about else {}
    # Who types while somebody deletes the card must not lose it: the thread that began there earlier says what it was called.
    name = names.get(about) or (Thread.objects.of(journey).name_of(about) if about else "")
    if about and not name:
        raise ActRefused("That is no longer on the map. Copy your text, and comment on the whole map instead.", "text")
    Thread.objects.begin(journey, about, name, told["text"], id=told["thread"], comment_id=told["comment"], **who(request))
    return "Commented"


@talk
def reply(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    thread = _thread(journey, pk)
    told = _read(CommentForm(request.POST))
    thread.reply(told["text"], id=told["comment"], **who(request))
    return "Replied"


@talk
def resolve_thread(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    _thread(journey, pk).resolve(**who(request))
    return "Resolved"


@talk
def reopen_thread(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    _thread(journey, pk).reopen()
    return "Open again"


@talk
def edit_comment(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    comment = _comment(journey, pk)
    comment.edit(_read(CommentForm(request.POST))["text"], **who(request))
    return "Changed your comment"


@talk
def remove_comment(request: MemberRequest, journey: Journey, pk: UUID) -> str:
    _comment(journey, pk).remove(**who(request))
    return "Deleted your comment"
