"""A journey taken along: as a file in one of several formats, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from journeys.exports.drawing import View
from journeys.exports.pages import natural_page
from journeys.exports.subject import Subject, legal
from journeys.exports.svg import write_svg
from journeys.models import Journey
from journeys.reading import read_document
from journeys.views.canvas import journey_of
from playbooks.models import Playbook

#: from a subject, and whether the stages have pages of their own, to a file
Writer = Callable[[Subject, bool], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """How one format leaves the house. `ending` is that of the file's name."""

    ending: str
    content_type: str
    write: Writer


def _svg(subject: Subject, by_stage: bool) -> bytes:
    return write_svg(natural_page(View.of(subject))).encode()


#: the last part of the address -> format
FORMATS = {
    "svg": Format("svg", "image/svg+xml", _svg),
}


@door("GET", access=Access.VIEWER)
def export(request: MemberRequest, journey: UUID, format: str) -> HttpResponse:
    """The journey as a file; with ?pages=stages a page for each stage, where the format has pages."""
    chosen = FORMATS.get(format)
    found = journey_of(request, journey)
    if chosen is None:
        raise Http404
    by_stage = request.GET.get("pages") == "stages"
    content = chosen.write(subject_of(request, found), by_stage)
    return HttpResponse(
        content,
        content_type=chosen.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{_file_name(found, by_stage)}.{chosen.ending}"),
            "Cache-Control": "private, no-store",
        },
    )


def subject_of(request: MemberRequest, journey: Journey) -> Subject:
    """The journey as it is now, with the names of the workspace's roles and playbooks."""
    roles = Role.objects.visible_to(request.member).values_list("pk", "name")
    playbooks = Playbook.objects.visible_to(request.member).values_list("pk", "title")
    return Subject(
        read_document(journey),
        journey.segment.name,
        {str(pk): name for pk, name in roles},
        {str(pk): title for pk, title in playbooks},
        timezone.localdate(),
    )


def _file_name(journey: Journey, by_stage: bool) -> str:
    """Title and segment, without what file systems refuse."""
    name = f"{journey.title} - {journey.segment.name}" + (" - by stage" if by_stage else "")
    allowed = "".join(" " if letter in '<>:"/\\|?*' else letter for letter in legal(name))
    return " ".join(allowed.split())[:120].strip(". ") or "Journey"
