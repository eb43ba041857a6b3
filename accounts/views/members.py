from urllib.parse import urlencode
from uuid import UUID

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.forms import InviteForm, MemberForm
from accounts.models import Access, AlreadyMember, Invitation, LastOwner, Member, NotAllowed
from accounts.paging import page_of
from accounts.views.invitations import send_invitation


def _list(request: MemberRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    context = {
        "page": page_of(request, Member.objects.visible_to(request.member).in_order()),
        "invitations": page_of(request, Invitation.objects.pending_in(request.workspace), parameter="invited"),
        "now": timezone.now(),
        "form": form,
        "mail_folder": settings.EMAIL_FILE_PATH if settings.EMBEDDED else "",
    }
    return render(request, "accounts/members.html", context, status=status)


@door("GET", access=Access.VIEWER)
def members(request: MemberRequest) -> HttpResponse:
    return _list(request, InviteForm(by=request.member))


@door("POST", access=Access.ADMIN)
@rate_limit(action="invite")
def invite(request: MemberRequest) -> HttpResponse:
    form = InviteForm(request.POST, by=request.member)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        invitation, token = request.workspace.invite(**form.cleaned_data, by=request.member, at=timezone.now())
    except (NotAllowed, AlreadyMember) as error:
        form.add_error("access" if isinstance(error, NotAllowed) else "email", str(error))
        return _list(request, form, status=422)
    send_invitation(request, invitation, token)
    return redirect("accounts:members", request.workspace.slug)


@door("POST", access=Access.ADMIN)
@rate_limit(action="invite")
def send_invitation_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.pending_in(request.workspace), pk=pk)
    try:
        token = invitation.send_again(by=request.member, at=timezone.now())
    except (NotAllowed, AlreadyMember) as error:
        messages.error(request, str(error))
    else:
        send_invitation(request, invitation, token)
    return _back_to_the_invited(request)


@door("POST", access=Access.ADMIN)
def revoke_invitation(request: MemberRequest, pk: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.pending_in(request.workspace), pk=pk)
    invitation.revoke(by=request.member, at=timezone.now())
    messages.success(request, f"{invitation.email} can no longer join with that mail.")
    return _back_to_the_invited(request)


def _back_to_the_invited(request: MemberRequest) -> HttpResponse:
    """To the page of invitations the button was on."""
    number = urlencode({"invited": request.GET["invited"]}) if "invited" in request.GET else ""
    return redirect(reverse("accounts:members", args=[request.workspace.slug]) + f"?{number}#invited")


@door("GET", "POST", access=Access.ADMIN)
def member(request: MemberRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(Member.objects.visible_to(request.member).select_related("user", "workspace"), pk=pk)
    initial = {"access": person.access, "roles": person.roles.all()}
    form = MemberForm(request.POST or None, initial=initial, by=request.member)
    if form.is_valid():
        now = timezone.now()
        try:
            if form.cleaned_data["access"] != person.access:
                person.change_access(form.cleaned_data["access"], by=request.member, at=now)
            person.set_roles(form.cleaned_data["roles"], by=request.member, at=now)
        except (NotAllowed, LastOwner) as error:
            form.add_error("access", str(error))
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:members", request.workspace.slug)
    status = 422 if form.errors else 200
    return render(request, "accounts/member.html", {"person": person, "form": form}, status=status)


@door("POST", access=Access.ADMIN)
def remove_member(request: MemberRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(Member.objects.visible_to(request.member).select_related("user", "workspace"), pk=pk)
    try:
        person.remove(by=request.member, at=timezone.now())
    except (NotAllowed, LastOwner) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{person} can no longer come in. Invite them again to bring them back.")
    return redirect("accounts:members", request.workspace.slug)
