"""Work in the background. Tasks take ids, claim by a conditional update, and may run twice or be lost."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.handing_over import hand_next
from customers.importing import import_customers
from customers.models import CustomerImport, Handover
from journeys.sheets import SheetRefused

STATES = CustomerImport.State


def progress_key(pk: object) -> str:
    return f"customer-import-progress:{pk}"


def _progress(found: CustomerImport) -> Callable[[int], None]:
    lines = max(1, bytes(found.content).count(b"\n"))
    if bytes(found.content[:2]) == b"PK":
        lines = 10_000
    return lambda rows: cache.set(progress_key(found.pk), min(95, 5 + 90 * rows // lines), 600)


@shared_task(name="customers.read_customer_import")
def read_customer_import(pk: str) -> None:
    """Read an uploaded file and show what it would do."""
    found = CustomerImport.objects.claim(pk, STATES.UPLOADED, STATES.READING, at=timezone.now())
    if found is None:
        return
    try:
        found.show(import_customers(found, at=timezone.now(), write=False, progress=_progress(found)))
    except SheetRefused as refusal:
        found.refuse(str(refusal))


@shared_task(name="customers.apply_customer_import")
def apply_customer_import(pk: str) -> None:
    """Bring a confirmed file in. The customers and the state change in one transaction: a killed worker leaves neither."""
    found = CustomerImport.objects.claim(pk, STATES.CONFIRMED, STATES.APPLYING, at=timezone.now())
    if found is None:
        return
    cache.set(progress_key(pk), 5, 600)
    try:
        with transaction.atomic():
            # Held until the end: a second worker that takes an import for dead waits here, and then finds it done.
            held = CustomerImport.objects.select_for_update().get(pk=found.pk)
            if held.state != STATES.APPLYING:
                return
            found.finish(import_customers(found, at=timezone.now(), write=True, progress=_progress(found)))
    except SheetRefused as refusal:
        found.refuse(str(refusal))
    except IntegrityError:
        found.wait_again(at=timezone.now())


@shared_task(name="customers.sweep_customer_imports")
def sweep_customer_imports() -> None:
    """Find what a lost message or a dead worker has left waiting, and send for it again."""
    now = timezone.now()
    CustomerImport.objects.release_dead(at=now)
    for found in CustomerImport.objects.waiting(at=now)[:100]:
        send_for(found)


def send_for(found: CustomerImport) -> None:
    """Ask a worker for the next step of an import that waits."""
    task = read_customer_import if found.state == STATES.UPLOADED else apply_customer_import
    task.delay(str(found.pk))


@shared_task(name="customers.hand_over")
def hand_over(pk: str) -> None:
    """Do a handover to its end, from wherever it is."""
    job = Handover.objects.claim(pk, at=timezone.now())
    while job and hand_next(job, at=timezone.now()):
        pass


@shared_task(name="customers.sweep_handovers")
def sweep_handovers() -> None:
    """Find what a lost message or a dead worker has left lying, and send for it again."""
    for job in Handover.objects.left_lying(at=timezone.now())[:100]:
        hand_over.delay(str(job.pk))
