from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.doors import door
from accounts.models import Invitation


@door("GET", "POST", access="public")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's mail leads. Used, revoked, expired and unknown tokens all get the same calm page."""
    invitation = Invitation.objects.open(at=timezone.now()).by_token(token).first()
    if invitation is None:
        return render(request, "accounts/join_closed.html", status=404)
    if request.method == "POST" and request.user.is_authenticated:
        member = invitation.accept(request.user, at=timezone.now())
        return redirect("journeys:home", member.workspace.slug)
    back = urlencode({"next": request.path})
    return render(request, "accounts/join.html", {"invitation": invitation, "back": back})


def send_invitation(request: HttpRequest, invitation: Invitation, token: str) -> None:
    """The mail with the address that opens the seat."""
    context = {"invitation": invitation, "address": request.build_absolute_uri(reverse("join", args=[token]))}
    EmailMessage(
        subject=f"{invitation.invited_by} invites you to {invitation.workspace} on Touchline",
        body=render_to_string("accounts/invitation_mail.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[invitation.email],
    ).send()
