"""What one does with a revision: give it a name, take that away, bring the map back to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404

from accounts.doors import MemberRequest
from journeys.models import Journey, NamedRevision
from journeys.restoring import restore as bring_back
from journeys.views.acting import act, who


@act
def name_revision(request: MemberRequest, journey: Journey, revision: int) -> str:
    given = NamedRevision.objects.give(journey, revision, request.POST.get("name", ""), **who(request))
    return f"Revision {revision} is called {given.name}"


@act
def take_name_away(request: MemberRequest, journey: Journey, revision: int) -> str:
    named = NamedRevision.objects.of(journey).at_revision(revision)
    if named is None:
        raise Http404
    named.remove()
    return f"Revision {revision} has no name any more"


@act
def restore(request: MemberRequest, journey: Journey, revision: int) -> str:
    """With `tell_later` the words are shown on the next page as well: the person is about to leave this one."""
    restored: Any = bring_back(journey, revision, **who(request))
    left = f" Left out: {'; '.join(restored.left_out[:3])}." if restored.left_out else ""
    if restored.change is None:
        said = f"Nothing to restore: the map is as it was then.{left}"
    else:
        said = f"{restored.change.label[:1].upper()}{restored.change.label[1:]}. Undo brings back what was before.{left}"
    if request.POST.get("tell_later"):
        messages.success(request, said)
    return said
