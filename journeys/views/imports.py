from __future__ import annotations

from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.doors import MemberRequest, door
from accounts.models import Access
from journeys.forms import ImportForm
from journeys.models import Journey, SheetImport
from journeys.tasks import progress_key, send_for


@door("GET", "POST", access=Access.EDITOR)
def import_sheet(request: MemberRequest) -> HttpResponse:
    """Upload a file for a segment: a sheet makes the journey of that title or brings it up to date, a whole journey makes one."""
    initial: dict[str, Any] = {"segment": request.GET.get("segment")}
    journey_id = request.GET.get("journey", "")
    if journey_id:
        journey = Journey.objects.visible_to(request.member).filter(pk=_uuid(journey_id)).first()
        if journey:
            initial = {"segment": journey.segment_id, "title": journey.title}
    form = ImportForm(request.POST or None, request.FILES or None, initial=initial, by=request.member)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = SheetImport.objects.upload(
            form.cleaned_data["segment"],
            form.cleaned_data["title"],
            file.name,
            file.read(),
            by=request.member,
            at=timezone.now(),
        )
        _send(made)
        return redirect("journeys:import_preview", request.workspace.slug, made.pk)
    return render(request, "journeys/import_sheet.html", {"form": form}, status=422 if form.errors else 200)


@door("GET", access=Access.EDITOR)
def import_preview(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What the file will do, or has done, row by row; while a worker is at it, how far it is."""
    found = get_object_or_404(
        SheetImport.objects.visible_to(request.member).select_related("segment", "journey").defer("content", "problems"), pk=pk
    )
    rows = found.preview.get("rows", [])
    wanted = request.GET.get("only", "")
    if wanted:
        rows = [row for row in rows if row[3] == wanted]
    counts = found.preview.get("counts", {})
    context = {
        "import": found,
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "only": wanted,
        "counts": [(name, counts[name]) for name in ("new", "updated", "unchanged", "bad") if name in counts],
        "goes_in": counts.get("new", 0) + counts.get("updated", 0),
        "bad": counts.get("bad", 0),
        "percent": cache.get(progress_key(pk), 5),
    }
    template = "journeys/_import_state.html" if request.headers.get("HX-Request") else "journeys/import_preview.html"
    return render(request, template, context)


@door("POST", access=Access.EDITOR)
def apply_import(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(SheetImport.objects.visible_to(request.member), pk=pk)
    if found.confirm(at=timezone.now()):
        found.refresh_from_db(fields=["state"])
        _send(found)
    return redirect("journeys:import_preview", request.workspace.slug, pk)


@door("GET", access=Access.EDITOR)
def import_problems(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The bad rows as a CSV, with a reason each."""
    found = get_object_or_404(SheetImport.objects.visible_to(request.member), pk=pk)
    name = "".join(c for c in PurePath(found.filename).stem if c.isalnum() or c in "-_ ") or "sheet"
    headers = {"Content-Disposition": f'attachment; filename="{name}-problems.csv"'}
    return HttpResponse(bytes(found.problems), content_type="text/csv; charset=utf-8", headers=headers)


def _send(found: SheetImport) -> None:
    """Wake a worker. Where the broker is down the import waits for the sweep; nothing is lost."""
    try:
        send_for(found)
    except OperationalError:
        return


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
