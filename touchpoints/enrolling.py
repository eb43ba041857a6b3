"""Enrol many customers, or move them over to a newer version, a batch at a time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from customers.models import Enrolment
from touchpoints.models import PlanningJob, ScheduledTouchpoint
from touchpoints.models.planning_job import BATCH

STATES, KINDS = PlanningJob.State, PlanningJob.Kind


def enrol_next(job: PlanningJob, *, at: datetime) -> bool:
    """Do the next batch of a job that this worker has claimed. False if there is nothing more to do, or it is not this
    worker's any longer: cancelled, or taken over by another because this one was silent for too long."""
    with transaction.atomic():
        held = PlanningJob.objects.select_for_update().get(pk=job.pk)
        if held.state != STATES.RUNNING or held.worker != job.worker:
            return False
        batch = held.customers[held.seen : held.seen + BATCH]
        do = Enrolment.objects.enrol_many if held.kind == KINDS.ENROL else Enrolment.objects.move_many_over
        made = do(batch, job.version, held.started_on, by=job.by, at=at)
        held.seen += len(batch)
        held.enrolled += len(made)
        held.planned += ScheduledTouchpoint.objects.filter(enrolment__in=made).count()
        held.heard_at = at
        if held.seen >= held.total:
            held.state, held.done_at = STATES.DONE, at
        held.save(update_fields=["seen", "enrolled", "planned", "heard_at", "state", "done_at"])
        return held.state == STATES.RUNNING
