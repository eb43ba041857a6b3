"""Streams when the database does not answer, or answers what it should not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import OperationalError

from journeys.live import hub, telling
from journeys.live.room import Room
from journeys.live.stream import live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


def test_a_stream_that_cannot_begin_says_so_and_is_forgotten(client_for, owner, journey, monkeypatch):
    def dead(self):
        raise OperationalError("the database is starting up")

    async def come(cookie):
        told = []

        async def send(message):
            told.append(message)

        scope = {"method": "GET", "query_string": b"since=1", "headers": [(b"cookie", cookie)]}
        await live(scope, None, send, owner.workspace.slug, str(journey.pk))
        here = hub.hub()
        for task in here.tasks:
            task.cancel()
        room = here.rooms[str(journey.pk)]
        return told[0]["status"], here.pages, room.streams

    monkeypatch.setattr(Room, "load", dead)
    monkeypatch.setattr(hub, "_hub", None)
    monkeypatch.setattr(telling, "listeners", [])
    monkeypatch.setattr(telling, "origin", "")
    session = client_for(owner).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}".encode()
    with ThreadPoolExecutor(1) as elsewhere:  # in this thread a browser of an earlier test may have left its loop
        assert elsewhere.submit(lambda: asyncio.run(come(cookie))).result() == (503, {}, set())


def test_a_page_that_is_far_ahead_of_the_map_loads_again(listen, owner, journey):
    listen(owner, journey, since=5000).wait_for(lambda name, *_: name == "live:reload")
