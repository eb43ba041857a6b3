"""Work in the background. Tasks take ids, claim by a conditional update, and may run twice or be lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from touchpoints.enrolling import enrol_next
from touchpoints.models import PlanningJob


@shared_task(name="touchpoints.enrol")
def enrol(pk: str) -> None:
    """Do a job of enrolling to its end, from wherever it is."""
    job = PlanningJob.objects.claim(pk, at=timezone.now())
    while job and enrol_next(job, at=timezone.now()):
        pass


@shared_task(name="touchpoints.sweep_planning_jobs")
def sweep_planning_jobs() -> None:
    """Find what a lost message or a dead worker has left lying, and send for it again."""
    for job in PlanningJob.objects.left_lying(at=timezone.now())[:100]:
        enrol.delay(str(job.pk))
