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

pytestmark = pytest.mark.alone


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The first one to start prepares it, demo workspace and all; the others go on with it, as one does day after day."""
    return tmp_path_factory.mktemp("supervised") / "var"


@pytest.fixture
def start(tmp_path, data, port):
    """start() -> the running supervisor; whatever is left of it at the end is killed."""
    begun = []

    def run(wait=True, at=port):
        hidden = ("DATABASE_URL", "REDIS_URL", "TOUCHLINE_EMBEDDED", "SECRET_KEY", "DATABASE_POOL")
        env = {key: value for key, value in os.environ.items() if key not in hidden}
        env |= {"TOUCHLINE_VAR": str(data), "PORT": str(at)}
        log = (tmp_path / f"out-{len(begun)}").open("w+")
        process = subprocess.Popen([sys.executable, "-m", "config.supervisor"], cwd=ROOT, env=env, stdout=log, stderr=log)
        process.said = lambda: (log.flush(), log.seek(0), log.read())[2]
        begun.append(process)
        deadline = time.monotonic() + 60
        while wait and "Ctrl-C stops it" not in process.said():
            assert process.poll() is None, process.said()
            assert time.monotonic() < deadline, process.said()
            time.sleep(0.1)
        return process

    yield run
    for process in begun:
        for child in family(process) if process.poll() is None else []:
            child.kill()
        if process.poll() is None:
            process.kill()
        process.wait()


def family(process):
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes, seconds=10):
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not alive


def fetch(port, path="/readyz"):
    with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=5) as answer:
        return answer.status


def test_it_says_where_it_is_and_how_to_sign_in_and_sigint_stops_all_of_it(start, port):
    process = start()
    text = process.said()
    assert text.count("http://") == 1
    assert f"http://localhost:{port}" in text
    for who in ("CS leader", "CSM", "account executive", "viewer"):
        assert who in text
    assert fetch(port) == 200
    children = family(process)
    assert len(children) >= 5
    workers = [child.cmdline() for child in children if "config.celery" in child.cmdline()]
    assert {command[command.index("webhooks") - 1] for command in workers} == {"-X", "-Q"}
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert gone(children)


def test_sigterm_stops_all_of_it_and_the_next_start_is_quick_and_keeps_the_data(start, port):
    first = start()
    children = family(first)
    first.terminate()
    assert first.wait(30) == 0
    assert gone(children)
    begun = time.monotonic()
    second = start()
    assert time.monotonic() - begun < 30
    assert fetch(port, "/accounts/sign-in/") == 200
    second.terminate()
    second.wait(30)


def test_sigkill_of_the_parent_leaves_no_orphan_and_the_next_start_recovers(start, port):
    process = start()
    children = family(process)
    process.kill()
    process.wait()
    assert gone(children, 20)
    again = start()
    assert fetch(port) == 200
    again.terminate()
    again.wait(30)


def test_a_taken_port_is_said_and_nothing_is_started(start, port):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        process = start(wait=False)
        assert process.wait(20) == 1
        assert f"Port {port} is taken" in process.said()


def test_a_second_one_on_the_same_data_is_told_where_the_first_is(start, port):
    first = start()
    second = start(wait=False, at=port + 1)
    assert second.wait(20) == 1
    assert "running already on this data" in second.said()
    assert f"http://localhost:{port}" in second.said()
    first.terminate()
    first.wait(30)
