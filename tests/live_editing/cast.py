"""A map with something on it, and the five who draw on it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Access, Member, User, Workspace
from journeys.models import Journey, Lane, Segment, Touchpoint


def people(workspace: Workspace, names: tuple[str, ...]) -> list[Member]:
    """Its owner, and as many editors."""
    found = [workspace.members.get(access=Access.OWNER)]
    for name in names:
        user = User.objects.create_user(f"{name.lower()}@{workspace.slug}.test", None, name=name)
        found.append(Member.objects.create(workspace=workspace, user=user, access=Access.EDITOR, joined_at=timezone.now()))
    return found


def session_of(member: Member) -> str:
    browser = Browser(headers={"host": "localhost"})
    browser.force_login(member.user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def map_with_cards(owner: Member, cards: int = 24) -> Journey:
    now = timezone.now()
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=now)
    journey = Journey.objects.begin(segment, "Enterprise journey", by=owner, at=now)
    stages = [journey.add_stage(name, by=owner, at=now) for name in ("Pursuit", "Onboarding", "Adoption", "Renewal")]
    journey.add_lanes(owner.workspace.roles.order_by("name")[:3], by=owner, at=now)
    lanes = list(Lane.objects.filter(journey=journey).order_by("position", "id"))
    for n in range(cards):
        Touchpoint.catch(journey, f"Card {n}", stages[n % 4], lanes[n % len(lanes)], n // 4, by=owner, at=now)
    return journey


def setting(owner: Member, others: list[Member], journey: Journey) -> dict[str, Any]:
    """What `simulate` asks for besides web processes."""
    return {
        "path": reverse("journeys:canvas", args=[owner.workspace.slug, journey.pk]),
        "people": [(str(member.pk), session_of(member)) for member in (owner, *others)],
        "roles": [str(pk) for pk in owner.workspace.roles.order_by("name").values_list("pk", flat=True)],
    }
