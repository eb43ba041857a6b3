"""`make run` as people live with it: it starts, says where, stops whole, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from config.embedded import ROOT
from tests.serving import free_port

pytestmark = pytest.mark.alone


class House:
    """One folder of data and a port, and what has been started on them: made ready once, demo workspace and all, then gone on
    with, as one does day after day."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.begun = []

    def begin(self, port):
        hidden = ("DATABASE_URL", "REDIS_URL", "TOUCHLINE_EMBEDDED", "SECRET_KEY", "DATABASE_POOL")
        env = {key: value for key, value in os.environ.items() if key not in hidden}
        env |= {"TOUCHLINE_VAR": str(self.folder / "var"), "PORT": str(port)}
        log = (self.folder / f"out-{len(self.begun)}").open("w+")
        process = subprocess.Popen([sys.executable, "-m", "config.supervisor"], cwd=ROOT, env=env, stdout=log, stderr=log)
        process.said = lambda: (log.flush(), log.seek(0), log.read())[2]
        self.begun.append(process)
        return process

    def running(self):
        """The one that runs; a new one where the last was stopped."""
        if self.begun and self.begun[-1].poll() is None:
            return self.begun[-1]
        process = self.begin(self.port)
        deadline = time.monotonic() + 60
        while "Ctrl-C stops it" not in process.said():
            assert process.poll() is None, process.said()
            assert time.monotonic() < deadline, process.said()
            time.sleep(0.1)
        return process

    def refused(self, port):
        """What one says that does not start."""
        process = self.begin(port)
        assert process.wait(20) == 1
        self.begun.remove(process)
        return process.said()

    def clear(self):
        for process in self.begun:
            for child in family(process) if process.poll() is None else []:
                child.kill()
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("supervised"))
    yield house
    house.clear()


def family(process):
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes, seconds=10):
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not alive


def fetch(port, path="/readyz"):
    with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=5) as answer:
        return answer.status


def test_it_says_where_it_is_and_how_to_sign_in(house):
    process = house.running()
    text = process.said()
    assert text.count("http://") == 1
    assert f"http://localhost:{house.port}" in text
    for who in ("CS leader", "CSM", "account executive", "viewer"):
        assert who in text
    assert fetch(house.port) == 200
    children = family(process)
    assert len(children) >= 5
    workers = [child.cmdline() for child in children if "config.celery" in child.cmdline()]
    assert {command[command.index("webhooks") - 1] for command in workers} == {"-X", "-Q"}


def test_a_second_one_on_the_same_data_is_told_where_the_first_is(house):
    house.running()
    said = house.refused(free_port())
    assert "running already on this data" in said
    assert f"http://localhost:{house.port}" in said


def test_sigint_stops_all_of_it_and_the_next_start_is_quick_and_keeps_the_data(house):
    stopped_by(signal.SIGINT, house.running())
    begun = time.monotonic()
    house.running()
    assert time.monotonic() - begun < 30
    assert fetch(house.port, "/accounts/sign-in/") == 200


def test_sigkill_of_the_parent_leaves_no_orphan_and_the_next_start_recovers(house):
    process = house.running()
    children = family(process)
    process.kill()
    process.wait()
    assert gone(children, 20)
    house.running()
    assert fetch(house.port) == 200


def test_sigterm_stops_all_of_it(house):
    stopped_by(signal.SIGTERM, house.running())


def stopped_by(sent, process):
    children = family(process)
    process.send_signal(sent)
    assert process.wait(30) == 0
    assert gone(children)


def test_a_taken_port_is_said_and_nothing_is_started(house):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert f"Port {port} is taken" in house.refused(port)
