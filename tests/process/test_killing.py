"""Valkey, a web process and PostgreSQL are killed while people draw: no answered act is lost, and all pages get there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.embedded import ROOT

pytestmark = pytest.mark.alone


def test_killing_the_parts_in_the_middle_loses_no_answered_act():
    # On durable services of its own: those of the tests must not be killed, and are not durable.
    own = ("DATABASE_URL", "REDIS_URL", "TOUCHLINE_EMBEDDED", "TOUCHLINE_VAR", "SECRET_KEY", "DATABASE_POOL")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    command = [sys.executable, "-m", "tests.live_editing.killing"]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    assert "the log has each answered act once" in done.stdout
