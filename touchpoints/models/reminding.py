from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import connection, models, transaction

from touchpoints.models.reminders import Channel, ReminderKind
from touchpoints.reminding.mornings import after_quiet, next_morning

if TYPE_CHECKING:
    from accounts.models import Member, User

MORNING = time(8)
#: working days ahead or behind that one may be told of
FARTHEST = 10


def bell() -> list[str]:
    return [Channel.BELL]


def bell_and_mail() -> list[str]:
    return [Channel.BELL, Channel.EMAIL]


class RemindingQuerySet(models.QuerySet["Reminding"]):
    def of(self, member: Member) -> Reminding:
        """How that member is reminded; as is usual, if they have never said."""
        found = self.filter(member=member).first()
        return found or Reminding(member=member)

    def morning_has_come(self, *, at: datetime) -> RemindingQuerySet:
        """Those whose morning it is, for this transaction alone."""
        due = self.filter(next_at__lte=at).order_by("next_at", "member_id")
        return due.select_for_update(skip_locked=True, of=("self",)).select_related("member__user")

    def news(self, *, at: datetime) -> tuple[bool, bool]:
        """Whether somebody's morning has come, and whether somebody is new: one cheap question, as it is asked each minute."""
        with connection.cursor() as cursor:
            cursor.execute(NEWS, [at])
            morning, new = cursor.fetchone()
        return morning, new

    def greet(self, *, at: datetime) -> int:
        """Have a next morning for everybody who has none yet: new members."""
        from accounts.models import Member

        new = Member.objects.active().filter(reminding=None).select_related("user").order_by("pk")[:1000]
        rows: list[Reminding] = [Reminding(member=member) for member in new]
        for row in rows:
            row.next_at = row._morning_after(at)
        Reminding.objects.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    def follow_zone(self, user: User, *, at: datetime) -> None:
        """That user has gone to another time zone: their next morning is the one there."""
        with transaction.atomic():
            rows = self.filter(member__user=user).select_for_update(of=("self",)).order_by("pk").select_related("member__user")
            for row in rows:
                row.next_at = row._morning_after(at)
                row.save(update_fields=["next_at"])


class Reminding(models.Model):
    """How a member wants to be reminded, and when their next morning is."""

    member = models.OneToOneField("accounts.Member", on_delete=models.CASCADE, primary_key=True, related_name="reminding")
    before_by = ArrayField(models.CharField(max_length=7, choices=Channel.choices), default=bell, blank=True)
    due_by = ArrayField(models.CharField(max_length=7, choices=Channel.choices), default=bell, blank=True)
    overdue_by = ArrayField(models.CharField(max_length=7, choices=Channel.choices), default=bell, blank=True)
    escalation_by = ArrayField(models.CharField(max_length=7, choices=Channel.choices), default=bell_and_mail, blank=True)
    #: working days before it is due, and after; 0: never
    days_before = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(FARTHEST)])
    days_after = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(FARTHEST)])
    digest = models.BooleanField(default=True)
    morning = models.TimeField(default=MORNING)
    #: local times between which nothing is sent; it may go past midnight
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    webhook_url = models.URLField(max_length=500, blank=True, default="")
    next_at = models.DateTimeField(db_index=True)
    #: the reader's own day of which they were told last
    told_on = models.DateField(null=True)

    objects = RemindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None) | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="reminding_quiet_both_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"reminders of {self.member_id}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.member.user.time_zone)

    def channels(self, kind: str) -> list[str]:
        """What this kind of reminder is sent by. A webhook without an address is none."""
        if kind == ReminderKind.DIGEST:
            return [Channel.EMAIL] if self.digest else []
        return [one for one in getattr(self, f"{kind}_by") if one != Channel.WEBHOOK or self.webhook_url]

    def today(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def awake_at(self, at: datetime) -> datetime:
        """That instant, or the end of the quiet hours that it lies in."""
        return after_quiet(at, self.zone, self.quiet_from, self.quiet_to)

    def choose(self, fields: dict[str, Any], *, at: datetime) -> None:
        """Keep what the member wants. The next morning follows."""
        with transaction.atomic():
            held = (
                Reminding.objects.select_for_update(of=("self",)).filter(pk=self.pk).select_related("member__user").first()
                or self
            )
            for name, value in fields.items():
                setattr(held, name, value)
            held.next_at = held._morning_after(at)
            held.save()

    def stop_mail(self, kind: str, *, at: datetime) -> None:
        """No more mail of that kind, as its unsubscribe link asks for."""
        if kind == ReminderKind.DIGEST:
            return self.choose({"digest": False}, at=at)
        return self.choose({f"{kind}_by": [one for one in getattr(self, f"{kind}_by") if one != Channel.EMAIL]}, at=at)

    def morning_is_over(self, told: bool, *, at: datetime) -> None:
        """Wait for the morning of tomorrow, having told the member what there was to tell, or nothing on a day off."""
        today = self.today(at)
        self.next_at = next_morning(self.zone, self.morning, at=at, told_on=today)
        self.told_on = today if told else self.told_on
        self.save(update_fields=["next_at", "told_on"])

    def _morning_after(self, at: datetime) -> datetime:
        """The next one that has not begun yet: who says at ten that they get up at eight means tomorrow."""
        found = next_morning(self.zone, self.morning, at=at, told_on=self.told_on)
        return found if found > at else next_morning(self.zone, self.morning, at=at, told_on=self.today(at))


NEWS = """
    SELECT EXISTS (SELECT FROM touchpoints_reminding WHERE next_at <= %s),
        EXISTS (
            SELECT FROM accounts_member AS member WHERE removed_at IS NULL
                AND NOT EXISTS (SELECT FROM touchpoints_reminding AS reminding WHERE reminding.member_id = member.id))"""
