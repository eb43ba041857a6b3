"""A map as something to read: stage by stage, its brief, how it feels, and each card with what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journeys.document import Document
from journeys.models import Connector, Emotion, Touchpoint

KINDS = dict(Touchpoint.Kind.choices)
CHANNELS = dict(Touchpoint.Channel.choices)
DELIVERIES = dict(Touchpoint.Delivery.choices)
FEELINGS = dict(Emotion.Level.choices)
ANCHORS = dict(Touchpoint.Anchor.choices)
#: the day itself
ON = {"enrolment": "on enrolment", "stage": "when the stage starts", "renewal": "on the renewal date",
      "after": "right after the touchpoint before", "event": "when it happens"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One thing: its id on the map, what it is called, and a line about it."""

    id: str
    title: str
    about: str = ""


@dataclass(slots=True)
class CardInWords:
    id: str
    title: str
    #: "Touchpoint", "Milestone", "Event"
    kind: str
    is_truth: bool
    #: who, how, when, how long
    facts: list[str]
    #: the card's own fields: playbook and texts
    fields: dict[str, Any]
    follows: list[Told] = field(default_factory=list)
    handoffs: list[tuple[Told, list[dict[str, str]]]] = field(default_factory=list)


@dataclass(slots=True)
class StageInWords:
    id: str
    name: str
    days: int | None
    #: (label, text) of what has been said
    brief: list[tuple[str, str]]
    cards: list[CardInWords] = field(default_factory=list)
    feelings: list[tuple[Told, dict[str, Any]]] = field(default_factory=list)


def in_words(document: Document, names: Mapping[str, str], labels: Mapping[str, str]) -> list[StageInWords]:
    """`names`: id -> name of roles and playbooks. `labels`: field of the brief -> what it is called."""
    stages = {
        id: StageInWords(
            id, row["name"], row["length_days"], [(label, row[name]) for name, label in labels.items() if row.get(name)]
        )
        for id, row in sorted(document["stages"].items(), key=lambda item: (item[1]["position"], item[0]))
    }  # fmt: skip
    cards: dict[str, CardInWords] = {}
    for id, card in sorted(document["touchpoints"].items(), key=lambda item: (item[1]["slot"], item[0])):
        cards[id] = CardInWords(
            id, card["title"], KINDS[card["kind"]], card["moment_of_truth"], facts(card, document, names),
            {**card, "playbook": names.get(card["playbook_id"] or "", "")},
        )  # fmt: skip
        stages[card["stage_id"]].cards.append(cards[id])
    for id, arrow in document["connectors"].items():
        about = [arrow["label"]] if arrow["label"] else []
        about += ["in no set order"] if arrow["kind"] == Connector.Kind.UNORDERED else []
        cards[arrow["source_id"]].follows.append(Told(id, cards[arrow["target_id"]].title, ", ".join(about)))
    for id, row in document["handoffs"].items():
        told = Told(id, names.get(row["to_role_id"], "another role"), row["note"])
        cards[row["touchpoint_id"]].handoffs.append((told, row["package"]))
    for id, row in sorted(document["emotions"].items(), key=lambda item: (item[1]["slot"], item[0])):
        stages[row["stage_id"]].feelings.append((Told(id, row["title"], FEELINGS[row["level"]]), row))
    return list(stages.values())


def facts(card: Mapping[str, Any], document: Document, names: Mapping[str, str]) -> list[str]:
    """Who delivers a card, how, when, and how long it takes."""
    owner = names.get(card["owner_id"] or "") or document["lanes"][card["lane_id"]]["name"]
    effort = f"{card['effort_min']} min" if card["effort_min"] else ""
    how = CHANNELS.get(card["channel"], "")
    delivery = "" if card["delivery"] == Touchpoint.Delivery.PERSON else DELIVERIES[card["delivery"]].lower()
    return [fact for fact in (owner, how, delivery, due(card), effort) if fact]


def due(card: Mapping[str, Any]) -> str:
    """The timing of a card as a sentence says it: "3 days after enrolment, then every 30 days"."""
    days, anchor = card["offset_days"], card["anchor"]
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    said = f"{count} {'before' if days < 0 else 'after'} {ANCHORS[anchor]}" if days else ON[anchor]
    repeat = card["repeat_days"]
    return said + (f", then every {repeat} day{'' if repeat == 1 else 's'}" if repeat else "")
