from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse

from accounts.ids import new_id
from accounts.models import Notice
from customers.models import Activity
from touchpoints.models.passages import PassageState

if TYPE_CHECKING:
    from accounts.models import Member
    from touchpoints.models.passage import Passage


#: what a step is called by which the receiver wants more
ASKED = "asked for more"


class PassageStepQuerySet(models.QuerySet["PassageStep"]):
    def of(self, passage: Passage) -> PassageStepQuerySet:
        return self.filter(passage=passage)

    def latest_first(self) -> PassageStepQuerySet:
        return self.order_by("-at", "-id").select_related("by__user")

    def last_asked(self, passage: Passage) -> PassageStep | None:
        """What the receiver has asked for, as long as that is not there."""
        asked = self.of(passage).filter(told=ASKED) if passage.state == PassageState.MORE_ASKED else self.none()
        return asked.latest_first().first()

    def note(self, passage: Passage, told: str, text: str, *, by: Member, at: datetime) -> PassageStep:
        """Keep what was done with a handoff, here and among what was done with the customer."""
        more = f": {text}" if text else ""
        about = f"{told} (handoff {passage}){more}"
        Activity.objects.note(passage.customer, about, by=by, at=at, enrolment=passage.enrolment)
        return self.create(passage=passage, told=told, text=text, by=by, at=at)


class PassageStep(models.Model):
    """One step of a handoff, in words: who did what with it, and what they said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    passage = models.ForeignKey("touchpoints.Passage", on_delete=models.CASCADE, related_name="steps", db_index=False)
    told = models.CharField(max_length=100)
    text = models.TextField(blank=True, default="")
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects = PassageStepQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["passage", "-at", "-id"], name="passage_step_latest")]

    def __str__(self) -> str:
        return self.told

    def tell(self, member: Member | None, text: str) -> None:
        """Let the other one know of this step, under the bell."""
        if member is None or member == self.by:
            return
        url = reverse("touchpoints:handoff_passage", args=[self.passage.workspace.slug, self.passage_id])
        Notice.objects.give(member, kind="handoff", text=text, excerpt=self.text, url=url, key=f"handoff:{self.pk}", at=self.at)
