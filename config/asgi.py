"""The web process: Django, and beside it the streams of the maps."""

import gc
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from config.handler import Handler  # noqa: E402  (needs the settings)
from journeys.live.stream import PATH, live  # noqa: E402

# A thread that computes hands over after three milliseconds, not five: the streams wait for it. After one, whoever holds a map is
# interrupted in the middle of an act, and all who want to draw on it wait: a third fewer acts (benchmarks/ten_writers.py).
sys.setswitchinterval(0.003)
# What was loaded by now stays: it need not be gone through again and again in search of garbage.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
handler = Handler()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and (found := PATH.fullmatch(scope["path"])):
        await live(scope, receive, send, **found.groupdict())
    else:
        await handler(scope, receive, send)
