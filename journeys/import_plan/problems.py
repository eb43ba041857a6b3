"""What is wrong with the rows of a sheet, and which rows wait for a bad one."""

from __future__ import annotations

import re
from collections import deque

from journeys.circles import find_circles
from journeys.document import KEYS, Document
from journeys.import_plan.claims import Claims, group_of
from journeys.import_plan.frame import Frame
from journeys.sheet_cells import Parsed
from journeys.sheet_columns import LANE_KINDS

Problems = dict[int, list[str]]
Cards = dict[str, Parsed]
#: how many unknown ids a row names one by one, and how many steps of a circle: a sheet could ask for gigabytes of sentences
MOST_NAMED, MOST_STEPS = 5, 12
#: kinds of rows that lead from one card to another
TWO_CARDS = {"arrow": "to: an arrow needs two cards.", "handoff": "to: a card is not handed over to itself."}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def find_problems(parsed: list[Parsed], columns: set[str], document: Document, claims: Claims, frame: Frame) -> Problems:
    """Sentences by row number."""
    problems: Problems = {}
    _refuse_ids(parsed, columns, claims, problems)
    # Where an id is there twice, the first row is the one that counts.
    cards = {name: row for row in reversed(parsed) if row.is_card for name in row.names}
    frames = {row.id.casefold(): row for row in reversed(parsed) if row.id and (row.kind == "stage" or row.is_lane)}
    _refuse_unknown(parsed, cards, claims, problems)
    by_id = {row.id: row for row in reversed(parsed) if row.id}
    _refuse_unknown_subjects(parsed, document, by_id, problems)
    _refuse_unknown_frames(parsed, frames, frame, problems)
    _refuse_circles(parsed, cards, columns, document, claims, problems)
    _spread(parsed, document, cards, frames, by_id, claims, problems)
    return problems


def _refuse_ids(parsed: list[Parsed], columns: set[str], claims: Claims, problems: Problems) -> None:
    first: dict[tuple[str, str], int] = {}
    elements: dict[str, int] = {}
    for row in parsed:
        found = list(row.problems)
        group = group_of(row)
        # Without ids a card and an emotion of one external id could not be told apart.
        scope = group if "id" in columns or group in ("stages", "lanes") else "places"
        names = [
            ("id", "", row.id),
            ("external_id", scope, row.external_id if group not in ("", "handoffs", "dismissals") else ""),
        ]
        if row.kind in ("journey", "customer_lane", "outside_lane"):
            names.append(("kind", "", row.kind))
        elif row.kind in ("stage", "lane"):
            key = (f"{row.kind} ", row.title.casefold())
            # Two of one name can be told apart only by their ids.
            if first.setdefault(key, row.number) != row.number and not row.id:
                found.append(f"{row.kind}: {row.title} is row {first[key]} already.")
        for column, within, name in names:
            if name and first.setdefault((f"{column} {within}", name), row.number) != row.number:
                found.append(f"{column}: {name} is row {first[f'{column} {within}', name]} already.")
        found += _refuse_claims(row, group, claims)
        element = claims.found(row) if not found else None
        if element and elements.setdefault(element, row.number) != row.number:
            found.append(f"id: it is row {elements[element]} already.")
        if found:
            problems[row.number] = found


def _refuse_claims(row: Parsed, group: str, claims: Claims) -> list[str]:
    """What the map knows better."""
    if group in ("touchpoints", "emotions"):
        other = "emotions" if group == "touchpoints" else "touchpoints"
        called = "an emotion" if other == "emotions" else "a card"
        if row.id and row.id in claims.rows[other]:
            return [f"kind: this is {called} on the map."]
        if row.external_id in claims.external[other] and not claims.found(row):
            return [f"kind: {row.external_id} is {called} on the map."]
    lane = claims.rows["lanes"].get(claims.found(row) or "") if row.is_lane else None
    if lane and lane["kind"] != LANE_KINDS[row.kind]:
        return [f"kind: the lane {row.lane} is of another kind on the map."]
    if group and row.id in claims.rows[group] and claims.external[group].get(row.external_id, row.id) != row.id:
        return [f"external_id: {row.external_id} is another element on the map."]
    return []


def _refuse_unknown(parsed: list[Parsed], cards: Cards, claims: Claims, problems: Problems) -> None:
    for row in parsed:
        for column, names in (("after", row.after), ("with", row.together), ("to", row.to)):
            if not names:
                continue
            unknown = [name for name in names if name not in cards and not claims.card(name) and name not in row.names]
            found = [f"{column}: {name} is neither in the sheet nor on the map." for name in unknown[:MOST_NAMED]]
            if len(unknown) > MOST_NAMED:
                found.append(f"{column}: {len(unknown) - MOST_NAMED} more ids are unknown.")
            if any(name in names for name in row.names):
                found.insert(0, f"{column}: it names itself.")
            if found:
                problems.setdefault(row.number, []).extend(found)


