"""Each hostile file is read or refused in a sentence, within seconds and megabytes, without a crash."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from config.embedded import ROOT
from tests.journeys.hostile import FILES

SECONDS, MEGABYTES = 15, 200


def run(*words):
    command = [sys.executable, "-m", "tests.journeys.hostile", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120).stdout


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused_in_a_sentence_with_little_time_and_memory(name, tmp_path):
    run("make", name, tmp_path / "file")
    came = json.loads(run("read", tmp_path / "file"))
    assert FILES[name][1] in came["said"]
    assert came["said"].endswith((".", "?")) or came["rows"] is not None
    assert came["seconds"] < SECONDS
    assert max(came["here"], came["there"]) < MEGABYTES
