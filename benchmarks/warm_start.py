"""`make run` in a warm clone: seconds until it serves, and what the tree holds when idle. Limits: 10 s, 350 MB."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.stage import report
from config.embedded import ROOT


def run(folder: Path) -> tuple[float, float]:
    """(seconds until serving, proportional memory of the whole tree in MB)."""
    env = {**os.environ, "TOUCHLINE_VAR": str(folder), "PORT": "8765"}
    begun = time.perf_counter()
    process = subprocess.Popen(["make", "-s", "run"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("Touchline is at"):
            break
    seconds = time.perf_counter() - begun
    time.sleep(5)
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    memory = sum(member.memory_full_info().pss for member in tree) / 1024 / 1024
    process.send_signal(signal.SIGTERM)
    supervisor = (
        [member for member in tree if "config.supervisor" in " ".join(member.cmdline())] if process.poll() is None else []
    )
    for member in supervisor:
        member.terminate()
    process.wait(30)
    return seconds, memory


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="touchline-warm-") as folder:
        run(Path(folder))
        seconds, memory = run(Path(folder))
    report("seconds until serving, warm", seconds, 10)
    report("process tree idle, MB (PSS)", memory, 350)


if __name__ == "__main__":
    main()
