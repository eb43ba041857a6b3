"""Tell the web processes what has happened. Redis carries the news and nothing else: a process that missed some reads the log.

News is a dict of plain JSON that names whom it concerns: "journey" (all streams of a map), "member" or "session" (all streams of
theirs). With a "journey" come either "revision" and "patches", or "event" and "data": a named event for the open pages.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

import orjson
import redis
from django.conf import settings
from django.db import transaction

CHANNEL = "touchline:live"
#: bytes; an import of thousands of rows is read from the log instead
LARGEST = 65_536
#: seconds; where Redis is gone an act must not wait for it, nor the next one
PATIENCE = 0.5
RETRY_AFTER = 2.0

log = logging.getLogger(__name__)
News = dict[str, Any]

#: who wants to know in this very process, besides Redis
listeners: list[Callable[[News], None]] = []
#: the name of this process, by which it knows its own news when they come back from Redis
origin = ""
_silent_until = 0.0


def tell(journey: UUID | str, event: str, data: Any) -> None:
    """Once the transaction is through, every page open on the map gets the DOM event `live:<event>` with `data` as JSON in
    event.detail.data. For hints ("there are new comments"), not for what must not be lost."""
    tell_news({"journey": str(journey), "event": event, "data": data})


def tell_news(news: News) -> None:
    transaction.on_commit(lambda: publish(news), robust=True)


def publish(news: News) -> None:
    """Now, to this process and through Redis to the others. Never raises, never waits long."""
    global _silent_until
    for listener in listeners:
        listener(news)
    if time.monotonic() < _silent_until:
        return
    message = orjson.dumps({**news, "origin": origin})
    if len(message) > LARGEST:
        message = orjson.dumps({**news, "origin": origin, "patches": []})
    try:
        _redis().publish(CHANNEL, message)
    except redis.RedisError as error:
        _silent_until = time.monotonic() + RETRY_AFTER
        log.warning("Redis does not take the news, pages poll meanwhile: %s", error)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
