from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from journeys.models.element import ActRefused, Element, text

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey


class Dismissal(Element):
    """A gap that somebody has set aside: which rule, at which element or role, and why it is no gap here.

    Not unique: a redo may bring back one whose gap somebody else has set aside meanwhile. The first one counts.
    """

    rule = models.CharField(max_length=40)
    #: the id of an element or of a role, "" for the map as a whole
    subject_id = text(40)
    reason = models.CharField(max_length=500)

    document_key = "dismissals"
    kind_name = "dismissal"
    logged = ("rule", "subject_id", "reason")
    holds = False

    class Meta:
        indexes = [models.Index(fields=["journey", "id"], name="dismissal_of_journey")]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_id}"

    @property
    def called(self) -> str:
        return "a gap that was set aside"

    @property
    def subject(self) -> UUID | None:
        return UUID(self.subject_id) if self.subject_id else None

    @classmethod
    def set_aside(
        cls, journey: Journey, rule: str, subject_id: str, reason: str, *, called: str, by: Member, at: datetime, id: Any = None
    ) -> Dismissal:
        """Set the gap of a rule at a subject aside. `called` is what the log calls the gap."""
        reason = reason.strip()
        if not reason:
            raise ActRefused("Say why it is no gap here.", "reason")
        with journey.act(f"set aside: {called}", by=by, at=at) as act:
            if id and (made := act.already_made(cls, id)):
                return made
            if any((row.rule, row.subject_id) == (rule, subject_id) for row in act.rows(cls)):
                raise ActRefused("Somebody has set this aside already.", "reason")
            dismissal = cls(rule=rule, subject_id=subject_id, reason=reason)
            if id:
                dismissal.id = id
            act.create(dismissal)
        return dismissal

    def take_up(self, *, called: str, by: Member, at: datetime) -> None:
        """Let the gap count again."""
        with self.journey.act(f"took up again: {called}", by=by, at=at) as act:
            for row in act.rows(Dismissal):
                if (row.rule, row.subject_id) == (self.rule, self.subject_id):
                    act.delete(row)
