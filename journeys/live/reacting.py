"""What happens in accounts and concerns open pages."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from accounts.facts import access_changed, roles_changed
from journeys.live.telling import tell_news


@receiver(access_changed)
def close_streams_of_member(member: Any, **_: Any) -> None:
    tell_news({"member": str(member.pk)})


@receiver(user_logged_out)
def close_streams_of_session(request: Any, **_: Any) -> None:
    if key := request.session.session_key:
        tell_news({"session": key})


@receiver([password_changed, password_reset])
def close_streams_of_user(user: Any, **_: Any) -> None:
    """The one session that stays valid opens its stream again."""
    tell_news({"user": str(user.pk)})


@receiver(roles_changed)
def draw_names_anew(workspace_id: Any, **_: Any) -> None:
    tell_news({"workspace": str(workspace_id)})
