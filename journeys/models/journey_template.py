from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower

from accounts.ids import new_id
from journeys.numbers import Numbers, numbers_of

if TYPE_CHECKING:
    from accounts.models import Member, Workspace


class NameTaken(Exception):
    """The workspace has a template of that name."""


class JourneyTemplateQuerySet(models.QuerySet["JourneyTemplate"]):
    def visible_to(self, member: Member) -> JourneyTemplateQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def in_order(self) -> JourneyTemplateQuerySet:
        return self.order_by(Lower("name"), "id")

    def listed(self) -> JourneyTemplateQuerySet:
        """What a list shows: not the map itself, which may be large."""
        return self.defer("content").select_related("made_by__user")

    def contents(self, pks: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        """The maps of several, by id, with one read."""
        return dict(self.filter(pk__in=list(pks)).values_list("pk", "content"))

    def keep(
        self,
        workspace: Workspace,
        name: str,
        summary: str,
        content: dict[str, Any],
        *,
        replace: bool = False,
        by: Member,
        at: datetime,
    ) -> JourneyTemplate:
        """A portable journey as a template. Where there is one of that name, `replace` puts this one in its place.

        Raises NameTaken without it.
        """
        name = name.strip()
        numbers = numbers_of(content)
        values = {
            "name": name, "summary": summary.strip(), "content": content, "made_by": by, "made_at": at,
            "stages": numbers.stages, "touchpoints": numbers.touchpoints, "roles": numbers.roles,
        }  # fmt: skip
        with transaction.atomic():
            there = self.filter(workspace=workspace, name__iexact=name).select_for_update().first()
            if there and not replace:
                raise NameTaken(there.name)
            if there:
                self.filter(pk=there.pk).update(**values)
                return self.get(pk=there.pk)
            try:
                with transaction.atomic():
                    return self.create(workspace=workspace, **values)
            except IntegrityError:
                raise NameTaken(name) from None


class JourneyTemplate(models.Model):
    """A journey of one's own that others can begin with. Its content is a portable journey (journeys/portable.py), so it does not
    change with the map it was saved from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="journey_templates")
    name = models.CharField(max_length=120)
    summary = models.TextField(max_length=1000, blank=True, default="")
    content = models.JSONField()
    #: how large it is, so that a list need not read the content
    stages = models.PositiveIntegerField()
    touchpoints = models.PositiveIntegerField()
    roles = models.PositiveIntegerField()
    made_by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = JourneyTemplateQuerySet.as_manager()

    suits = ""

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="journey_template_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return str(self.pk)

    @property
    def numbers(self) -> Numbers:
        return Numbers(self.stages, self.touchpoints, self.roles)

    def describe(self, *, name: str, summary: str) -> None:
        """Raises NameTaken."""
        was = self.name, self.summary
        self.name, self.summary = name.strip(), summary.strip()
        try:
            with transaction.atomic():
                self.save(update_fields=["name", "summary"])
        except IntegrityError:
            taken, (self.name, self.summary) = self.name, was
            raise NameTaken(taken) from None

    def remove(self) -> None:
        """Journeys that were begun with it stay."""
        self.delete()
