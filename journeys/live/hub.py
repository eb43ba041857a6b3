"""What a web process knows of the maps that its pages are open on. One Redis subscription for all of them.

Redis wakes; the log tells. While Redis is silent the hub asks the database every second or two for the revisions of its maps.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import orjson
import redis.asyncio
from django.conf import settings
from django.db import connection

from journeys.live import telling
from journeys.live.presence import COUNT_EVERY, NAMED, STREAM_LASTS, TELL_EVERY
from journeys.live.room import Room
from journeys.live.watching import gone_streams, revisions_of

if TYPE_CHECKING:
    from journeys.live.stream import Stream

#: seconds between two looks into the database, while Redis works and while it does not
LOOK_EVERY, LOOK_OFTEN = 10.0, 1.0
#: seconds after which a silent stream shows that it lives: proxies cut what says nothing
BEAT_EVERY = 15.0
#: a room stays for a moment when its last page has gone, as pages are loaded again
ROOM_LASTS = 30.0
THREADS = 4

log = logging.getLogger(__name__)
T = TypeVar("T")


class Hub:
    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self.loop = asyncio.get_running_loop()
        self.rooms: dict[str, Room] = {}
        self.pages: dict[str, Stream] = {}
        self.empty_since: dict[str, float] = {}
        self.subscribed = False
        # Of its own, and small: a thousand pages that come back at once must not take all of the process's database connections.
        self.threads = ThreadPoolExecutor(THREADS, "live")
        self.tasks = [self.loop.create_task(self._subscribe()), self.loop.create_task(self._tick())]
        self.redis = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=telling.PATIENCE)
        telling.origin = self.id
        telling.listeners.append(self._hear_from_thread)

    async def in_thread(self, work: Callable[..., T], *given: Any) -> T:
        """Run what touches the database; its connection goes back when it is done, so that no stream keeps one."""

        def inner() -> T:
            try:
                return work(*given)
            finally:
                connection.close()

        return await self.loop.run_in_executor(self.threads, inner)

    # pages come and go

    async def enter(self, stream: Stream) -> Room:
        """The stream's room, loaded. From now on the stream gets what happens."""
        key = str(stream.journey)
        room = self.rooms.get(key)
        if room is None:
            # In the list before it is read: news that come meanwhile wait in it.
            room = self.rooms[key] = Room(stream.journey, stream.workspace)
            self._tell({"ask": key})
        self.empty_since.pop(key, None)
        room.streams.add(stream)
        self.pages[stream.id] = stream
        async with room.lock:
            if not room.document:
                await self.in_thread(room.load)
        self._heads_change(room)
        return room

    def leave(self, stream: Stream) -> None:
        self.pages.pop(stream.id, None)
        key = str(stream.journey)
        if room := self.rooms.get(key):
            room.streams.discard(stream)
            self._heads_change(room)
            if not room.streams:
                self.empty_since[key] = time.monotonic()

    def says(self, page: str, said: dict[str, Any]) -> bool:
        """A page says what it has open. False if it is none of ours."""
        stream = self.pages.get(page)
        if stream is None:
            return False
        if stream.here.says(said, time.monotonic()) and (room := self.rooms.get(str(stream.journey))):
            self._heads_change(room)
        return True

    def pass_on(self, page: str, said: dict[str, Any]) -> None:
        """To the process that has this page."""
        self._tell({"page": page, "said": said})

    # news

    def _hear_from_thread(self, news: dict[str, Any]) -> None:
        self.loop.call_soon_threadsafe(self.hear, news)

    def hear(self, news: dict[str, Any]) -> None:
        if "journey" in news:
            if room := self.rooms.get(news["journey"]):
                self._hear_in(room, news)
        elif "roster" in news:
            if room := self.rooms.get(news["roster"]):
                room.elsewhere[news["from"]] = (time.monotonic(), news["pages"])
                room.here_due = room.here_due or time.monotonic()
        elif "ask" in news:
            if room := self.rooms.get(news["ask"]):
                self._tell_roster(room)
        elif "page" in news:
            self.says(news["page"], news["said"])
        elif "workspace" in news:
            for room in self.rooms.values():
                if str(room.workspace) == news["workspace"]:
                    self.loop.create_task(self._draw_anew(room))
        else:
            self._close([stream for stream in self.pages.values() if stream.is_of(news)])

    def _hear_in(self, room: Room, news: dict[str, Any]) -> None:
        if "event" in news:
            room.say(news["event"], news["data"])
        elif news["revision"] > room.revision:
            room.news.append(news)
            room.heard = max(room.heard, news["revision"])
            if not room.lock.locked() or len(room.news) == 1:
                self.loop.create_task(self._catch_up(room))

    async def _catch_up(self, room: Room) -> None:
        async with room.lock:
            if not room.document or room.heard <= room.revision:
                room.news.clear()
                return
            news, room.news = room.news, []
            try:
                await self.in_thread(room.catch_up, news, room.heard)
            except Exception:
                # The next look into the database tries again, soon.
                log.exception("A map could not be brought up to date")
                room.heard = room.revision
                self.look_due = time.monotonic() + LOOK_OFTEN
            room.wake()

    async def _draw_anew(self, room: Room) -> None:
        async with room.lock:
            if room.document:
                await self.in_thread(room.draw_anew)
                room.wake()

    def _close(self, streams: list[Stream], why: str = "access") -> None:
        for stream in streams:
            stream.closing = stream.closing or why
        for room in {id(room): room for stream in streams if (room := self.rooms.get(str(stream.journey)))}.values():
            room.wake()

    # who is here

    def _heads_change(self, room: Room) -> None:
        # A crowd that comes in one by one is not told to all the others one by one.
        room.here_due = room.here_due or time.monotonic() + 0.1 + min(len(room.streams), 1000) / 500
        room.tell_due = True

    def _tell_roster(self, room: Room) -> None:
        self._tell({"roster": str(room.journey.pk), "from": self.id, "pages": room.pages(time.monotonic())[: NAMED * 4]})

    def _tell(self, news: dict[str, Any]) -> None:
        if self.subscribed:
            self.loop.create_task(self._publish(orjson.dumps({**news, "origin": self.id})))

    async def _publish(self, message: bytes) -> None:
        try:
            await self.redis.publish(telling.CHANNEL, message)
        except redis.RedisError as error:
            log.warning("Redis does not take the news: %s", error)

    # what runs all the time

    async def _subscribe(self) -> None:
        pause = 0.1
        while True:
            # Without a timeout for reading: nothing may be said for hours.
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2)
            try:
                async with client.pubsub() as channel:
                    await channel.subscribe(telling.CHANNEL)
                    self.subscribed, pause, self.look_due = True, 0.1, 0.0
                    # Rooms that were entered while nobody could be asked do not wait for the others' next telling.
                    for key, room in self.rooms.items():
                        self._tell({"ask": key})
                        room.tell_due, room.here_due = True, room.here_due or time.monotonic()
                    async for message in channel.listen():
                        if message["type"] == "message":
                            news = orjson.loads(message["data"])
                            if news.get("origin") != self.id:
                                self.hear(news)
            except (redis.RedisError, OSError) as error:
                log.warning("No news from Redis, looking into the database meanwhile: %s", error)
            except Exception:
                log.exception("News that were not understood")
            finally:
                self.subscribed = False
                await client.aclose()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    look_due = 0.0

    async def _tick(self) -> None:
        beat_due = tell_due = count_due = 0.0
        while True:
            await asyncio.sleep(0.1)
            now = time.monotonic()
            for room in list(self.rooms.values()):
                if room.here_due and room.here_due <= now:
                    room.here_due = 0.0
                    room.count_heads(now)
                    if room.tell_due:
                        room.tell_due = False
                        self._tell_roster(room)
            if now >= count_due:
                count_due = now + COUNT_EVERY
                for room in self.rooms.values():
                    room.here_due = room.here_due or now
            if now >= tell_due:
                tell_due = now + TELL_EVERY
                self._close([page for page in self.pages.values() if now - page.here.seen > STREAM_LASTS], "silent")
                self._forget_empty(now)
                for room in self.rooms.values():
                    if room.streams:
                        self._tell_roster(room)
            if now >= beat_due:
                beat_due = now + BEAT_EVERY
                for room in self.rooms.values():
                    room.beats += 1
                    room.wake()
            if now >= self.look_due and self.pages:
                self.look_due = now + (LOOK_EVERY if self.subscribed else LOOK_OFTEN)
                try:
                    await self._look()
                except Exception:
                    log.exception("The database could not be asked for what has changed")
                    self.look_due = time.monotonic() + LOOK_OFTEN

    async def _look(self) -> None:
        """Ask the database what nobody may have told us."""
        for key, revision in (await self.in_thread(revisions_of, [UUID(key) for key in self.rooms])).items():
            self.hear({"journey": key, "revision": revision})
        streams = list(self.pages.values())
        gone = await self.in_thread(
            gone_streams, [(stream.id, stream.member, stream.access, stream.session) for stream in streams]
        )
        self._close([stream for stream in streams if stream.id in gone])

    def _forget_empty(self, now: float) -> None:
        for key, since in list(self.empty_since.items()):
            if now - since > ROOM_LASTS:
                del self.rooms[key], self.empty_since[key]


_hub: Hub | None = None


def hub() -> Hub:
    """The hub of this process; the first page that opens a stream starts it."""
    global _hub
    if _hub is None or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
    return _hub
