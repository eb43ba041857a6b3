"""Reading what people say about a map: of one element, in one thread, of the whole map; and how much of it is open where."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.doors import MemberRequest, door
from accounts.models import Access, Member, Notice
from accounts.paging import page_of
from journeys.calling import called
from journeys.comment_text import as_html, as_typed
from journeys.models import Comment, Thread
from journeys.models.comment import mention_key
from journeys.models.thread import path_of
from journeys.talk_forms import BY_PATH, FilterForm
from journeys.views.canvas import journey_of

#: threads on a page of the list, threads of one element that are shown at once, the last comments shown of each
LISTED, SHOWN, LAST = 20, 30, 20
#: members that can be mentioned; a larger workspace finds the others by nobody's help yet
MENTIONABLE = 2000


@dataclass(frozen=True)
class Said:
    """A comment as one member reads it."""

    comment: Comment
    reader: Member
    labels: dict[str, str]

    @property
    def html(self) -> SafeString:
        # Every piece of the text has been escaped where it was put together.
        return mark_safe(as_html(self.comment.text, self.comment.names, str(self.reader.pk)))  # noqa: S308  # nosec

    @property
    def is_mine(self) -> bool:
        return self.comment.by_id == self.reader.pk and self.reader.can_comment and not self.comment.deleted_at

    @property
    def typed(self) -> str:
        """For its author's hand: the text with names in it."""
        return as_typed(self.comment.text, self.labels)[0]

    @property
    def chosen(self) -> str:
        """JSON: who the names stand for."""
        return json.dumps(as_typed(self.comment.text, self.labels)[1])


@dataclass(frozen=True)
class Shown:
    """A thread with the comments that are shown of it; `earlier` ones are left out."""

    thread: Thread
    said: list[Said]
    earlier: int = 0


def _said(comments: Iterable[Comment], reader: Member) -> list[Said]:
    listed = list(comments)
    mine = [one for one in listed if one.by_id == reader.pk and one.names]
    labels = {id: label for id, label, _ in _people(reader)} if mine else {}
    return [Said(one, reader, {**one.names, **labels}) for one in listed]


def _shown(threads: Iterable[Thread], reader: Member) -> list[Shown]:
    listed = list(threads)
    by_thread: dict[UUID, list[Said]] = {}
    for said in _said(Comment.objects.latest_of_each(listed, LAST), reader):
        by_thread.setdefault(said.comment.thread_id, []).append(said)
    return [Shown(one, by_thread.get(one.pk, []), max(one.comment_count - LAST, 0)) for one in listed]


def _render(request: MemberRequest, name: str, read: Iterable[Said], **context: Any) -> HttpResponse:
    """A page's first look at comments is reading them: what told of them is read, too. `?again` is the page's own look."""
    answer = render(request, f"journeys/{name}.html", {"can_comment": request.member.can_comment, **context})
    if "again" not in request.GET:
        keys = [mention_key(said.comment.pk) for said in read]
        if keys and Notice.objects.of(request.member).about(keys).read(at=timezone.now()):
            answer["HX-Trigger"] = "notices:read"
    return answer


@door("GET", access=Access.VIEWER)
def element_comments(request: MemberRequest, journey: UUID, kind: str, pk: UUID) -> HttpResponse:
    """The comments in the panel of an element. Of one that is gone there may be some all the same."""
    found = journey_of(request, journey)
    if kind not in BY_PATH:
        raise Http404
    threads = Thread.objects.of(found).about(BY_PATH[kind], pk).with_numbers().with_people().latest_first()
    # As they were begun: a thread does not move under the hand of who is about to answer.
    open_ = _shown(sorted(threads.open()[:SHOWN], key=lambda one: (one.begun_at, one.pk)), request.member)
    resolved = _shown(threads.resolved()[:SHOWN], request.member)
    counted = Counter(bool(at) for at in Thread.objects.of(found).about(BY_PATH[kind], pk).values_list("resolved_at", flat=True))
    return _render(
        request,
        "element_comments",
        [said for one in (*open_, *resolved) for said in one.said],
        journey=found,
        about=path_of(BY_PATH[kind], pk),
        open=open_,
        resolved=resolved,
        open_count=counted[False],
        resolved_count=counted[True],
    )


@door("GET", access=Access.VIEWER)
def thread(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    """A panel with one thread, all of it: of an element, of one that is gone, or of the whole map."""
    found = journey_of(request, journey)
    one = get_object_or_404(Thread.objects.of(found).with_people(), pk=pk)
    comments = one.comments.with_people().in_order()
    # Without a page one means the last: what was said last is what one comes for.
    page = page_of(request, comments) if "page" in request.GET else page_of_last(request, comments)
    said = _said(page, request.member)
    names = called(found, one.about)
    return _render(
        request,
        "thread",
        said,
        journey=found,
        shown=Shown(one, said),
        page=page,
        here=next(iter(names.values()), ""),
    )


def page_of_last(request: MemberRequest, rows: Any) -> Any:
    page = page_of(request, rows)
    return page.paginator.page(page.paginator.num_pages)


@door("GET", access=Access.VIEWER)
def thread_place(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    """Where a link to a thread leads: the path of its element, "" for the map as a whole."""
    found = journey_of(request, journey)
    return JsonResponse({"about": get_object_or_404(Thread.objects.of(found), pk=pk).path})


@door("GET", access=Access.VIEWER)
def comments(request: MemberRequest, journey: UUID) -> HttpResponse:
    """The panel with all threads of the map, those last spoken in first."""
    found = journey_of(request, journey)
    show = FilterForm.chosen(request.GET)
    all_threads = Thread.objects.of(found)
    threads = {
        "open": all_threads.open(),
        "resolved": all_threads.resolved(),
        "mine": all_threads.of_whom(request.member),
    }[show]
    page = page_of(request, threads.with_numbers().with_people().latest_first(), per_page=LISTED)
    listed = list(page)
    names = called(found, [key for one in listed for key in one.about])
    last = {one.thread_id: one for one in Comment.objects.latest_of_each(listed, 1)}
    rows = [(one, next((names[key] for key in one.about if key in names), ""), last.get(one.pk)) for one in listed]
    context = {"journey": found, "page": page, "rows": rows, "show": show, "filters": FilterForm.SHOW}
    return _render(request, "comments", [], **context)


@door("GET", access=Access.VIEWER)
def comment_count(request: MemberRequest, journey: UUID) -> HttpResponse:
    """How many threads are open, in all and by element: a page fetches it beside the picture, which does not hold it."""
    elements = Thread.objects.open_by_element(journey_of(request, journey))
    return JsonResponse({"open": sum(elements.values()), "elements": elements})


@door("GET", access=Access.CONTRIBUTOR)
def mentionable(request: MemberRequest, journey: UUID) -> HttpResponse:
    """Who can be mentioned: all who may see the map, which are the members of its workspace, but for oneself."""
    journey_of(request, journey)
    me = str(request.member.pk)
    people = [{"id": id, "label": label, "detail": detail} for id, label, detail in _people(request.member) if id != me]
    return JsonResponse({"people": people})


def _people(reader: Member) -> list[tuple[str, str, str]]:
    """(id, label, roles) of the members one works with. The label is their name; where two have the same, with their address."""
    members = list(Member.objects.visible_to(reader).in_order()[:MENTIONABLE])
    names = Counter(str(one) for one in members)
    return [
        (
            str(one.pk),
            str(one) if names[str(one)] == 1 else f"{one} ({one.user.email})",
            ", ".join(role.name for role in one.roles.all()) or one.get_access_display(),
        )
        for one in members
    ]
