from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.facts import time_zone_changed
from accounts.ids import new_id


def check_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(f"{value} is not a time zone. Try one like Europe/Berlin.")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who may sign in. What they may do is said by their memberships."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True, default="")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    mention_mails = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    last_workspace = models.ForeignKey("accounts.Workspace", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def edit_profile(self, *, name: str, time_zone: str, mention_mails: bool | None = None) -> None:
        """Without a word on `mention_mails` it stays as it is."""
        has_moved = time_zone != self.time_zone
        self.name, self.time_zone = name.strip(), time_zone
        self.mention_mails = self.mention_mails if mention_mails is None else mention_mails
        self.save(update_fields=["name", "time_zone", "mention_mails"])
        if has_moved:
            time_zone_changed.send(User, user=self)

    def visit(self, workspace_id: UUID) -> None:
        """Remember where to take this person next time. Written only when it changes."""
        if self.last_workspace_id != workspace_id:
            self.last_workspace_id = workspace_id
            self.save(update_fields=["last_workspace"])
