"""The stream of one page, as an ASGI application of its own: Django's middleware would cost each a thread as long as it lasts.

    GET  …/live/?since=<revision>   text/event-stream; the event id is the revision; Last-Event-ID wins over ?since
    POST …/live/                    {"page", "open", "field"}: the page is still there, and what it has open

The page learns its own secret name from the first event, `live:joined`; who knows it may speak for the page.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError
from django.http import HttpRequest, parse_cookie

from accounts.models import Member
from journeys.live.frames import event
from journeys.live.hub import Hub, hub
from journeys.live.presence import Here
from journeys.live.room import Room
from journeys.models import Journey

PATH = re.compile(r"/w/(?P<workspace>[-\w]+)/journeys/(?P<journey>[0-9a-f-]{36})/live/")
#: bytes that a page may say of itself
LARGEST = 2048
#: streams of one member in one process: tabs, not a mistake in a loop
TABS = 40

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Stream:
    journey: UUID
    workspace: UUID
    member: UUID
    user: UUID
    access: str
    session: str
    #: room for a new stage at the right, as `lay_out` takes it: who may edit sees one
    space: int
    revision: int
    here: Here
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    #: why it ends: "access" if the member may no longer see this, "silent" if the page has said nothing for long
    closing: str = ""

    def is_of(self, news: dict[str, Any]) -> bool:
        """Whether news of somebody's access concern this stream."""
        return news.get("member") == str(self.member) or news.get("user") == str(self.user) or news.get("session") == self.session


async def live(scope: Scope, receive: Receive, send: Send, workspace: str, journey: str) -> None:
    if scope["method"] == "POST":
        status = await _hear_page(receive)
    elif scope["method"] == "GET":
        status = await _stream(scope, receive, send, workspace, journey)
    else:
        status = 405
    if status:
        await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
        await send({"type": "http.response.body", "body": b""})


async def _stream(scope: Scope, receive: Receive, send: Send, workspace: str, journey: str) -> int:
    """Stream until one side ends it, and return 0; or return the status that refuses it."""
    here = hub()
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    session = parse_cookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    since = _number(headers.get(b"last-event-id") or parse_qs(scope["query_string"].decode()).get("since", [""])[0])
    if since is None:
        return 400
    try:
        stream = await here.in_thread(_come_in, session, workspace, journey, since)
        if isinstance(stream, int):
            return stream
        if sum(other.member == stream.member for other in here.pages.values()) >= TABS:
            return 429
        await _run(here, stream, receive, send)
    except DatabaseError as error:
        log.warning("No stream while the database does not answer: %s", error)
        return 503
    return 0


def _come_in(session: str, workspace: str, journey: str, since: int) -> Stream | int:
    """The stream of whoever the session belongs to, or the status that refuses it."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session)
    user = get_user(request)
    if not user.is_authenticated:
        return 401
    member = Member.objects.entering(workspace, user)
    try:
        found = member and Journey.objects.seen_by(member, UUID(journey))
    except ValueError:
        found = None
    if not member or not found:
        return 404
    here = Here(str(member.pk), str(member), time.monotonic())
    space = 1 if member.can_edit else 0
    return Stream(found.pk, member.workspace_id, member.pk, user.pk, member.access, session, space, since, here)


async def _run(here: Hub, stream: Stream, receive: Receive, send: Send) -> None:
    try:
        room = await here.enter(stream)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        pump = asyncio.ensure_future(_pump(here, room, stream, send))
        gone = asyncio.ensure_future(_until_gone(receive))
        done, rest = await asyncio.wait([pump, gone], return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                log.error("A stream broke off", exc_info=error)
    finally:
        here.leave(stream)


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def _pump(here: Hub, room: Room, stream: Stream, send: Send) -> None:
    """Send what is due whenever the room wakes. A page that is slow to take it gets the newest of what is only a hint."""
    due = [event(orjson.dumps({"page": stream.id, "revision": room.revision}).decode(), name="live:joined")]
    events, heads, beats = room.event_count, 0, room.beats
    while True:
        woken = room.woken
        if stream.closing:
            # A page that was asleep comes back by itself; one whose access has changed must load again.
            last = event("{}", name="live:closed") if stream.closing == "access" else b""
            await send({"type": "http.response.body", "body": last, "more_body": False})
            return
        if stream.revision < room.revision or stream.revision > room.heard + 1000:
            due += await _missed(here, room, stream)
        due += [told for count, space, told in list(room.events) if count > events and space in (None, stream.space)]
        events = room.event_count
        if heads != room.here_count:
            heads = room.here_count
            due.append(room.here)
        if not due and beats != room.beats:
            due.append(b":\n\n")
        beats = room.beats
        if due:
            await send({"type": "http.response.body", "body": b"".join(due), "more_body": True})
            due = []
            if woken is not room.woken:
                continue
        await woken.wait()


async def _missed(here: Hub, room: Room, stream: Stream) -> list[bytes]:
    # Who is far ahead of the map has seen what is lost: a database that was brought back from a copy.
    steps = room.steps_from(stream.revision, stream.space) if stream.revision <= room.revision else None
    if steps is not None:
        stream.revision = room.revision
        return [step.event for step in steps]
    async with room.lock:
        since, stream.revision = stream.revision, room.revision
        way = await here.in_thread(room.way_from, since, stream.space)
    return [way or event("{}", name="live:reload")]


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hear_page(receive: Receive) -> int:
    body = b""
    while len(body) <= LARGEST:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    try:
        said = orjson.loads(body)
        page = said["page"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return 400
    if len(body) > LARGEST or not isinstance(page, str):
        return 400
    here = hub()
    if not here.says(page, said):
        here.pass_on(page, said)
    return 204


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
