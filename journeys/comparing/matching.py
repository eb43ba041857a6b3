"""Which element of one map is which of another: by external id, then by title, then by a title that is close.

Every choice is the same whichever map comes first, so that comparing the other way round gives the mirror image.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

#: titles as alike as this are close; "Kickoff call" and "Kick-off calls" are, "Kickoff call" and "Renewal call" are not
CLOSE = 0.8
#: more pairs of titles than this are not looked at for closeness: it would take seconds
MOST_PAIRS = 1_000_000
#: of one title on both maps; of more, the first is the first
MOST_TWINS = 40_000
#: of each title, so many that share the most with it are looked at letter by letter
LOOKED_AT = 4
#: and that share at least this much of their threes of letters; a letter mistyped in a short title costs three of them
SHARED = 0.3
#: parts shared by more titles than this say nothing about any of them
COMMON = 400


@dataclass(frozen=True, slots=True)
class Named:
    """An element by what it can be known by. `place` says where it stands, for those who bear the same title."""

    id: str
    external_id: str
    title: str
    place: tuple[Any, ...] = ()


#: how far apart two places are: the lower, the likelier the two are one. It must not depend on which comes first.
Apart = Callable[[Named, Named], tuple[Any, ...]]


def folded(title: str) -> str:
    """A title without case, punctuation and runs of blanks. What is nothing but punctuation stays."""
    return " ".join(re.sub(r"[\W_]+", " ", title).casefold().split()) or title.casefold().strip()


def match(these: Iterable[Named], those: Iterable[Named], apart: Apart) -> dict[str, str]:
    """The id of one -> the id of the other. Each is used once."""
    left, right = list(these), list(those)
    found: dict[str, str] = {}
    for step in (_by_external_id, _by_title, _by_close_title):
        taken = set(found.values())
        step([one for one in left if one.id not in found], [one for one in right if one.id not in taken], apart, found)
    return found


def _by_external_id(left: list[Named], right: list[Named], apart: Apart, found: dict[str, str]) -> None:
    there, here = _grouped(right, lambda one: one.external_id), _grouped(left, lambda one: one.external_id)
    for external_id, ones in here.items():
        others = there.get(external_id, [])
        if external_id and len(ones) == len(others) == 1:
            found[ones[0].id] = others[0].id


def _by_title(left: list[Named], right: list[Named], apart: Apart, found: dict[str, str]) -> None:
    there = _grouped(right, lambda one: folded(one.title))
    for title, ones in _grouped(left, lambda one: folded(one.title)).items():
        others = there.get(title, [])
        if len(ones) * len(others) > MOST_TWINS:  # hundreds of one title: in the order in which they come
            found.update({one.id: other.id for one, other in zip(ones, others, strict=False)})
        else:
            _nearest([(apart(one, other), one, other) for one in ones for other in others], found)


def _by_close_title(left: list[Named], right: list[Named], apart: Apart, found: dict[str, str]) -> None:
    if len(left) * len(right) > MOST_PAIRS:
        return
    pairs = _worth_a_look(left, right) | {(one, other) for other, one in _worth_a_look(right, left)}
    ratios = [(alike(one.title, other.title), one, other) for one, other in pairs]
    _nearest([((-ratio, *apart(one, other)), one, other) for ratio, one, other in ratios if ratio >= CLOSE], found)


def alike(one: str, other: str) -> float:
    """0 to 1, exact from CLOSE on; the same both ways, which SequenceMatcher alone is not."""
    first, second = sorted((folded(one), folded(other)))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= CLOSE and matcher.quick_ratio() >= CLOSE else 0.0


def _worth_a_look(left: list[Named], right: list[Named]) -> set[tuple[Named, Named]]:
    """For each of the left those of the right that share the most with it, by threes of letters."""
    holding: dict[str, list[int]] = {}
    threes = [_threes(other.title) for other in right]
    for index, parts in enumerate(threes):
        for part in parts:
            holding.setdefault(part, []).append(index)
    pairs: set[tuple[Named, Named]] = set()
    for one in left:
        own = _threes(one.title)
        shared: Counter[int] = Counter()
        for part in own:
            if len(holding.get(part, ())) <= COMMON:
                shared.update(holding.get(part, ()))
        likeness = ((2 * count / (len(own) + len(threes[index])), index) for index, count in shared.items())
        best = sorted((-share, right[index].id, index) for share, index in likeness if share >= SHARED)
        pairs.update((one, right[index]) for _, _, index in best[:LOOKED_AT])
    return pairs


def _threes(title: str) -> set[str]:
    text = f" {folded(title)} "
    return {text[at : at + 3] for at in range(max(len(text) - 2, 1))}


def _nearest(candidates: list[tuple[tuple[Any, ...], Named, Named]], found: dict[str, str]) -> None:
    """Take the best pair, then the best of what is left, and so on."""
    taken: set[str] = set()
    for _, one, other in sorted(candidates, key=lambda row: (row[0], sorted((row[1].id, row[2].id)))):
        if one.id not in found and other.id not in taken:
            found[one.id] = other.id
            taken.add(other.id)


def _grouped(rows: list[Named], key: Callable[[Named], str]) -> dict[str, list[Named]]:
    groups: dict[str, list[Named]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
