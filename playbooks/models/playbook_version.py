from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from playbooks.body import Body
    from playbooks.models.playbook import Playbook


class PlaybookVersionQuerySet(models.QuerySet["PlaybookVersion"]):
    def of(self, playbook: Playbook) -> PlaybookVersionQuerySet:
        return self.filter(playbook=playbook)

    def numbered(self, number: int) -> PlaybookVersionQuerySet:
        return self.filter(number=min(number, 2**31 - 1))

    def latest_first(self) -> PlaybookVersionQuerySet:
        return self.order_by("-number")

    def saying(self, whole: Body) -> PlaybookVersion | None:
        """The latest one that says exactly this."""
        return self.filter(body=whole).latest_first().first()

    def next_of(self, playbook: Playbook, *, at: datetime) -> PlaybookVersion:
        """One more, of what the playbook says now. The caller has locked it: `Playbook.freeze`."""
        last = self.of(playbook).latest_first().first()
        return self.create(playbook=playbook, number=last.number + 1 if last else 1, body=playbook.whole, at=at)


class PlaybookVersion(models.Model):
    """A playbook as it was when a delivery began to go by it: numbered, for ever as it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    playbook = models.ForeignKey("playbooks.Playbook", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    #: the whole of it: `Playbook.whole`
    body = models.JSONField()
    at = models.DateTimeField()

    objects = PlaybookVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playbook", "number"], name="playbook_version_number_once"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="playbook_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
