"""Enrol many customers, or move them over to a newer version, a batch at a time; and whoever a rule wants on a journey."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from customers.models import Enrolment
from journeys.models import Version
from touchpoints.models import EnrolmentRule, PlanningJob, ScheduledTouchpoint
from touchpoints.models.planning_job import BATCH

STATES, KINDS = PlanningJob.State, PlanningJob.Kind


def enrol_next(job: PlanningJob, *, at: datetime) -> bool:
    """Do the next batch of a job that this worker has claimed. False if there is nothing more to do, or it is not this
    worker's any longer: cancelled, or taken over by another because this one was silent for too long."""
    with transaction.atomic():
        held = PlanningJob.objects.select_for_update().defer("customers").get(pk=job.pk)
        if held.state != STATES.RUNNING or held.worker != job.worker:
            return False
        batch = held.batch
        made = _enrol(batch, job, at=at) if held.kind == KINDS.ENROL else _move_over(batch, job, at=at)
        held.seen += len(batch)
        held.enrolled += len(made)
        held.planned += ScheduledTouchpoint.objects.filter(enrolment__in=made).count()
        held.heard_at = at
        if held.seen >= held.total:
            held.state, held.done_at = STATES.DONE, at
        held.save(update_fields=["seen", "enrolled", "planned", "heard_at", "state", "done_at"])
        return held.state == STATES.RUNNING


def _enrol(batch: list[UUID], job: PlanningJob, *, at: datetime) -> list[UUID]:
    """By a rule: those that it still wants, each on its day."""
    if not job.rule:
        return Enrolment.objects.enrol_many(batch, job.version, job.started_on, by=job.by, at=at)
    starts = job.rule.starts_of(batch, today=job.started_on)
    return Enrolment.objects.enrol_many(starts, job.version, starts, by=job.by, at=at)


def _move_over(batch: list[UUID], job: PlanningJob, *, at: datetime) -> list[UUID]:
    return Enrolment.objects.move_many_over(batch, job.version, job.started_on, by=job.by, at=at)


def follow(pk: Any, *, at: datetime) -> PlanningJob | None:
    """Put whoever a rule wants on its journey and is not there on the newest version. They are few: at once. They are many: the
    job for it, which is to be sent for. Nothing where the rule is off, has a job under way, or another is at it."""
    with transaction.atomic():
        rules = EnrolmentRule.objects.on().select_for_update(of=("self",), skip_locked=True)
        rule = rules.select_related("workspace", "journey__segment", "by").filter(pk=pk).first()
        if rule is None or PlanningJob.objects.of_rule(rule).under_way().exists():
            return None
        today = today_in(rule, at=at)
        found = rule.to_enrol(today=today)
        ids = list(found.order_by("pk").values_list("pk", flat=True)[: BATCH + 1])
        version = Version.objects.of(rule.journey).newest() if ids else None
        if version is None:
            return None
        if len(ids) > BATCH:
            return PlanningJob.objects.ask_to_enrol_found(
                found, version, rule.first_day(today=today), by=rule.by, at=at, rule=rule
            )
        starts = rule.starts_of(ids, today=today)
        rule.count(len(Enrolment.objects.enrol_many(starts, version, starts, by=rule.by, at=at)))
    return None


def begin(rule: EnrolmentRule, *, by: Any, at: datetime) -> PlanningJob | None:
    """The job for those whom a rule finds when it is made or switched on; None if there is nobody. It is to be sent for."""
    with transaction.atomic():
        if EnrolmentRule.objects.on().select_for_update(of=("self",)).filter(pk=rule.pk).first() is None:
            return None
        if job := PlanningJob.objects.of_rule(rule).under_way().defer("customers").first():
            return job
        version = Version.objects.of(rule.journey).newest()
        if version is None:
            return None
        today = today_in(rule, at=at)
        found, day = rule.to_enrol(today=today), rule.first_day(today=today)
        return PlanningJob.objects.ask_to_enrol_found(found, version, day, by=by, at=at, rule=rule)


def today_in(rule: EnrolmentRule, *, at: datetime) -> date:
    return at.astimezone(ZoneInfo(rule.workspace.time_zone)).date()
