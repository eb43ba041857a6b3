"""What programs show to come in: API tokens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, ApiToken, TooManyTokens
from accounts.paging import page_of
from accounts.token_forms import ApiTokenForm

#: the token just made, which is shown once
SHOWN = "api_token"


@door("GET", "POST", access=Access.VIEWER)
def tokens(request: MemberRequest) -> HttpResponse:
    """One's own, an admin everybody's; and one more."""
    form = ApiTokenForm(request.POST or None, member=request.member)
    if form.is_valid():
        try:
            _, request.session[SHOWN] = ApiToken.objects.make(request.member, **form.cleaned_data, at=timezone.now())
        except TooManyTokens as trouble:
            form.add_error(None, str(trouble))
        else:
            return redirect("accounts:tokens", request.workspace.slug)
    page = page_of(request, ApiToken.objects.visible_to(request.member).latest_first())
    now = timezone.now()
    for one in page:
        one.is_over = not one.stands(now)
    context = {"page": page, "form": form, "made": request.session.pop(SHOWN, "") if request.method == "GET" else ""}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@door("POST", access=Access.VIEWER)
def revoke_token(request: MemberRequest, pk: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.member), pk=pk)
    token.revoke(by=request.member, at=timezone.now())
    messages.success(request, f"Revoked {token}. It opens nothing any more.")
    return redirect("accounts:tokens", request.workspace.slug)
