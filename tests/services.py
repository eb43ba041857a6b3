"""A pytest plugin, loaded before Django's settings are: starts PostgreSQL and Valkey unless `make test` has done so. Each process
of a run side by side (`-n 2`) has its own: a test may empty Valkey, or send for a worker that takes whatever is in the queue."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from config.embedded import Services, environment

# Playwright's sync API runs a loop in the test's thread; Django's ORM is still used from that thread only.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
os.environ.setdefault("DATABASE_POOL", "0")

_started: Services | None = None
if os.environ.get("PYTEST_XDIST_WORKER"):  # what the run as a whole has started is not ours
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
if not os.environ.get("DATABASE_URL"):
    _started = Services(Path(tempfile.mkdtemp(prefix="touchline-test-")), durable=False)
    _started.start()
    os.environ.update(environment(_started, _started.data))


def pytest_unconfigure() -> None:
    if _started:
        _started.stop()
        shutil.rmtree(_started.data, ignore_errors=True)
