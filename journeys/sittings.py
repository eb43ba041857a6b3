"""Changes as people remember them: what one person did in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

#: whoever pauses longer has sat down anew
PAUSE = timedelta(minutes=30)


@dataclass(slots=True)
class Sitting:
    """The changes of one person without a long pause, the newest first. Somebody else may have drawn in between."""

    by: Any
    changes: list[Any] = field(default_factory=list)

    @property
    def begun(self) -> datetime:
        return min(change.at for change in self.changes)

    @property
    def ended(self) -> datetime:
        return max(change.at for change in self.changes)

    @property
    def first(self) -> int:
        """The revision it begins with, which stays what it is while the sitting goes on."""
        return int(self.changes[-1].revision)


def sittings(changes: Sequence[Any]) -> list[Sitting]:
    """`changes` have `by_id`, `by`, `at` and `revision`, and come newest first. The sitting that ended last is the first."""
    found: list[Sitting] = []
    going_on: dict[Any, Sitting] = {}
    for change in changes:
        sitting = going_on.get(change.by_id)
        # Two acts at once may be recorded in the other order than they were begun in.
        if sitting is None or abs(sitting.begun - change.at) >= PAUSE:
            sitting = going_on[change.by_id] = Sitting(change.by)
            found.append(sitting)
        sitting.changes.append(change)
    return found


def whole_sittings(changes: Sequence[Any], most: int) -> int:
    """How many of the newest changes to show at once, at most `most`, so that as few sittings as can be are torn apart.

    `changes` are one more than `most` if there are more.
    """
    if len(changes) <= most:
        return len(changes)
    beyond = changes[most].at
    shown = changes[:most]
    where = {change.revision: index for index, change in enumerate(shown)}
    cuts = set(range(1, most + 1))
    for sitting in sittings(shown):
        first = where[sitting.changes[0].revision]
        may_go_on = sitting.begun - beyond < PAUSE
        last = most if may_go_on else where[sitting.first]
        cuts -= set(range(first + 1, last + 1))
    return max((cut for cut in cuts if cut >= most / 2), default=most)
