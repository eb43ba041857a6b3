"""What is wrong with the rows of a sheet, and which rows wait for a bad one."""

from __future__ import annotations

from collections import deque

from journeys.circles import find_circles
from journeys.document import Document
from journeys.sheet_cells import Parsed

Problems = dict[int, list[str]]
#: how many unknown ids a row names one by one, and how many steps of a circle: a sheet could ask for gigabytes of sentences
MOST_NAMED, MOST_STEPS = 5, 12


def find_problems(
    parsed: list[Parsed], columns: set[str], document: Document, card_ids: dict[str, str], emotion_ids: dict[str, str]
) -> Problems:
    """Sentences by row number. `card_ids` and `emotion_ids` map the external ids on the map to ids."""
    problems: Problems = {}
    _refuse_ids(parsed, card_ids, emotion_ids, problems)
    # Where an id is there twice, the first row is the one that counts.
    cards = {row.external_id: row for row in reversed(parsed) if row.external_id and not row.is_emotion}
    _refuse_unknown(parsed, cards, card_ids, problems)
    _refuse_circles(cards, columns, document, card_ids, problems)
    _spread(parsed, cards, card_ids, problems)
    return problems


def _refuse_ids(parsed: list[Parsed], card_ids: dict[str, str], emotion_ids: dict[str, str], problems: Problems) -> None:
    first: dict[str, int] = {}
    for row in parsed:
        found = list(row.problems)
        if row.external_id:
            if row.external_id in first:
                found.append(f"external_id: {row.external_id} is row {first[row.external_id]} already.")
            first.setdefault(row.external_id, row.number)
            other = emotion_ids if not row.is_emotion else card_ids
            if row.external_id in other:
                found.append(f"kind: {row.external_id} is {'an emotion' if not row.is_emotion else 'a card'} on the map.")
        if found:
            problems[row.number] = found


def _refuse_unknown(parsed: list[Parsed], cards: dict[str, Parsed], card_ids: dict[str, str], problems: Problems) -> None:
    for row in parsed:
        for column, names in (("after", row.after), ("with", row.together)):
            if not names:
                continue
            unknown = [name for name in names if name not in cards and name not in card_ids and name != row.external_id]
            found = [f"{column}: {name} is neither in the sheet nor on the map." for name in unknown[:MOST_NAMED]]
            if len(unknown) > MOST_NAMED:
                found.append(f"{column}: {len(unknown) - MOST_NAMED} more ids are unknown.")
            if row.external_id in names:
                found.insert(0, f"{column}: it names itself.")
            if found:
                problems.setdefault(row.number, []).extend(found)


def _refuse_circles(
    cards: dict[str, Parsed], columns: set[str], document: Document, card_ids: dict[str, str], problems: Problems
) -> None:
    arrows = {(name, row.external_id) for row in cards.values() for name in row.after if name != row.external_id}
    back = {id: external for external, id in card_ids.items()}
    for connector in document["connectors"].values():
        target = back.get(connector["target_id"], connector["target_id"])
        if connector["kind"] == "sequence" and (target not in cards or "after" not in columns):
            arrows.add((back.get(connector["source_id"], connector["source_id"]), target))
    for circle in find_circles(sorted(arrows)):
        for start, name in enumerate(circle):
            if name in cards:
                steps = [circle[(start + step) % len(circle)] for step in range(min(len(circle), MOST_STEPS))]
                text = " → ".join([*steps, "…", name] if len(circle) > MOST_STEPS else [*circle, circle[0]])
                problems.setdefault(cards[name].number, []).append(f"after: it closes a circle: {text}.")


def _spread(parsed: list[Parsed], cards: dict[str, Parsed], card_ids: dict[str, str], problems: Problems) -> None:
    """A row that waits for a bad one cannot keep its arrow: it waits too, until both are mended."""
    waiting: dict[int, list[tuple[Parsed, str]]] = {}
    for row in parsed:
        for name in (*row.after, *row.together):
            if name in cards and name not in card_ids:
                waiting.setdefault(cards[name].number, []).append((row, name))
    queue = deque(row.number for row in parsed if row.number in problems)
    while queue:
        number = queue.popleft()
        for row, name in waiting.pop(number, ()):
            if row.number not in problems:
                problems[row.number] = [f"It refers to {name} (row {number}), which has a problem."]
                queue.append(row.number)
