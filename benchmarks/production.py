"""Touchline as a team has it: static files collected, bundled, hashed and compressed; uvicorn; nothing embedded. Plain HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.embedded import ROOT, die_with_parent


def production(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a process in production, on the database, Valkey and key that os.environ names."""
    return {**os.environ, "TOUCHLINE_EMBEDDED": "0", "HTTPS": "0", "TOUCHLINE_VAR": str(folder), "DATABASE_POOL": "4", **more}


def collect(environment: Mapping[str, str]) -> None:
    """Collects the static files as an image does. Raises RuntimeError with what went wrong: for one, a file that names another
    which is not there."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Collects the static files into `folder` and serves. Yields the address. Raises RuntimeError if it does not answer."""
    collect(environment)
    with serve("config.asgi:application", environment, "/healthz") as address:
        yield address


@contextmanager
def serve(application: str, environment: Mapping[str, str], ready: str) -> Iterator[str]:
    """uvicorn with an ASGI application. Yields the address once `ready` answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "uvicorn", application, "--port", str(port),
               "--log-level", "warning", "--timeout-graceful-shutdown", "1"]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=die_with_parent)
    try:
        _wait(server, f"http://localhost:{port}{ready}")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (our own address)
                return
        except OSError:  # not there yet, or too busy to answer in time
            time.sleep(0.1)
    raise RuntimeError(f"Nothing answers at {address}.")