def _refuse_unknown_subjects(parsed: list[Parsed], document: Document, by_id: Cards, problems: Problems) -> None:
    """A gap that is set aside may be about anything that has a row or stands on the map."""
    for row in parsed:
        if not row.about or any(row.about in document[key] for key in KEYS.values()):
            continue
        if row.about not in by_id or by_id[row.about].kind in ("dismissal", "journey"):
            problems.setdefault(row.number, []).append(f"to: {row.about} is neither in the sheet nor on the map.")


def _refuse_unknown_frames(parsed: list[Parsed], frames: Cards, frame: Frame, problems: Problems) -> None:
    """A name that is no stage or lane makes a new one, unless the sheet plainly speaks of those it has.

    An id, by which cards call stages of one name, is none. And in a sheet with ids and with rows for its stages, an unknown name
    is most likely that of a stage which was called otherwise when the sheet was brought in before.
    """
    listed = {
        "stage": {row.stage.casefold() for row in parsed if row.kind == "stage"},
        "lane": {row.lane.casefold() for row in parsed if row.is_lane},
    }
    for row in parsed:
        for column, name in (("stage", row.stage), ("lane", row.lane)) if row.stands and row.id else ():
            key = name.casefold()
            known = key in frames or key in listed[column] or (frame.has_stage if column == "stage" else frame.has_lane)(key)
            if not name or known:
                continue
            if _ID.fullmatch(name):
                problems.setdefault(row.number, []).append(f"{column}: {name} is neither in the sheet nor on the map.")
            elif listed[column]:
                told = f"{column}: there is no {name} on the map, and no row of the kind {column} makes it."
                problems.setdefault(row.number, []).append(told)


def _refuse_circles(
    parsed: list[Parsed], cards: Cards, columns: set[str], document: Document, claims: Claims, problems: Problems
) -> None:
    called: dict[str, str] = {}
    drawn_by: dict[tuple[str, str], Parsed] = {}

    def node(name: str) -> str:
        """One word for each card, whichever way rows call it."""
        row = cards.get(name)
        found = (claims.found(row) if row else None) or claims.card(name) or (row.names[0] if row else name)
        if row:
            called.setdefault(found, row.external_id or row.title)
        return found

    for row in parsed:
        if row.kind in TWO_CARDS and row.to and (first := row.after or row.together):
            ends = node(first[0]), node(row.to[0])
            if ends[0] == ends[1]:
                problems.setdefault(row.number, []).append(TWO_CARDS[row.kind])
            elif row.kind == "arrow" and row.after:
                drawn_by[ends] = row
        elif row.after and row.names and cards.get(row.names[0]) is row:
            itself = node(row.names[0])
            for name in row.after:
                if (source := node(name)) != itself:
                    drawn_by[source, itself] = row
                elif name not in row.names:
                    problems.setdefault(row.number, []).append("after: it names itself.")
    arrows = set(drawn_by)
    in_sheet = {node(row.names[0]) for row in cards.values()}
    for connector in document["connectors"].values():
        source, target = connector["source_id"], connector["target_id"]
        stays = "after" not in columns or source not in in_sheet or target not in in_sheet
        if connector["kind"] == "sequence" and stays:
            arrows.add((source, target))
    called = {id: card["external_id"] or card["title"] for id, card in document["touchpoints"].items()} | called
    for circle in find_circles(sorted(arrows)):
        names = [called.get(id, id) for id in circle]
        for start, name in enumerate(names):
            drawn = drawn_by.get((circle[start - 1], circle[start]))
            if drawn:
                steps = [names[(start + step) % len(names)] for step in range(min(len(names), MOST_STEPS))]
                text = " → ".join([*steps, "…", name] if len(names) > MOST_STEPS else [*names, names[0]])
                problems.setdefault(drawn.number, []).append(f"after: it closes a circle: {text}.")


def _spread(
    parsed: list[Parsed], document: Document, cards: Cards, frames: Cards, by_id: Cards, claims: Claims, problems: Problems
) -> None:
    """A row that waits for a bad one cannot keep its arrow: it waits too, until both are mended."""
    waiting: dict[int, list[tuple[Parsed, str]]] = {}
    for row in parsed:
        for name in (*row.after, *row.together, *row.to):
            if name in cards and not claims.card(name):
                waiting.setdefault(cards[name].number, []).append((row, name))
        for name in (row.stage.casefold(), row.lane.casefold()) if row.stands and frames else ():
            if name in frames and name not in claims.rows["stages"] and name not in claims.rows["lanes"]:
                waiting.setdefault(frames[name].number, []).append((row, name))
        if row.about in by_id and not any(row.about in document[key] for key in KEYS.values()):
            waiting.setdefault(by_id[row.about].number, []).append((row, row.about))
    queue = deque(row.number for row in parsed if row.number in problems)
    while queue:
        number = queue.popleft()
        for row, name in waiting.pop(number, ()):
            if row.number not in problems:
                problems[row.number] = [f"It refers to {name} (row {number}), which has a problem."]
                queue.append(row.number)
