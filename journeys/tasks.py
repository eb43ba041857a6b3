"""Work in the background. Tasks take ids, claim by a conditional update, and may run twice or be lost."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from journeys.importing import import_sheet, preview_import
from journeys.models import Journey, SheetImport
from journeys.models.element import ActRefused
from journeys.sheets import Sheet, SheetRefused, read_sheet, write_problem_sheet

STATES = SheetImport.State


def progress_key(pk: object) -> str:
    return f"import-progress:{pk}"


@shared_task(name="journeys.read_import")
def read_import(pk: str) -> None:
    """Read an uploaded sheet and show what it would do."""
    found = SheetImport.objects.claim(pk, STATES.UPLOADED, STATES.READING, at=timezone.now())
    if found is None:
        return
    cache.set(progress_key(pk), 10, 600)
    try:
        sheet = read_sheet(bytes(found.content))
    except SheetRefused as refusal:
        found.refuse(str(refusal))
        return
    cache.set(progress_key(pk), 50, 600)
    journey = Journey.objects.filter(segment=found.segment).titled(found.title).order_by("id").first()
    plan = preview_import(sheet, found.segment, journey)
    found.show(plan, sheet.ignored, write_problem_sheet(sheet, plan.problems), STATES.PREVIEWED)


@shared_task(name="journeys.apply_import")
def apply_import(pk: str) -> None:
    """Bring a confirmed sheet onto its map. The map and the state change in one transaction: a killed worker leaves neither."""
    found = SheetImport.objects.claim(pk, STATES.CONFIRMED, STATES.APPLYING, at=timezone.now())
    if found is None:
        return
    sheet = read_sheet(bytes(found.content))
    cache.set(progress_key(pk), 20, 600)
    try:
        _bring_in(found, sheet)
    except ActRefused as refusal:
        # Retrying would be refused again, so it is said and over.
        found.refuse(f"The map refused it: {refusal.message}")


def _bring_in(found: SheetImport, sheet: Sheet) -> None:
    with transaction.atomic():
        journey, plan, _ = import_sheet(
            sheet,
            found.segment,
            found.title,
            name=found.filename,
            by=found.made_by,
            at=timezone.now(),
            progress=lambda percent: cache.set(progress_key(found.pk), percent, 600),
        )
        found.show(plan, sheet.ignored, write_problem_sheet(sheet, plan.problems), STATES.DONE)
        found.finish(journey)


@shared_task(name="journeys.sweep_imports")
def sweep_imports() -> None:
    """Find what a lost message or a dead worker has left waiting, and send for it again."""
    now = timezone.now()
    SheetImport.objects.release_dead(at=now)
    for found in SheetImport.objects.waiting(at=now)[:100]:
        send_for(found)


def send_for(found: SheetImport) -> None:
    """Ask a worker for the next step of an import that waits."""
    task = read_import if found.state == STATES.UPLOADED else apply_import
    task.delay(str(found.pk))
