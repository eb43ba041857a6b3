"""Web processes for browser tests: real uvicorn on the test database and Valkey, as many as a test asks for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.embedded import ROOT, die_with_parent


def database_url() -> str:
    """The test database, as a process of its own names it."""
    named = connection.settings_dict
    host = named["OPTIONS"].get("host") or named["HOST"]
    return f"postgresql://{named['USER']}@/{named['NAME']}?host={host}"


class Web:
    """One web process."""

    def __init__(self, folder: Path, **more: str):
        self.log = folder / "web.log"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **os.environ,
            "TOUCHLINE_EMBEDDED": "1",
            "TOUCHLINE_VAR": str(folder),
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_POOL": "4",
            **more,
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "uvicorn", "config.asgi:application", "--port", str(self.port),
                   "--log-level", "warning", "--timeout-graceful-shutdown", "1"]  # fmt: skip
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=out, stderr=out, preexec_fn=die_with_parent
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("localhost", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, "The web process does not listen."
                time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(15)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(15)


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_idle(seconds: float = 20) -> None:
    """Until no other process is in the middle of a transaction. A page that is closed in the middle of a request leaves one open
    for a moment, and emptying the tables and that transaction would wait for each other. One that is on its way may begin when
    nothing seems to go on any more: it has to be quiet for a while."""
    deadline = time.monotonic() + seconds
    quiet = 0
    while quiet < 5:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state IS DISTINCT FROM 'idle' AND backend_type = 'client backend'"
            )
            (busy,) = cursor.fetchone()
        quiet = 0 if busy else quiet + 1
        assert time.monotonic() < deadline, f"{busy} transactions without an end"
        time.sleep(0.01)
