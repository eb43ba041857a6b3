"""What Touchline asks of django-allauth."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest

from accounts.models import User
from accounts.rows import read_row

logger = logging.getLogger(__name__)

# The page that follows says these by itself.
UNSAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class Adapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = form.cleaned_data.get("name", "").strip()
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that does not answer must not take the page down: who signs up has an account by now."""
        try:
            super().send_mail(template_prefix, email, {**context, "embedded": settings.EMBEDDED})
        except OSError:  # SMTPException is one too
            logger.exception("A mail (%s) could not be sent", template_prefix)
            # Known addresses and unknown ones are mailed alike, so this tells nobody who has an account.
            messages.error(
                self.request, "Our mail to you could not be sent. Try again later, or ask whoever runs this Touchline."
            )

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)


class Backend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        user = read_row(User, "id = %s", [user_id])
        return user if user and self.user_can_authenticate(user) else None
