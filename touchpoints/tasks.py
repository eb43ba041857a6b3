"""Work in the background. Tasks take ids, claim by a conditional update, and may run twice or be lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.models import Workspace
from customers.models import Enrolment
from touchpoints.enrolling import enrol_next, follow
from touchpoints.models import Automation, EnrolmentRule, PlanningJob, Reminder, Sending, SentAct
from touchpoints.passing import open_days, open_passages
from touchpoints.planning.reconcile import reconcile
from touchpoints.reminding.owing import owe
from touchpoints.reminding.sending import send_due
from touchpoints.sending import prepare_letters, send_owed, tell
from touchpoints.ticking import tick_all

#: enrolments in one transaction: a second of work, so that nobody waits long for one of them
BATCH = 500
#: for this long after a change of a calendar its plans are looked at again, hour by hour
SETTLING = timedelta(days=1)


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


@shared_task(name="touchpoints.plan_workspace")
def plan_workspace(pk: str) -> None:
    """Plan everybody in a workspace whose calendar has changed. Whose plan rests on the new one already is passed over."""
    ids = list(Enrolment.objects.in_workspace(UUID(pk)).active().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        reconcile(batch, at=timezone.now())
        open_passages(batch, at=timezone.now())


@shared_task(name="touchpoints.sweep_calendars")
def sweep_calendars() -> None:
    """Send for it again where a worker may have died over it, or where somebody planned by the old calendar meanwhile."""
    for workspace in Workspace.objects.whose_calendar_changed_since(timezone.now() - SETTLING):
        plan_workspace.delay(str(workspace.pk))


@shared_task(name="touchpoints.tick_milestones")
def tick_milestones() -> None:
    """Tick the milestones whose day has come, each by the calendar of its workspace."""
    tick_all(at=timezone.now())


@shared_task(name="touchpoints.follow_rules")
def follow_rules() -> None:
    """Find the rules whose segments have somebody new, and have each followed: if one cannot be, the others are."""
    for pk in EnrolmentRule.objects.with_somebody_to_enrol(at=timezone.now()).values_list("pk", flat=True):
        follow_rule.delay(str(pk))


@shared_task(name="touchpoints.follow_rule")
def follow_rule(pk: str) -> None:
    if job := follow(pk, at=timezone.now()):
        enrol.delay(str(job.pk))


@shared_task(name="touchpoints.open_handoffs")
def open_handoffs() -> None:
    """Where another day has come, open the handoffs that are reached with it."""
    open_days(at=timezone.now())


@shared_task(name="touchpoints.owe_reminders")
def owe_reminders() -> None:
    """Write what is owed to those whose morning has come, and send it."""
    if owe(at=timezone.now()):
        send_due()


@shared_task(name="touchpoints.send_reminders")
def send_reminders() -> None:
    """A sweep: what is due goes out, through each channel until nothing is."""
    send_due()


@shared_task(name="touchpoints.send_automated")
def send_automated() -> None:
    """A sweep: write down what the map says is sent today, send what is to be sent, finish what was."""
    running = Automation.objects.running()
    for workspace in running:
        prepare_letters(workspace, at=timezone.now())
    while running and send_owed(running, at=timezone.now()):
        running = Automation.objects.running()  # somebody may pause it in the middle
    for sending in Sending.objects.sent_but_not_told()[:BATCH]:
        tell(sending, at=timezone.now())


@shared_task(name="touchpoints.forget")
def forget() -> None:
    """What is kept for a while only: acts that pages have sent, reminders that are over."""
    SentAct.objects.forget(at=timezone.now())
    Reminder.objects.forget(at=timezone.now())
