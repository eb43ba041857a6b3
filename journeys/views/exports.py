"""A journey taken along: as a file in one of several formats, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from journeys.exports.drawing import View
from journeys.exports.json_file import write_json
from journeys.exports.mermaid import write_mermaid
from journeys.exports.pages import A3, A4, stage_pages, whole_page
from journeys.exports.paper import ExportFailed, write_pdf, write_png
from journeys.exports.sheet import write_csv
from journeys.exports.slides import write_slides
from journeys.exports.subject import Subject, file_name
from journeys.exports.svg import write_picture, write_sheets
from journeys.exports.workbook import write_xlsx
from journeys.models import Journey
from journeys.reading import read_document
from journeys.views.canvas import journey_of
from playbooks.models import Playbook


@dataclass(frozen=True, slots=True)
class Format:
    """How one format leaves the house. `by_stage` writes a page for each stage, where the format has pages."""

    ending: str
    content_type: str
    write: Callable[[Subject], bytes]
    by_stage: Callable[[Subject], bytes] | None = None


#: the last part of the address -> format
FORMATS = {
    "svg": Format("svg", "image/svg+xml", write_picture),
    "png": Format("png", "image/png", write_png),
    "pdf": Format("pdf", "application/pdf", write_pdf, lambda subject: write_pdf(subject, by_stage=True)),
    "csv": Format("csv", "text/csv; charset=utf-8", write_csv),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "json": Format("json", "application/json", write_json),
    "mermaid": Format("mmd", "text/plain; charset=utf-8", write_mermaid),
    "pptx": Format("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", write_slides),
}


@door("GET", access=Access.VIEWER)
def export(request: MemberRequest, journey: UUID, format: str) -> HttpResponse:
    """The journey as a file; with ?pages=stages a page for each stage, where the format has pages."""
    chosen = FORMATS.get(format)
    found = journey_of(request, journey)
    if chosen is None:
        raise Http404
    subject = subject_of(request, found)
    by_stage = chosen.by_stage if _wants_stages(request) else None
    try:
        content = (by_stage or chosen.write)(subject)
    except ExportFailed as failure:
        messages.error(request, str(failure))
        return redirect("journeys:canvas", request.workspace.slug, found.pk)
    name = file_name(subject, chosen.ending, by_stage=by_stage is not None)
    headers = {"Content-Disposition": content_disposition_header(True, name) or "", "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=chosen.content_type, headers=headers)


@door("GET", access=Access.VIEWER)
def print_map(request: MemberRequest, journey: UUID) -> HttpResponse:
    """The sheets as they will be printed: the whole journey on one, or with ?pages=stages one for each stage too."""
    found = journey_of(request, journey)
    view = View.of(subject_of(request, found))
    by_stage = _wants_stages(request)
    pages = [whole_page(view, A4), *stage_pages(view, A4)] if by_stage else [whole_page(view, A3)]
    # Every text in the pictures has been escaped where it was put together.
    sheets = [mark_safe(sheet) for sheet in write_sheets(pages)]  # noqa: S308  # nosec
    return render(request, "journeys/print_map.html", {"journey": found, "sheets": sheets, "by_stage": by_stage})


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


def _wants_stages(request: MemberRequest) -> bool:
    return request.GET.get("pages") == "stages"
