from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.request import Request


class RequestStepQuerySet(models.QuerySet["RequestStep"]):
    def of(self, request: Request) -> RequestStepQuerySet:
        return self.filter(request=request)

    def with_names(self) -> RequestStepQuerySet:
        return self.select_related("by__user", "to__user")

    def latest_first(self) -> RequestStepQuerySet:
        return self.order_by("-at", "-id")

    def who_handed_on(self, request: Request) -> Any:
        """The members who did, and are still here."""
        from accounts.models import Member

        handed = self.of(request).filter(kind=RequestStep.Kind.HANDED)
        return Member.objects.active().filter(pk__in=handed.values("by")).order_by("pk")

    def note(
        self, request: Request, kind: str, *, by: Member, at: datetime, to: Member | None = None, text: str = ""
    ) -> RequestStep:
        return self.create(request=request, kind=kind, by=by, to=to, text=text.strip(), at=at)


class RequestStep(models.Model):
    """What became of a request, step by step."""

    class Kind(models.TextChoices):
        LOGGED = "logged", "logged it"
        HANDED = "handed", "handed it on"
        KEPT = "kept", "kept it: it is theirs"
        DONE = "done", "did it"
        REOPENED = "reopened", "opened it again"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey("customers.Request", on_delete=models.CASCADE, related_name="steps", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    to = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.TextField(max_length=2000, blank=True, default="")
    at = models.DateTimeField()

    objects = RequestStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="handed", to__isnull=False) | (~models.Q(kind="handed") & models.Q(to=None)),
                name="request_step_handed_to_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "-at", "-id"], name="request_step_latest"),
            models.Index(fields=["by", "request"], condition=models.Q(kind="handed"), name="request_step_handed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.told}"

    @property
    def told(self) -> str:
        return f"handed it on to {self.to}" if self.to else self.get_kind_display()
