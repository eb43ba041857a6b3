"""`make run`: one command, one process tree. PostgreSQL, Valkey, a Celery worker with beat, one for webhooks, the web server.
Data in var/.

Ctrl-C and SIGTERM stop all of it, last started first. Children carry a parent-death signal, so that even SIGKILL of this
process leaves nothing behind.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO

from config.embedded import ROOT, Services, die_with_parent, environment


class Stopped(Exception):
    """Somebody asked us to stop."""


def main() -> int:
    var = Path(os.environ.get("TOUCHLINE_VAR", ROOT / "var"))
    port = int(os.environ.get("PORT", "8000"))
    var.mkdir(parents=True, exist_ok=True)
    lock = (var / "running").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        print(f"Touchline is running already on this data ({var}): {lock.read().strip()}", file=sys.stderr)
        return 1
    if not port_is_free(port):
        print(f"Port {port} is taken. Choose another one: PORT={port + 1} make run", file=sys.stderr)
        return 1
    address = f"http://localhost:{port}"
    lock.truncate(0)
    lock.write(address)
    lock.flush()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)
    services = Services(var)
    tree = Tree(var)
    try:
        return serve(services, tree, var, port, address)
    except Stopped:
        print("\nStopping ...", flush=True)
        return 0
    except (RuntimeError, subprocess.CalledProcessError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        # A second Ctrl-C must not interrupt the stopping.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        tree.stop()
        services.stop()
        _forget(lock)
        print("Stopped.", flush=True)


def serve(services: Services, tree: Tree, var: Path, port: int, address: str) -> int:
    say("Starting PostgreSQL and Valkey ...")
    services.start()
    env = {"SITE_URL": address, **environment(services, var)}
    python = sys.executable
    say("Preparing the data ...")
    prepared = subprocess.run(
        [python, "manage.py", "prepare"],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        preexec_fn=die_with_parent,
    )
    if prepared.returncode:
        raise RuntimeError(f"The data could not be prepared:\n{prepared.stdout}")
    say("Starting the workers and the web server ...")
    worker = [python, "-m", "celery", "-A", "config.celery", "worker", "--loglevel", "INFO", "--without-gossip",
              "--without-mingle"]  # fmt: skip
    web = [python, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port),
           "--timeout-graceful-shutdown", "3", "--no-access-log"]  # fmt: skip
    tree.start("worker", [*worker, "--pool", "solo", "-X", "webhooks", "-B", "-s", str(var / "beat-schedule")], env)
    tree.start("webhooks", [*worker, "--pool", "threads", "--concurrency", "4", "-Q", "webhooks", "-n", "webhooks@%h"], env)
    tree.start("web", web, env)
    wait_until_ready(address, tree)
    print(
        f"\nTouchline is at {address}\n\n{prepared.stdout.strip()}\n\nCtrl-C stops it. Logs and data are in {var}.",
        flush=True,
    )
    while True:
        tree.watch(services)
        time.sleep(0.5)


class Tree:
    """The processes we started. One that dies is started again, three times within a minute at most."""

    def __init__(self, var: Path):
        self.var = var
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, tuple[list[str], dict[str, str]]] = {}
        self.deaths: dict[str, list[float]] = {}

    def start(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.commands[name] = (command, env)
        with (self.var / "log" / f"{name}.log").open("ab") as out:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=die_with_parent
            )

    def watch(self, services: Services) -> None:
        for name in services.revive():
            self._note_death(name)
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self._note_death(name)
                self.start(name, *self.commands[name])

    def _note_death(self, name: str) -> None:
        now = time.monotonic()
        self.deaths[name] = [t for t in self.deaths.get(name, []) if now - t < 60] + [now]
        if len(self.deaths[name]) > 3:
            raise RuntimeError(f"The {name} process keeps dying; the end of its log:\n{self.tail(name.lower())}")
        print(f"The {name} process died; starting it again.", file=sys.stderr, flush=True)

    def tail(self, name: str) -> str:
        return "\n".join((self.var / "log" / f"{name}.log").read_text(errors="replace").splitlines()[-12:])

    def stop(self) -> None:
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.terminate()
        for process in reversed(self.running.values()):
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(address: str, tree: Tree) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if tree.running["web"].poll() is not None:
            raise RuntimeError(f"The web server did not start:\n{tree.tail('web')}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The web server does not answer:\n{tree.tail('web')}")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def say(text: str) -> None:
    print(text, flush=True)


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped


def _forget(lock: IO[str]) -> None:
    lock.truncate(0)
    lock.close()


if __name__ == "__main__":
    sys.exit(main())
