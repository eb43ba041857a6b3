"""The map that issue 3's figures speak of: 1,000 touchpoints, 12 stages, 10 lanes, 900 connectors, 60 emotions."""

from __future__ import annotations

import random
from typing import Any

STAGES = [
    "First talk", "Evaluation", "Contract", "Kickoff", "Setup", "Training", "Go-live", "Adoption", "Expansion", "Review",
    "Renewal", "Advocacy",
]  # fmt: skip
WORDS = [
    "kickoff", "welcome", "call", "review", "goals", "success", "plan", "invite", "admin", "data import", "first report",
    "training", "session", "champion", "check-in", "executive sponsor", "renewal", "price", "proposal", "usage", "health",
    "survey", "answer", "pilot", "workshop", "integration", "security", "form", "contract", "handover", "team",
]  # fmt: skip
#: how many columns of a stage bear cards, and how deep they stack
SLOTS, STACK = 8, 2
CARDS, CONNECTORS, EMOTIONS, HANDOFFS = 1_000, 900, 60, 24


def draw_thousand_cards(segment: Any, *, by: Any, at: Any) -> Any:
    """The journey, the same one every time: most arrows go to a card near by, some across stages, a few far."""
    from accounts.ids import new_id
    from accounts.models import Role
    from journeys.models import Connector, Emotion, Handoff, Journey, Stage, Touchpoint
    from playbooks.models import Playbook

    chance = random.Random(3)
    roles = list(Role.objects.filter(workspace=segment.workspace).order_by("name"))
    roles.append(Role.objects.add(segment.workspace, "Partner manager"))
    playbooks = [Playbook.objects.draft(segment.workspace, f"Playbook {n}", at=at) for n in range(30)]
    journey = Journey.objects.begin(segment, "A thousand cards", by=by, at=at)
    for role in roles:
        journey.add_lane(role.name, role=role, by=by, at=at)
    lanes = list(_lanes(journey))

    def title() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(2, 6))).capitalize()

    with journey.act("drew a thousand cards", by=by, at=at) as act:
        stages = []
        for n, name in enumerate(STAGES):
            goal = f"I want {title().lower()}"
            brief = {"goal": goal, "feeling": title(), "experience": title(), "success": title(), "completes_when": title()}
            stages.append(Stage(name=name, position=float(n), length_days=30, **brief))
            act.create(stages[-1])
        places = [
            (s, lane, slot, depth) for s in range(12) for lane in range(10) for slot in range(SLOTS) for depth in range(STACK)
        ]
        cards = []
        for s, lane, slot, _ in sorted(chance.sample(places, CARDS)):
            cards.append(
                (
                    s * SLOTS + slot,
                    lane,
                    Touchpoint(
                        stage=stages[s],
                        lane=lanes[lane],
                        slot=slot,
                        title=title(),
                        kind="event" if lane == 9 else chance.choices(["touchpoint", "milestone"], [95, 5])[0],
                        customer_view=title(),
                        owner_id=lanes[lane].role_id,
                        channel=chance.choice(Touchpoint.Channel.values),
                        delivery=chance.choices(["person", "automated", "self_serve"], [70, 20, 10])[0],
                        anchor=chance.choice(["enrolment", "stage", "after", "renewal"]),
                        offset_days=chance.randint(-60, 90),
                        repeat_days=chance.choice([None] * 9 + [30]),
                        effort_min=chance.choice([15, 30, 45, 60]),
                        emotion=chance.choice([None] * 19 + [1]),
                        moment_of_truth=chance.random() < 0.05,
                        playbook=chance.choice(playbooks) if chance.random() < 0.75 else None,
                        notes=title(),
                        id=new_id(),
                    ),
                )
            )
            act.create(cards[-1][2])
        pairs: set[tuple[int, int]] = set()
        while len(pairs) < CONNECTORS:
            a, b = chance.sample(range(CARDS), 2)
            reach = chance.choices([2, 8, 96], [75, 20, 5])[0]
            (column, lane, _), (to, onto, _) = cards[a], cards[b]
            if 0 < to - column <= reach and (reach > 2 or abs(lane - onto) <= 2):
                pairs.add((a, b))
        for a, b in sorted(pairs):
            kind = "unordered" if chance.random() < 0.1 else "sequence"
            label = title()[:24] if chance.random() < 0.05 else ""
            act.create(Connector(source=cards[a][2], target=cards[b][2], kind=kind, label=label))
        for n in range(EMOTIONS):
            answer = title() if n % 2 else ""
            stage, slot, level = stages[n % 12], n // 12 * 2 % SLOTS, chance.randint(-2, 2)
            act.create(Emotion(stage=stage, slot=slot, title=title(), level=level, why=title(), answer=answer))
        for _, _, giver in chance.sample([card for card in cards if 0 < card[1] < 9], HANDOFFS):
            package = [{"item": title(), "where": "CRM", "reader": "Onboarding"} for _ in range(3)]
            act.create(Handoff(touchpoint=giver, to_role=chance.choice(roles), package=package))
    return journey


def _lanes(journey: Any) -> Any:
    from journeys.models import Lane

    kinds = {"customer": 0, "role": 1, "outside": 2}
    return sorted(Lane.objects.filter(journey=journey), key=lambda lane: (kinds[lane.kind], lane.position))
