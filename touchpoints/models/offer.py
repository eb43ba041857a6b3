from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction

from accounts.ids import new_id
from customers.models import Activity
from touchpoints.models.arrangement import Arrangement
from touchpoints.models.scheduled_touchpoints import NotOpen
from touchpoints.planning.reconcile import reconcile

if TYPE_CHECKING:
    from accounts.models import Member
    from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint


class Answered(Exception):
    """Somebody was quicker: it has been answered, or taken back. Says so to a person."""


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> OfferQuerySet:
        return self.filter(answer="", scheduled__state="planned")

    def visible_to(self, member: Member) -> OfferQuerySet:
        return self.filter(scheduled__workspace=member.workspace_id)

    def to(self, member: Member) -> OfferQuerySet:
        return self.filter(to=member)

    def about(self, row: ScheduledTouchpoint) -> OfferQuerySet:
        return self.filter(scheduled=row)

    def with_names(self) -> OfferQuerySet:
        return self.select_related("to__user", "by__user", "scheduled__customer", "scheduled__enrolment")

    def latest_first(self) -> OfferQuerySet:
        return self.order_by("-at", "-id")

    def offer(self, row: ScheduledTouchpoint, to: Member, note: str, *, by: Member, at: datetime) -> Offer:
        """Ask a colleague to take one touchpoint over. Until they accept it stays whose it is. An open offer of the same one is
        taken back with it. Raises NotOpen."""
        with transaction.atomic():
            found = row.held()
            if not found.is_open:
                raise NotOpen.of(found)
            self.about(found).filter(answer="").update(answer=Offer.Answer.TAKEN_BACK, answered_at=at)
            made = self.create(scheduled=found, to=to, note=note.strip(), by=by, at=at)
            text = f"asked {to} to take over {found.title}"
            Activity.objects.note(found.customer, text, by=by, at=at, enrolment=found.enrolment)
        return made


class Offer(models.Model):
    """One touchpoint of one customer, offered to a colleague. Accepted, it is theirs, whoever fills the role."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    #: the constraint is the migration's own: planning deletes rows by SQL, and the database what hangs on them
    scheduled = models.ForeignKey(
        "touchpoints.ScheduledTouchpoint", on_delete=models.CASCADE, related_name="offers", db_constraint=False
    )
    to = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    note = models.CharField(max_length=500, blank=True, default="")
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    #: why not
    because = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheduled"], condition=models.Q(answer=""), name="offer_open_once"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None) | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="offer_answered_at",
            ),
        ]
        indexes = [models.Index(fields=["to", "-at", "-id"], condition=models.Q(answer=""), name="offer_open")]

    def __str__(self) -> str:
        return f"{self.scheduled_id} to {self.to}"

    def accept(self, *, by: Member, at: datetime) -> None:
        """It is theirs from now on. Raises Answered, NotOpen."""
        with transaction.atomic():
            row = self._answer(self.Answer.ACCEPTED, at)
            Arrangement.objects.arrange(row, {"member": self.to}, by=by, at=at)
            Activity.objects.note(row.customer, f"took over {row.title}", by=by, at=at, enrolment=row.enrolment)
            reconcile([row.enrolment_id], at=at)

    def decline(self, because: str, *, by: Member, at: datetime) -> None:
        """Raises Answered, NotOpen."""
        with transaction.atomic():
            row = self._answer(self.Answer.DECLINED, at, because=because.strip()[:500])
            Activity.objects.note(row.customer, f"did not take over {row.title}", by=by, at=at, enrolment=row.enrolment)

    def take_back(self, *, at: datetime) -> None:
        """Raises Answered, NotOpen."""
        with transaction.atomic():
            self._answer(self.Answer.TAKEN_BACK, at)

    def _answer(self, answer: str, at: datetime, **fields: str) -> ScheduledTouchpoint:
        row = self.scheduled.held()
        answered = Offer.objects.filter(pk=self.pk, answer="").update(answer=answer, answered_at=at, **fields)
        if not answered:
            raise Answered("This has been answered already.")
        if not row.is_open:
            raise NotOpen.of(row)
        return row
