from __future__ import annotations

import hashlib
import secrets
import string
import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction

from accounts.ids import new_id
from accounts.models.audit import AuditEntry
from accounts.models.member import Access, NotAllowed

if TYPE_CHECKING:
    from accounts.models.member import Member

PREFIX = "tl_"
ALPHABET = string.digits + string.ascii_letters
#: characters of chance (190 bits) and of the checksum behind them
RANDOM, CHECK = 32, 6
#: its last use is written down this often at most
NOTED_EVERY = timedelta(minutes=1)
#: so many that stand at the same time, a member
MOST = 50


class TooManyTokens(Exception):
    """A member has as many tokens as they may have; says so, for people."""


class Scope(models.TextChoices):
    """What a token may do, from least to most; never more than its member."""

    READ = "read", "Read"
    WRITE = "write", "Read and write"
    ADMIN = "admin", "Read, write and administer"

    @property
    def least(self) -> Access:
        """The access that a member needs to have such a token."""
        return {"read": Access.VIEWER, "write": Access.CONTRIBUTOR, "admin": Access.ADMIN}[self.value]

    def includes(self, other: Scope) -> bool:
        return list(Scope).index(self) >= list(Scope).index(other)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, member: Member) -> ApiTokenQuerySet:
        """One's own; an admin sees everybody's."""
        found = self.filter(member__workspace_id=member.workspace_id)
        return found if member.can_administer else found.filter(member=member)

    def standing(self, *, at: datetime) -> ApiTokenQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=at, member__removed_at=None, member__user__is_active=True)

    def latest_first(self) -> ApiTokenQuerySet:
        return self.select_related("member__user").order_by("-made_at", "-id")

    def make(self, member: Member, name: str, scope: str, days: int, *, at: datetime) -> tuple[ApiToken, str]:
        """(the token, its text, which is not kept). Raises NotAllowed where the scope is above the member's access,
        TooManyTokens."""
        if member.rank < Scope(scope).least.rank:
            raise NotAllowed(f"A token to {Scope(scope).label.lower()} needs more access than you have.")
        text = new_token()
        with transaction.atomic():
            type(member).objects.select_for_update().get(pk=member.pk)
            if self.standing(at=at).filter(member=member).count() >= MOST:
                raise TooManyTokens(f"You have {MOST} tokens. Revoke one that is no longer used.")
            made = self.create(
                member=member, name=name, scope=scope, token_hash=_hashed(text), shown=text[: len(PREFIX) + 4], made_at=at,
                expires_at=at + timedelta(days=days),
            )  # fmt: skip
            AuditEntry.objects.note(member.workspace, member, "made an API token", f"{name} ({Scope(scope).label})", at=at)
        return made, text

    def by_text(self, text: str, *, at: datetime) -> ApiToken | None:
        """The one that stands, with its member; None of what is no token of ours, is over, or was revoked."""
        if not is_well_formed(text):
            return None
        found = self.standing(at=at).filter(token_hash=_hashed(text))
        return found.select_related("member__user", "member__workspace").first()


class ApiToken(models.Model):
    """What a program shows to act as a member in one workspace. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    #: how it begins, so that people can tell it from others
    shown = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="api_token_scope")]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"

    def stands(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at

    def allows(self, scope: Scope) -> bool:
        return Scope(self.scope).includes(scope)

    def note_use(self, *, at: datetime) -> None:
        """Once a minute at most: a program that asks all the time writes no row each time."""
        if self.last_used_at is None or self.last_used_at <= at - NOTED_EVERY:
            rows = ApiToken.objects.filter(pk=self.pk)
            rows.filter(models.Q(last_used_at=None) | models.Q(last_used_at__lte=at - NOTED_EVERY)).update(last_used_at=at)

    def revoke(self, *, by: Member, at: datetime) -> None:
        """From the next request on it opens nothing. A second time changes nothing."""
        with transaction.atomic():
            if ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=at):
                AuditEntry.objects.note(by.workspace, by, "revoked an API token", str(self), at=at)


def new_token() -> str:
    """`tl_`, 32 characters of chance and a checksum, by which a program that looks through code for lost secrets can tell a token
    of ours from anything else."""
    chance = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return f"{PREFIX}{chance}{_checksum(chance)}"


def is_well_formed(text: str) -> bool:
    chance = text[len(PREFIX) : -CHECK]
    return text.startswith(PREFIX) and len(chance) == RANDOM and text.isascii() and text[-CHECK:] == _checksum(chance)


def _checksum(chance: str) -> str:
    """CRC-32 in base 62, six characters."""
    rest, found = zlib.crc32(chance.encode()), ""
    for _ in range(CHECK):
        rest, digit = divmod(rest, len(ALPHABET))
        found = ALPHABET[digit] + found
    return found


def _hashed(text: str) -> str:
    """A token is long and random: nothing slower than this is needed to keep it."""
    return hashlib.sha256(text.encode()).hexdigest()
