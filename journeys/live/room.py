"""One map that pages of this process are open on: its document and pictures as of its last revision, and the steps to it.

Each step is drawn once for all who see the map alike; a page that comes back gets the steps it has missed, or the way from its
own revision to the present one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from accounts.models import Role
from journeys.document import apply_patches, turned_round
from journeys.live.frames import Frame, event, frame, tale
from journeys.live.presence import PAGE_LASTS, PROCESS_LASTS, roster
from journeys.models import Change, Journey
from journeys.reading import read_document
from journeys.rendering import Picture, draw

if TYPE_CHECKING:
    from journeys.live.stream import Stream

#: steps that are kept for pages which were away for a moment
STEPS = 64
#: named events that are kept until every stream has sent them
EVENTS = 32
#: further back than this it is cheaper to load the canvas again
FAR = 500


class Room:
    """Lives on the event loop; what reads or draws (`load`, `catch_up`, `way_from`) runs in a thread, one at a time."""

    def __init__(self, journey: UUID, workspace: UUID):
        self.journey = Journey(pk=journey)
        self.workspace = workspace
        self.lock = asyncio.Lock()
        self.streams: set[Stream] = set()
        self.woken = asyncio.Event()
        self.document: dict[str, Any] = {}
        self.roles: dict[str, str] = {}
        self.pictures: dict[int, Picture] = {}
        self.steps: dict[int, deque[Frame]] = {0: deque(maxlen=STEPS), 1: deque(maxlen=STEPS)}
        self.news: list[dict[str, Any]] = []
        self.heard = 0
        #: (count, for which space or None for all, the event)
        self.events: deque[tuple[int, int | None, bytes]] = deque(maxlen=EVENTS)
        self.event_count = 0
        #: what other processes say of who is here: process -> (when, pages)
        self.elsewhere: dict[str, tuple[float, list[list[str]]]] = {}
        self.here = event('{"count": 0, "people": []}', name="live:here")
        self.here_count = 0
        self.here_due = 0.0
        self.tell_due = False
        self.beats = 0

    @property
    def revision(self) -> int:
        return self.document.get("revision", 0)

    def wake(self) -> None:
        self.woken.set()
        self.woken = asyncio.Event()

    # in a thread

    def load(self) -> None:
        self.document = read_document(self.journey)
        self.read_roles()

    def read_roles(self) -> None:
        self.roles = {str(pk): name for pk, name in Role.objects.filter(workspace_id=self.workspace).values_list("pk", "name")}

    def catch_up(self, news: list[dict[str, Any]], until: int) -> None:
        """Bring the room to revision `until`, from the news if they are all there, from the log otherwise."""
        since, spaces = self.revision, self.spaces()
        changes = self._in_sequence(news)
        if since + len(changes) < until:
            changes = changes_since(self.journey, since)
        if not changes:
            return
        before = {space: self.picture(space) for space in spaces}
        document = self.document
        for change in changes:
            document = apply_patches(document, change["patches"], change["revision"])
        told = tale(changes)
        after = {space: draw(document, self.roles, room=space) for space in spaces}
        for space in spaces:
            self.steps[space].append(frame(since, document["revision"], before[space], after[space], told))
        for space in {0, 1} - spaces:
            self.steps[space].clear()
        # Last: a stream that is woken meanwhile must not see a revision to which there is no step yet.
        self.document, self.pictures = document, after

    def draw_anew(self) -> None:
        """The same revision looks different: a role bears another name."""
        before, revision = {space: self.picture(space) for space in self.spaces()}, self.revision
        self.read_roles()
        self.pictures = {space: draw(self.document, self.roles, room=space) for space in before}
        for space, picture in self.pictures.items():
            if picture != before[space]:
                self._add_event(frame(revision, revision, before[space], picture, {}).event, space)

    def way_from(self, revision: int, space: int) -> bytes | None:
        """What a page at `revision` has missed, as one step. None if it is so much that the page should load again."""
        if not 0 <= self.revision - revision <= FAR:
            return None
        changes = changes_since(self.journey, revision, until=self.revision)
        backwards = chain.from_iterable(turned_round(change["patches"]) for change in reversed(changes))
        then = apply_patches(self.document, backwards, revision)
        before = draw(then, self.roles, room=space)
        return frame(revision, self.revision, before, self.picture(space), tale(changes)).event

    def spaces(self) -> set[int]:
        return {stream.space for stream in list(self.streams)}

    def picture(self, space: int) -> Picture:
        if space not in self.pictures:
            self.pictures[space] = draw(self.document, self.roles, room=space)
        return self.pictures[space]

    def _in_sequence(self, news: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found, revision = [], self.revision
        for one in sorted(news, key=lambda one: one["revision"]):
            if one["revision"] == revision + 1 and one.get("patches"):
                found.append(one)
                revision += 1
        return found

    # on the loop

    def steps_from(self, revision: int, space: int) -> list[Frame] | None:
        """The kept steps that lead from a revision to the present one; None if they are no longer all there."""
        if revision >= self.revision:
            return []
        # A copy, in one go: a thread may be adding the next one.
        found = [step for step in list(self.steps[space]) if step.since >= revision]
        return found if found and found[0].since == revision else None

    def say(self, name: str, data: Any) -> None:
        self._add_event(event(orjson.dumps(data).decode(), name=f"live:{name}"), None)
        self.wake()

    def _add_event(self, event: bytes, space: int | None) -> None:
        self.event_count += 1
        self.events.append((self.event_count, space, event))

    def count_heads(self, now: float) -> None:
        """Tell all streams who is here."""
        self.elsewhere = {id: (at, pages) for id, (at, pages) in self.elsewhere.items() if now - at < PROCESS_LASTS}
        pages = self.pages(now) + [page for _, told in self.elsewhere.values() for page in told]
        here = event(orjson.dumps(roster(pages)).decode(), name="live:here")
        if here != self.here:
            self.here, self.here_count = here, self.here_count + 1
            self.wake()

    def pages(self, now: float) -> list[list[str]]:
        return sorted(stream.here.told() for stream in self.streams if now - stream.here.seen < PAGE_LASTS)


def changes_since(journey: Journey, since: int, until: int | None = None) -> list[dict[str, Any]]:
    """The log as news: see `news_of` in recording."""
    rows = Change.objects.of(journey).since(since).select_related("by__user")
    if until is not None:
        rows = rows.filter(revision__lte=until)
    return [
        {"revision": row.revision, "patches": row.patches, "by": str(row.by_id), "name": str(row.by), "did": row.label}
        for row in rows
    ]  # fmt: skip
