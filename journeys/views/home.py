from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from journeys.forms import SegmentForm
from journeys.models import Journey, Segment
from journeys.once_a_revision import once_a_revision
from journeys.reviewing import overdue_words
from journeys.standing import STANDING
from journeys.starting_points import ready_points
from journeys.thumbnails import THUMBNAIL

#: journeys of each segment on the home page; the others are a link away
LATEST = 6
#: journeys that one search brings
FOUND = 7


@door("GET", access=Access.VIEWER)
def home(request: MemberRequest) -> HttpResponse:
    segments = Segment.objects.visible_to(request.member).in_order().with_latest_journeys(LATEST)
    page = page_of(request, segments, per_page=20)
    _picture(journey for segment in page for journey in segment.latest_journeys)
    return render(request, "journeys/home.html", {"page": page, "ready": ready_points()})


@door("GET", access=Access.VIEWER)
def find_journeys(request: MemberRequest) -> HttpResponse:
    """The journeys that fit ?q=, those changed last first, as {"journeys": [{"title", "segment", "url"}]}."""
    text = request.GET.get("q", "")[:100].replace("\0", "")
    found = Journey.objects.visible_to(request.member).matching(text).select_related("segment").latest_first()[:FOUND]
    slug = request.workspace.slug
    journeys = [
        {"title": one.title, "segment": one.segment.name, "url": reverse("journeys:canvas", args=[slug, one.pk])} for one in found
    ]
    return JsonResponse({"journeys": journeys})


def _picture(journeys: Iterable[Journey]) -> None:
    """Give each its `picture`, in which nothing comes from what people type, its `standing`, and words if its review is due."""
    listed, today = list(journeys), timezone.localdate()
    drawn, standing = once_a_revision(listed, THUMBNAIL, STANDING)
    for journey in listed:
        journey.overdue = overdue_words(journey.review_on, today)  # type: ignore[attr-defined]
        journey.standing = standing[str(journey.pk)]  # type: ignore[attr-defined]
        journey.picture = mark_safe(drawn[str(journey.pk)])  # type: ignore[attr-defined]  # noqa: S308  # nosec


@door("GET", "POST", access=Access.EDITOR)
def new_segment(request: MemberRequest) -> HttpResponse:
    """The first segment, and one that is made for the template ?start=, lead on to its journey."""
    form = SegmentForm(request.POST or None)
    start = request.GET.get("start", "")
    if form.is_valid():
        leads_on = start or not Segment.objects.visible_to(request.member).exists()
        try:
            with transaction.atomic():
                made = Segment.objects.make(request.workspace, form.cleaned_data["name"], at=timezone.now())
                made.describe(**form.cleaned_data)
        except IntegrityError:
            form.add_error("name", "There is a segment of that name already.")
        else:
            if not leads_on:
                return redirect("journeys:home", request.workspace.slug)
            new_journey = reverse("journeys:new_journey", args=[request.workspace.slug, made.pk])
            return redirect(new_journey + (f"?{urlencode({'start': start})}" if start else ""))
    return render(request, "journeys/segment.html", {"form": form}, status=422 if form.errors else 200)


@door("GET", "POST", access=Access.EDITOR)
def segment(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Segment.objects.visible_to(request.member), pk=pk)
    if "remove" in request.POST:
        try:
            found.remove()
        except ProtectedError:
            messages.error(request, f"{found.name} has a journey and stays.")
        return redirect("journeys:home", request.workspace.slug)
    initial = {name: getattr(found, name) for name in SegmentForm.Meta.fields}
    form = SegmentForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            with transaction.atomic():
                found.describe(**form.cleaned_data)
        except IntegrityError:
            form.add_error("name", "There is a segment of that name already.")
        else:
            return redirect("journeys:home", request.workspace.slug)
    return render(request, "journeys/segment.html", {"form": form, "segment": found}, status=422 if form.errors else 200)


@door("GET", access=Access.VIEWER)
def segment_journeys(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Segment.objects.visible_to(request.member), pk=pk)
    page = page_of(request, found.journeys.with_people().with_version().latest_first())
    _picture(page)
    return render(request, "journeys/segment_journeys.html", {"segment": found, "page": page})
