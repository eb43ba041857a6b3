from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Lower

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member, Workspace


class PlaybookQuerySet(models.QuerySet["Playbook"]):
    def visible_to(self, member: Member) -> PlaybookQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def in_order(self) -> PlaybookQuerySet:
        return self.order_by(Lower("title"), "id")

    def matching(self, words: str) -> PlaybookQuerySet:
        words = words.replace("\0", "").strip()  # PostgreSQL refuses the NUL character
        return self.filter(title__icontains=words) if words else self.all()

    def draft(self, workspace: Workspace, title: str, *, at: datetime) -> Playbook:
        """An empty draft. Raises IntegrityError (playbook_title_once) if the title is taken."""
        return self.create(workspace=workspace, title=title.strip(), made_at=at, changed_at=at)


class Playbook(models.Model):
    """Exactly how to deliver a touchpoint."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="playbooks")
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000, blank=True, default="")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = PlaybookQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("title"), name="playbook_title_once")]

    def __str__(self) -> str:
        return self.title

    def describe(self, *, title: str, summary: str, at: datetime) -> None:
        self.title, self.summary, self.changed_at = title.strip(), summary, at
        self.save(update_fields=["title", "summary", "changed_at"])

    def remove(self) -> None:
        """Raises ProtectedError while a card of a map is delivered by it."""
        self.delete()
