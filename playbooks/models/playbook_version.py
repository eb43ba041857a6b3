from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from playbooks.models.playbook import Playbook


class PlaybookVersionQuerySet(models.QuerySet["PlaybookVersion"]):
    def of(self, playbook: Playbook) -> PlaybookVersionQuerySet:
        return self.filter(playbook=playbook)

    def latest_first(self) -> PlaybookVersionQuerySet:
        return self.order_by("-number")


class PlaybookVersion(models.Model):
    """A playbook as it was when a delivery began to go by it: numbered, for ever as it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    playbook = models.ForeignKey("playbooks.Playbook", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    #: the whole of it: see `Playbook.body`
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
