"""What a map says about itself, publishing it, and looking at what was published."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from journeys.comparing import Kind, compare
from journeys.comparing.rows import rows_of
from journeys.forms import AboutForm, PublishForm
from journeys.models import Journey, Version
from journeys.models.element import ActRefused
from journeys.numbers import numbers_of_document
from journeys.once_a_revision import once_a_revision
from journeys.publishing import published, side_of, whole
from journeys.reviewing import overdue_words
from journeys.standing import STANDING
from journeys.views.acting import act, began_with, who
from journeys.views.canvas import journey_of
from journeys.views.previewing import previewed

#: differences that the dialog lists; the rest is a link away
LISTED = 40
PER_PAGE = 30


@door("GET", access=Access.VIEWER)
def about(request: MemberRequest, journey: UUID) -> HttpResponse:
    found = journey_of(request, journey)
    context = {
        "can_edit": request.member.can_edit,
        "journey": found,
        "form": AboutForm(instance=found, by=request.member),
        "published": published(found),
        "overdue": overdue_words(found.review_on, timezone.localdate()),
    }
    return render(request, "journeys/about.html", context)


@act
def edit_about(request: MemberRequest, journey: Journey) -> None:
    journey.edit(AboutForm.changes(journey, request.POST, request.member), **began_with(request), **who(request))


@door("GET", access=Access.VIEWER)
def draft_state(request: MemberRequest, journey: UUID) -> HttpResponse:
    """How the draft stands to the newest version, for the toolbar, and the title, which somebody may have changed."""
    found = journey_of(request, journey)
    context = {
        "journey": found,
        "published": published(found),
        "overdue": overdue_words(found.review_on, timezone.localdate()),
    }
    return render(request, "journeys/draft_state.html", context)


@door("GET", access=Access.EDITOR)
def publish_dialog(request: MemberRequest, journey: UUID) -> HttpResponse:
    """What publishing now would change."""
    found = journey_of(request, journey)
    draft, last = side_of(found), Version.objects.of(found).newest()
    context = {
        "journey": found,
        "last": last,
        "next": last.number + 1 if last else 1,
        "revision": draft.document["revision"],
        "is_empty": not draft.document["touchpoints"],
        "can_publish": bool(draft.document["touchpoints"]),
        "numbers": numbers_of_document(draft.document),
        "standing": once_a_revision([found], STANDING)[0][str(found.pk)],
    }
    if last:
        then = side_of(last)
        comparison = compare(then, draft)
        differing = comparison.differing
        counts = comparison.counts()
        context |= {
            "can_publish": bool(draft.document["touchpoints"] and differing),
            "counts": [(kind, counts[kind]) for kind in Kind if counts[kind]],
            "total": len(differing),
            "rows": rows_of(differing[:LISTED], then, draft),
            "more": max(len(differing) - LISTED, 0),
        }
    return render(request, "journeys/publish_dialog.html", context)


@act
def publish(request: MemberRequest, journey: Journey) -> str:
    """`note`; `seen` = the revision that the person has looked at."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise ActRefused(str(errors[0]), field)
    made = journey.publish(**form.cleaned_data, **who(request))
    return f"Published version {made.number}"


@door("GET", access=Access.VIEWER)
def versions(request: MemberRequest, journey: UUID) -> HttpResponse:
    found = journey_of(request, journey)
    page = page_of(request, Version.objects.of(found).listed().latest_first(), per_page=PER_PAGE)
    return render(request, "journeys/versions.html", {"journey": found, "page": page, "published": published(found)})


@door("GET", access=Access.VIEWER)
def version(request: MemberRequest, journey: UUID, number: int) -> HttpResponse:
    """The map as it was published, with the names of then."""
    found = journey_of(request, journey)
    shown = Version.objects.of(found).numbered(number)
    if shown is None:
        raise Http404
    context = {
        "journey": found,
        "version": shown,
        "newest": Version.objects.of(found).listed().newest(),
        **previewed(whole(shown), shown.names),
    }
    return render(request, "journeys/version.html", context)
