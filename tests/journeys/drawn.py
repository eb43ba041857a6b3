"""Journeys to export, without a database."""

from __future__ import annotations

import random
from datetime import date

from journeys.document import empty_document
from journeys.exports.subject import Subject
from journeys.models import Connector, Emotion, Handoff, Lane, Stage, Touchpoint

TITLES = (
    "Kick-off call",
    "Success plan agreed together with everyone who has to live with it afterwards",
    "Security review",
    "Quarterly business review",
    "Renewal proposal",
)


def fields(model, **values):
    """The logged fields of an element with their defaults."""
    blank = model()
    return {name: getattr(blank, name) for name in model.logged} | values


def subject(title="Enterprise journey", cards=0, stages=3, seed=1, **texts):
    """A journey with so many cards, an arrow from each to the next, feelings and a handoff; `texts` for its cards, stages..."""
    draw = random.Random(seed)
    document = {**empty_document("j"), "revision": 7, "journey": {"title": title, "summary": ""}}
    for n in range(stages):
        goal = texts.get("goal", "I want to see it with my own data" if n % 2 else "")
        document["stages"][f"s{n}"] = fields(Stage, name=texts.get("stage", f"Stage {n}"), position=n, goal=goal)
    for n, (name, kind) in enumerate((("Customer", "customer"), ("Sales", "role"), ("Success", "role"), ("Outside", "outside"))):
        role = f"r{n}" if kind == "role" else None
        document["lanes"][f"l{n}"] = fields(Lane, name=texts.get("lane", name), kind=kind, role_id=role, position=n)
    for n in range(cards if stages else 0):
        document["touchpoints"][f"c{n:04}"] = fields(
            Touchpoint,
            title=texts.get("card", f"{draw.choice(TITLES)} {n}"),
            kind=draw.choice(["touchpoint", "touchpoint", "milestone", "event"]),
            stage_id=f"s{draw.randrange(stages)}",
            lane_id=f"l{draw.randrange(4)}",
            slot=draw.randrange(5),
            channel=draw.choice(["", "call", "email"]),
            delivery=draw.choice(["person", "automated"]),
            moment_of_truth=n % 7 == 0,
            customer_view=texts.get("view", ""),
        )
    ids = list(document["touchpoints"])
    for n in range(len(ids) - 1):
        ends = {"source_id": ids[n], "target_id": ids[n + 1]}
        document["connectors"][f"w{n}"] = fields(Connector, **ends, kind="sequence", label=texts.get("label", ""))
    if ids:
        document["handoffs"]["h"] = fields(Handoff, touchpoint_id=ids[0], to_role_id="r2", package=[])
        feeling = texts.get("feeling", "Nervous about it")
        document["emotions"]["e"] = fields(Emotion, title=feeling, level=-1, stage_id="s0", slot=1)
    return Subject(document, texts.get("segment", "Enterprise"), {"r1": "Sales", "r2": "Success"}, {}, date(2026, 11, 25))
