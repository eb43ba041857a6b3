from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.text import slugify

from accounts.facts import calendar_changed
from accounts.ids import new_id
from accounts.models.user import check_time_zone
from accounts.public_holidays import holidays_in_words
from accounts.working_days import USUAL_WEEK, week_in_words

if TYPE_CHECKING:
    from accounts.models.invitation import Invitation
    from accounts.models.member import Member
    from accounts.models.user import User

STANDARD_ROLES = (
    "Account executive",
    "Solutions engineer",
    "Onboarding specialist",
    "Customer success manager",
    "Support",
    "Executive sponsor",
    "Operations",
)


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def of(self, user: User) -> WorkspaceQuerySet:
        return self.filter(members__user=user, members__removed_at=None).order_by("name", "id")

    def whose_calendar_changed_since(self, instant: datetime) -> WorkspaceQuerySet:
        return self.filter(calendar_changed_at__gte=instant).order_by("calendar_changed_at", "id")

    def calendar_of(self, pk: UUID) -> tuple[Any, ...]:
        """(days of the week, country, region, own days off, own days worked on)"""
        own = {
            name: ArrayAgg("own_days__on", filter=models.Q(own_days__is_worked=worked), default=[], order_by="own_days__on")
            for name, worked in (("off", False), ("on", True))
        }
        wanted = ("work_week", "holiday_country", "holiday_region")
        return self.filter(pk=pk).annotate(**own).values_list(*wanted, *own).get()


def usual_week() -> list[int]:
    return list(USUAL_WEEK)


class WorkspaceManager(models.Manager.from_queryset(WorkspaceQuerySet)):  # type: ignore[misc]
    def found(self, name: str, founder: User, *, at: datetime) -> Workspace:
        """A new room with its founder as owner and the usual roles."""
        from accounts.models.audit import AuditEntry
        from accounts.models.member import Access, Member
        from accounts.models.role import Role

        name = name.strip()
        slug = slugify(name)[:50] or "workspace"
        with transaction.atomic():
            if self.filter(slug=slug).exists():
                slug = f"{slug}-{secrets.token_hex(3)}"
            workspace = self.create(name=name, slug=slug, time_zone=founder.time_zone, made_at=at)
            owner = Member.objects.create(workspace=workspace, user=founder, access=Access.OWNER, joined_at=at)
            Role.objects.bulk_create(Role(workspace=workspace, name=role) for role in STANDARD_ROLES)
            AuditEntry.objects.note(workspace, owner, "founded", name, at=at)
        return workspace


class Workspace(models.Model):
    """One company's room. Everything belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    made_at = models.DateTimeField()
    #: the days of the week that are worked on, Monday is 0
    work_week = ArrayField(models.SmallIntegerField(), default=usual_week)
    #: whose holidays are off, in the codes of the `holidays` library (accounts/public_holidays.py)
    holiday_country = models.CharField(max_length=2, blank=True, default="")
    holiday_region = models.CharField(max_length=20, blank=True, default="")
    calendar_changed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="workspace_slug_once"),
            models.CheckConstraint(
                condition=models.Q(work_week__len__gt=0, work_week__contained_by=list(range(7))), name="workspace_works_some_day"
            ),
            models.CheckConstraint(
                condition=models.Q(holiday_region="") | ~models.Q(holiday_country=""), name="workspace_region_of_a_country"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def describe(self, *, name: str, time_zone: str, by: Member, at: datetime) -> None:
        from accounts.models.audit import AuditEntry

        self.name, self.time_zone = name.strip(), time_zone
        self.save(update_fields=["name", "time_zone"])
        AuditEntry.objects.note(self, by, "changed the workspace", self.name, at=at)

    def set_calendar(self, work_week: Iterable[int], country: str, region: str, *, by: Member, at: datetime) -> None:
        """Say what days of the week are worked on, and whose holidays are not. Where nothing differs, nothing happens."""
        from accounts.models.audit import AuditEntry

        week = sorted(set(work_week))
        if (week, country, region) == (self.work_week, self.holiday_country, self.holiday_region):
            return
        self.work_week, self.holiday_country, self.holiday_region = week, country, region
        with transaction.atomic():
            self.save(update_fields=["work_week", "holiday_country", "holiday_region"])
            told = f"{week_in_words(week)}; {self.holidays_in_words}"
            AuditEntry.objects.note(self, by, "changed the calendar", told, at=at)
            self.note_calendar_changed(at=at)

    @property
    def week_in_words(self) -> str:
        return week_in_words(self.work_week)

    @property
    def holidays_in_words(self) -> str:
        return holidays_in_words(self.holiday_country, self.holiday_region)

    def note_calendar_changed(self, *, at: datetime) -> None:
        """Have those told whose dates rest on it. What is remembered here finds those that a lost message did not reach."""
        self.calendar_changed_at = at
        self.save(update_fields=["calendar_changed_at"])
        transaction.on_commit(lambda: calendar_changed.send(Workspace, workspace_id=self.pk))

    def today(self, at: datetime) -> date:
        """The day that it is in the workspace."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def invite(self, email: str, access: str, roles: Any, *, by: Member, at: datetime) -> tuple[Invitation, str]:
        from accounts.models.invitation import Invitation

        return Invitation.objects.send(self, email, access, roles, by=by, at=at)
