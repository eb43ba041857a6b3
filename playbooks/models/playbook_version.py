from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING
from uuid import UUID

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

    def of_now(self, playbooks: Sequence[Playbook], *, at: datetime) -> dict[UUID, PlaybookVersion]:
        """By playbook the latest version that says what it says now, made where there is none, for three questions at most. The
        caller has locked them: `PlaybookQuerySet.freeze`."""
        if not playbooks:
            return {}
        said = reduce(or_, (models.Q(playbook=one, body=one.whole) for one in playbooks))
        latest = self.filter(said).order_by("playbook", "-number").distinct("playbook")
        found: dict[UUID, PlaybookVersion] = {one.playbook_id: one for one in latest}
        if missing := [one for one in playbooks if one.pk not in found]:
            counted = self.filter(playbook__in=missing).order_by().values_list("playbook").annotate(models.Max("number"))
            last: dict[UUID, int] = dict(counted)
            made = [PlaybookVersion(playbook=one, number=last.get(one.pk, 0) + 1, body=one.whole, at=at) for one in missing]
            self.bulk_create(made)  # type: ignore[arg-type]
            found |= {one.playbook_id: one for one in made}
        return found


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
