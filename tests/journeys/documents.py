"""Journeys as Hypothesis may imagine them, with every text a spreadsheet could trip over; and when two are the same journey."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

from hypothesis import strategies as st

from journeys.circles import find_circle
from journeys.document import empty_document
from journeys.exports.subject import Subject
from journeys.layout.grid import LANE_ORDER

ROLES = {
    str(UUID(int=n)): name for n, name in enumerate(["Account executive", "CSM", "=cmd|' /C calc'!A0", "Straße; Ost"], start=1)
}
PLAYBOOKS = {str(UUID(int=n)): title for n, title in enumerate(["Kick-off", "+1 call", "Renewal, early"], start=11)}
PIECES = [
    "=1+1",
    "+",
    "-2",
    "@x",
    "'",
    "''",
    '"',
    '""',
    ";",
    ",",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "＝",
    "a",
    "b c",
    "|",
    "\\",
    "\\n",
    "_x000D_",
    "\x0b",
]
PIECES += ["é", "🚀", "~", "#", ":", "%%", "title", "<b>", "0", "\ufffe", " "]
free = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40
)
words = free.map(str.strip)
titles = words.filter(lambda text: 0 < len(text) <= 60)
numbers = st.integers


def ids(start):
    """UUIDs in ascending order, as they are made."""
    return (str(UUID(int=n)) for n in range(start, start + 10_000))


@st.composite
def documents(draw):
    made = ids(1000)
    document = empty_document(next(made))
    document["journey"] = {"title": draw(titles), "summary": draw(words)}

    def rows(key, row, most):
        for _ in range(draw(numbers(0, most))):
            document[key][next(made)] = draw(row())
        return list(document[key])

    def external(key):
        taken = {row["external_id"] for row in document[key].values()}
        return draw(words.filter(lambda text: not text or text not in taken))

    def one_of(keys):
        return draw(st.sampled_from(keys))

    name = st.sampled_from(["Sales", "sales", "Customer", "Outside", "To assign"]) | titles
    for position in range(draw(numbers(1, 3))):
        brief = dict.fromkeys(["goal", "feeling", "experience", "skills", "tools", "metrics", "success", "starts_when"], "")
        brief["completes_when"], brief["goal"] = draw(words), draw(words)
        row = {"name": draw(name), "position": float(position), "length_days": draw(st.none() | numbers(0, 3650)), **brief}
        document["stages"][next(made)] = {**row, "external_id": external("stages")}
    for position, kind in enumerate(["customer", *["role"] * draw(numbers(0, 3)), "outside"]):
        role = draw(st.none() | st.sampled_from(list(ROLES))) if kind == "role" else None
        called = draw(name if kind == "role" else st.just(kind.capitalize()) | name)
        row = {"name": called, "kind": kind, "role_id": role, "position": float(position), "external_id": external("lanes")}
        document["lanes"][next(made)] = row
    stages, lanes = list(document["stages"]), list(document["lanes"])
    for _ in range(draw(numbers(0, 6))):
        document["touchpoints"][next(made)] = {
            "kind": one_of(["touchpoint", "milestone", "event"]), "stage_id": one_of(stages), "lane_id": one_of(lanes),
            "slot": draw(numbers(0, 3)), "title": draw(st.just("Twin") | titles), "customer_view": draw(words),
            "owner_id": draw(st.none() | st.sampled_from(list(ROLES))), "channel": one_of(["", "email", "other"]),
            "delivery": one_of(["person", "self_serve"]), "importance": one_of(["must", "could"]),
            "anchor": one_of(["enrolment", "stage", "event"]), "offset_days": draw(numbers(-3650, 3650)),
            "repeat_days": draw(st.none() | numbers(1, 3650)), "effort_min": draw(st.none() | numbers(0, 100_000)),
            "emotion": draw(st.none() | numbers(-2, 2)), "moment_of_truth": draw(st.booleans()), "criterion": draw(words),
            "playbook_id": draw(st.none() | st.sampled_from(list(PLAYBOOKS))), "child_id": None, "notes": draw(words),
            "external_id": external("touchpoints"),
        }  # fmt: skip
    for _ in range(draw(numbers(0, 3))):
        document["emotions"][next(made)] = {
            "stage_id": one_of(stages), "slot": draw(numbers(0, 3)), "title": draw(titles), "level": draw(numbers(-2, 2)),
            "why": draw(words), "answer": draw(words), "anchor": one_of(["", "stage", "renewal"]),
            "offset_days": draw(st.none() | numbers(-90, 90)), "external_id": external("emotions"),
        }  # fmt: skip
    cards = list(document["touchpoints"])
    for source, target in (
        draw(st.lists(st.tuples(st.sampled_from(cards), st.sampled_from(cards)), max_size=6, unique=True)) if cards else ()
    ):
        kind = one_of(["sequence", "unordered"])
        arrows = [(c["source_id"], c["target_id"]) for c in document["connectors"].values() if c["kind"] == "sequence"]
        if source != target and not (kind == "sequence" and find_circle([*arrows, (source, target)])):
            row = {"source_id": source, "target_id": target, "kind": kind, "label": draw(st.just("") | words)}
            document["connectors"][next(made)] = row
    parts = words.filter(lambda text: len(text) <= 60)
    item = st.fixed_dictionaries({"item": titles, "where": parts, "reader": parts})
    for _ in range(draw(numbers(0, 3)) if cards else 0):
        plain, giver = draw(st.booleans()), one_of(cards)
        others = [None, *(card for card in cards if card != giver)]  # nobody draws one that leads back to its own card
        document["handoffs"][next(made)] = {
            "touchpoint_id": giver, "to_role_id": one_of(list(ROLES)), "to_touchpoint_id": None if plain else one_of(others),
            "package": [] if plain else draw(st.lists(item, max_size=3)),
            "accept_within_days": 2 if plain else draw(st.none() | numbers(1, 365)), "note": "" if plain else draw(words),
        }  # fmt: skip
    there = [
        "",
        *ROLES,
        *(id for rows in document.values() if isinstance(rows, dict) for id in rows if isinstance(rows[id], dict)),
    ]
    for _ in range(draw(numbers(0, 3))):
        reason = draw(titles)
        document["dismissals"][next(made)] = {
            "rule": one_of(["no owner", "silence"]),
            "subject_id": one_of(there),
            "reason": reason,
        }
    return document


def normal(document, roles, playbooks):
    """The journey without ids and positions: equal for documents that say the same. `roles`, `playbooks`: id -> name."""
    lanes = sorted(document["lanes"].items(), key=lambda row: (LANE_ORDER[row[1]["kind"]], row[1]["position"], row[0]))
    stages = sorted(document["stages"].items(), key=lambda row: (row[1]["position"], row[0]))
    number = {id: n for rows in (lanes, stages) for n, (id, _) in enumerate(rows)}
    for key in ("touchpoints", "emotions"):
        in_order = sorted(
            document[key].items(),
            key=lambda row: (
                number[row[1]["stage_id"]],
                row[1]["slot"],
                number[row[1]["lane_id"]] if "lane_id" in row[1] else 0,
                row[0],
            ),
        )
        number |= {id: n for n, (id, _) in enumerate(in_order)}
    names = roles | playbooks | {None: None}
    about = {
        id: f"{key} {n}"
        for key in ("stages", "lanes", "touchpoints", "emotions")
        for id, n in number.items()
        if id in document[key]
    }
    for key, ends in (("connectors", ("source_id", "target_id")), ("handoffs", ("touchpoint_id", "to_touchpoint_id"))):
        about |= {id: repr([key, *(number.get(row[end]) for end in ends), row.get("label")]) for id, row in document[key].items()}

    def told(row):
        result = {name: value for name, value in row.items() if name not in ("position", "child_id")}
        for name in result.keys() & {"role_id", "owner_id", "to_role_id", "playbook_id"}:
            result[name] = names[result[name]] and names[result[name]].casefold()
        if "subject_id" in result:
            result["subject_id"] = about.get(result["subject_id"]) or (names.get(result["subject_id"]) or "").casefold()
        for name in result.keys() & {"stage_id", "lane_id", "source_id", "target_id", "touchpoint_id", "to_touchpoint_id"}:
            result[name] = number.get(result[name])
        return result

    result = {
        key: {number[id]: told(row) for id, row in document[key].items()}
        for key in ("stages", "lanes", "touchpoints", "emotions")
    }
    lines = {
        key: sorted(map(told, document[key].values()), key=lambda row: json.dumps(row, sort_keys=True))
        for key in ("connectors", "handoffs", "dismissals")
    }
    return {"summary": document["journey"].get("summary", ""), **result, **lines}


def subject(document, roles=ROLES, playbooks=PLAYBOOKS):
    return Subject(document, "Enterprise", roles, playbooks, date(2026, 11, 25))
