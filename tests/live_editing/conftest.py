"""Streams on real web processes."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tests.live_editing.listener import Listener
from tests.serving import wait_until_idle


@pytest.fixture
def listen(transactional_db, web, client_for):
    """listen(member, journey) -> a stream from the map's revision on. `on` names another web process."""
    opened = []

    def open_stream(member, journey, *, since=None, on=None, client=None, **more):
        journey.refresh_from_db()
        cookie = (client or client_for(member)).cookies[settings.SESSION_COOKIE_NAME].value
        path = reverse("journeys:canvas", args=[member.workspace.slug, journey.pk])
        stream = Listener((on or web).url + path, cookie, journey.revision if since is None else since, **more)
        opened.append(stream)
        return stream

    yield open_stream
    for stream in opened:
        stream.close()
    wait_until_idle()


@pytest.fixture
def now():
    return timezone.now()
