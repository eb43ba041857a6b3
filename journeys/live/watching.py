"""What a web process asks the database about its streams, all of them in one statement each."""

from __future__ import annotations

from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Member
from journeys.models import Journey


def revisions_of(journeys: list[UUID]) -> dict[str, int]:
    return {str(pk): revision for pk, revision in Journey.objects.filter(pk__in=journeys).values_list("pk", "revision")}


def gone_streams(streams: list[tuple[str, UUID, str, str]]) -> set[str]:
    """Of (stream, member, access, session) the streams whose member may no longer see what they saw, or has signed out."""
    members = {member for _, member, _, _ in streams}
    access = dict(Member.objects.active().filter(pk__in=members).values_list("pk", "access"))
    keys = {session for _, _, _, session in streams}
    sessions = set(Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now()).values_list("pk", flat=True))
    return {id for id, member, was, session in streams if access.get(member) != was or session not in sessions}
