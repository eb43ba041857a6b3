"""Where a column or a row stands among its neighbours.

Positions are floats with room between them, so that moving one stage changes one stage: patches stay small and two people
who move different stages do not meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journeys.recording import Act


def position_at(rows: Sequence[Any], before: Any = None) -> float:
    """The position left of `before` (right of its left neighbour), or after the last row if it is None.

    Rows equal in position are ordered by id, so the order is always total; `stand` sees to it that they do not become equal.
    """
    ordered = in_order(rows)
    if before is not None:
        index = next((i for i, row in enumerate(ordered) if row.pk == before.pk), None)
        if index is not None:
            right = ordered[index].position
            left = ordered[index - 1].position if index else right - 2.0
            return (left + right) / 2
    return ordered[-1].position + 1.0 if ordered else 1.0


def stand(act: Act, row: Any, others: Sequence[Any], before: Any = None) -> None:
    """Give `row` its position among `others`. Halving one gap some fifty times exhausts a float: then all are numbered anew."""
    position = position_at(others, before)
    if all(other.position != position for other in others):
        act.change(row, position=position)
        return
    ordered = in_order(others)
    index = next((i for i, other in enumerate(ordered) if before is not None and other.pk == before.pk), len(ordered))
    for number, element in enumerate([*ordered[:index], row, *ordered[index:]], start=1):
        act.change(element, position=float(number))


def in_order(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.position, str(row.pk)))
