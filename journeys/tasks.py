"""Work in the background. Tasks take ids, claim by a conditional update, and may run twice or be lost."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from journeys.beginning import begin_from
from journeys.drawn import drawn
from journeys.faults import NotPortable
from journeys.importing import import_sheet, preview_import
from journeys.incoming import JourneyFile, read_incoming
from journeys.models import Journey, RestedAct, SheetImport
from journeys.models.element import ActRefused
from journeys.names import known_names, names_by_id
from journeys.reviewing import tell_owners
from journeys.sheets import Sheet, SheetRefused, write_problem_sheet

STATES = SheetImport.State


def progress_key(pk: object) -> str:
    return f"import-progress:{pk}"


@shared_task(name="journeys.read_import")
def read_import(pk: str) -> None:
    """Read an uploaded file and show what it would do."""
    found = SheetImport.objects.claim(pk, STATES.UPLOADED, STATES.READING, at=timezone.now())
    if found is None:
        return
    cache.set(progress_key(pk), 10, 600)
    try:
        file = read_incoming(bytes(found.content))
    except SheetRefused as refusal:
        found.refuse(str(refusal))
        return
    cache.set(progress_key(pk), 50, 600)
    found.entitle(file.title)
    if isinstance(file, JourneyFile):
        _show_journey(found, file, STATES.PREVIEWED)
        return
    journey = Journey.objects.filter(segment=found.segment).titled(found.title).order_by("id").first()
    plan = preview_import(file, found.segment, journey)
    found.show(plan, file.ignored, write_problem_sheet(file, plan.problems), STATES.PREVIEWED)


@shared_task(name="journeys.apply_import")
def apply_import(pk: str) -> None:
    """Bring a confirmed file onto its map. The map and the state change in one transaction: a killed worker leaves neither."""
    found = SheetImport.objects.claim(pk, STATES.CONFIRMED, STATES.APPLYING, at=timezone.now())
    if found is None:
        return
    file = read_incoming(bytes(found.content))
    cache.set(progress_key(pk), 20, 600)
    try:
        if isinstance(file, JourneyFile):
            _begin(found, file)
        else:
            _bring_in(found, file)
    except ActRefused as refusal:
        # Retrying would be refused again, so it is said and over.
        found.refuse(f"The map refused it: {refusal.message}")
    except NotPortable as refusal:
        found.refuse(str(refusal))
    if found.journey:
        # Who imports looks at the map next, and may edit it: a large one is quicker when it has been drawn.
        drawn(found.journey, names_by_id(found.segment.workspace_id)[0], room=1)


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


def _begin(found: SheetImport, file: JourneyFile) -> None:
    with transaction.atomic():
        _show_journey(found, file, STATES.DONE)
        label = f"imported {found.filename}"
        found.finish(begin_from(found.segment, found.title, file.data, by=found.made_by, at=timezone.now(), label=label))


def _show_journey(found: SheetImport, file: JourneyFile, state: str) -> None:
    known = known_names(found.segment.workspace_id)
    roles, playbooks = (
        [name for name in names if name.casefold() not in there] for names, there in zip(file.names, known, strict=True)
    )
    found.show_journey(file.numbers, roles, playbooks, state)


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


@shared_task(name="journeys.tell_owners_of_reviews")
def tell_owners_of_reviews() -> None:
    """Tell the owners of maps whose review is due. Every owner is told once a date, however often this runs."""
    tell_owners(at=timezone.now())


@shared_task(name="journeys.forget_rested_acts")
def forget_rested_acts() -> None:
    RestedAct.objects.forget_old(at=timezone.now())
