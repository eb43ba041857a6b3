from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.change import Asked
    from journeys.models.journey import Journey

#: a page that has been without a line for longer than this draws anew
KEPT = timedelta(days=60)


class RestedActQuerySet(models.QuerySet["RestedAct"]):
    def rest(self, journey: Journey, asked: Asked, answered: dict[str, Any], *, by: Member, at: datetime) -> None:
        """Keep what a request was answered that has changed nothing. The caller holds the journey's lock."""
        self.create(journey=journey, act_id=asked.id, act_print=asked.print, answered=answered, by=by, at=at)

    def answering(self, journey: Any, asked: Asked) -> RestedAct | None:
        return self.filter(journey=journey, act_id=asked.id).first()

    def forget_old(self, *, at: datetime) -> None:
        self.filter(at__lt=at - KEPT).delete()


class RestedAct(models.Model):
    """An act that was asked for and found the map as it wanted it, so that nothing of it is in the log.

    It is over all the same: where a first request arrives behind the one that repeated it, the map may have gone on, and the act
    must not be done then, after its page was told that it was. The log takes no change that bears such an id.
    """

    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    act_id = models.UUIDField()
    act_print = models.BigIntegerField()
    answered = models.JSONField()
    by = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = RestedActQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "act_id"], name="rested_act_once")]
        indexes = [models.Index(fields=["at"], name="rested_act_old")]

    def __str__(self) -> str:
        return str(self.act_id)
