"""Several acts on a map that are wanted together: one Change, one undo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from journeys.recording import Act

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models import Journey


@contextmanager
def as_one(journey: Journey, *, by: Member, at: datetime) -> Iterator[Act]:
    """Whatever is done to a map that is held, until the block ends, is one act. It is called what its parts are, unless the block
    says otherwise."""
    act = journey.joint = Act(journey, "", by=by, at=at)
    try:
        yield act
    finally:
        journey.joint = None
    act.label = act.label or "; ".join(dict.fromkeys(act.parts))
    act.write()
    if journey.held is not None:
        journey.held.clear()
