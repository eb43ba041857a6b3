import logging
from urllib.parse import urlencode

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.doors import door
from accounts.models import Invitation, NotAllowed

logger = logging.getLogger(__name__)


@door("GET", "POST", access="public")
@rate_limit(action="mailed_link", limit_get=True)
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's mail leads. Used, revoked, expired and unknown tokens all get the same calm page."""
    invitation = Invitation.objects.open(at=timezone.now()).by_token(token).first()
    if invitation is None:
        return _closed(request)
    if request.method == "POST" and request.user.is_authenticated:
        try:
            member = invitation.accept(request.user, at=timezone.now())
        except NotAllowed:  # somebody else was quicker by a moment
            return _closed(request)
        return redirect("journeys:home", member.workspace.slug)
    back = urlencode({"next": request.path})
    return render(request, "accounts/join.html", {"invitation": invitation, "back": back})


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/join_closed.html", status=404)


def send_invitation(request: HttpRequest, invitation: Invitation, token: str) -> None:
    """The mail with the address that opens the seat, and a word on whether it went out."""
    context = {"invitation": invitation, "address": request.build_absolute_uri(reverse("join", args=[token]))}
    subject = f"{invitation.invited_by} invites you to {invitation.workspace} on Touchline"
    mail = EmailMessage(
        subject=" ".join(subject.split()),  # a name with a line break in it must not become a second header
        body=render_to_string("accounts/invitation_mail.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[invitation.email],
    )
    try:
        mail.send()
    except OSError:  # SMTPException is one too
        logger.exception("The invitation of %s could not be mailed", invitation.pk)
        messages.error(request, f"The mail to {invitation.email} could not be sent. The seat is kept: send it again later.")
    else:
        messages.success(request, f"An invitation is on its way to {invitation.email}.")
