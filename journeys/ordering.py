"""Where a column or a row stands among its neighbours.

Positions are floats with room between them, so that moving one stage changes one stage: patches stay small and two people
who move different stages do not meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def position_at(rows: Sequence[Any], before: Any = None) -> float:
    """The position left of `before` (right of its left neighbour), or after the last row if it is None.

    Rows equal in position are ordered by id; halving a gap some fifty times exhausts a float, which two rows then share,
    and the id decides: the order stays total.
    """
    ordered = sorted(rows, key=lambda row: (row.position, str(row.pk)))
    if before is not None:
        index = next((i for i, row in enumerate(ordered) if row.pk == before.pk), None)
        if index is not None:
            right = ordered[index].position
            left = ordered[index - 1].position if index else right - 2.0
            return (left + right) / 2
    return ordered[-1].position + 1.0 if ordered else 1.0
