"""A small map, and addresses and bodies that speak of what is on it."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Role
from journeys.models import Touchpoint
from playbooks.models import Playbook

NOW = timezone.now()


def draw(journey, owner):
    """Two stages, a lane of each of two roles, and two cards, by name; and a playbook."""
    who, roles = {"by": owner, "at": NOW}, list(Role.objects.visible_to(owner).in_order())
    found = {"journey": journey, "role": roles[0], "other_role": roles[1]}
    found |= {"stage": journey.add_stage("Onboarding", **who), "later": journey.add_stage("Adoption", **who)}
    found["lane"] = journey.add_lane("", role=roles[0], **who)
    found["other_lane"] = journey.add_lane("", role=roles[1], **who)
    found["card"] = Touchpoint.catch(journey, "Kickoff call", found["stage"], found["lane"], 0, **who)
    found["other"] = Touchpoint.catch(journey, "Review", found["later"], found["other_lane"], 0, **who)
    found["playbook"] = Playbook.objects.draft(owner.workspace, "Kickoff", at=NOW)
    return found


def at(drawn, kind="", id=""):
    return "/".join(filter(None, [f"journeys/{drawn['journey'].pk}", kind, str(id)]))


def ids_in(said, drawn):
    """The body with ids where it names a thing that is drawn."""
    return {
        name: str(drawn[value[1:]].pk) if isinstance(value, str) and value.startswith("@") else value
        for name, value in said.items()
    }
