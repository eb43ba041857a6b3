from __future__ import annotations

from pathlib import PurePath
from uuid import UUID

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from accounts.paging import page_of
from customers.import_forms import CustomerImportForm
from customers.import_sheet import COLUMNS
from customers.models import CustomerImport
from customers.tasks import progress_key, send_for


@door("GET", "POST", access=Access.EDITOR)
def import_customers(request: MemberRequest) -> HttpResponse:
    """Upload a sheet that makes customers, or brings them up to date by their external id."""
    sent = request.method == "POST"
    form = CustomerImportForm(request.POST if sent else None, request.FILES if sent else None, by=request.member)
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        made = CustomerImport.objects.upload(
            form.cleaned_data["segment"], file.name, file.read(), by=request.member, at=timezone.now()
        )
        _send(made)
        return redirect("customers:customer_import", request.workspace.slug, made.pk)
    context = {"form": form, "roles": Role.objects.visible_to(request.member).as_made()}
    return render(request, "customers/import_customers.html", context, status=422 if form.errors else 200)


@door("GET", access=Access.EDITOR)
def customer_template(request: MemberRequest) -> HttpResponse:
    """An empty sheet with the columns that mean something."""
    headers = {"Content-Disposition": 'attachment; filename="customers.csv"'}
    return HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8", headers=headers)


@door("GET", access=Access.EDITOR)
def customer_import(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What the file will do, or has done, row by row; while a worker is at it, how far it is."""
    seen = CustomerImport.objects.visible_to(request.member).select_related("made_by__user").defer("content", "problems")
    found = get_object_or_404(seen, pk=pk)
    rows = found.preview.get("rows", [])
    wanted = request.GET.get("only", "")
    if wanted:
        rows = [row for row in rows if row[2] == wanted]
    counts = found.preview.get("counts", {})
    total = counts.get(wanted, 0) if wanted else sum(counts.values())
    context = {
        "import": found,
        "page": page_of(request, rows),
        "only": wanted,
        "counts": [(name, counts[name]) for name in ("new", "updated", "unchanged", "bad") if counts.get(name)],
        "goes_in": counts.get("new", 0) + counts.get("updated", 0),
        "bad": counts.get("bad", 0),
        "unshown": total - len(rows),
        "percent": cache.get(progress_key(pk), 5),
    }
    template = "_customer_import_state" if request.headers.get("HX-Request") else "customer_import"
    return render(request, f"customers/{template}.html", context)


@door("POST", access=Access.EDITOR)
def apply_customer_import(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(CustomerImport.objects.visible_to(request.member).defer("content", "problems"), pk=pk)
    if found.confirm(at=timezone.now()):
        found.refresh_from_db(fields=["state"])
        _send(found)
    return redirect("customers:customer_import", request.workspace.slug, pk)


@door("GET", access=Access.EDITOR)
def customer_import_problems(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The bad rows as a CSV, with a reason each."""
    found = get_object_or_404(CustomerImport.objects.visible_to(request.member).defer("content"), pk=pk)
    name = "".join(c for c in PurePath(found.filename).stem if c.isalnum() or c in "-_ ") or "customers"
    headers = {"Content-Disposition": f'attachment; filename="{name}-problems.csv"'}
    return HttpResponse(bytes(found.problems), content_type="text/csv; charset=utf-8", headers=headers)


def _send(found: CustomerImport) -> None:
    """Wake a worker. Where the broker is down the import waits for the sweep; nothing is lost."""
    try:
        send_for(found)
    except OperationalError:
        return
