from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.doors import UserRequest, door
from accounts.forms import ProfileForm
from accounts.models import Member


@door("GET", "POST")
def profile(request: UserRequest) -> HttpResponse:
    initial = {name: getattr(request.user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        request.user.edit_profile(**form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@door("GET")
def still_me(request: UserRequest, pk: UUID) -> HttpResponse:
    """Whether who is signed in is that member, for a page that was opened when perhaps somebody else was: 204, or 404."""
    return HttpResponse(status=204 if Member.objects.is_or_was(pk, request.user) else 404)
