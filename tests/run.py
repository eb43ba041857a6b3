"""`make test`: every check, on real PostgreSQL, Valkey and Chromium, and one summary at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.embedded import ROOT, Services, environment

BIN = Path(sys.executable).parent
APPS = ["accounts", "playbooks", "journeys", "customers", "touchpoints", "config"]


def main() -> int:
    results: list[tuple[str, bool, float]] = []
    chromium = find_chromium()
    with tempfile.TemporaryDirectory(prefix="touchline-test-") as folder:
        var = Path(folder)
        services = Services(var, durable=False)
        services.start()
        try:
            env = environment(services, var) | {"TOUCHLINE_CHROMIUM": chromium, "PATH": f"{BIN}:{os.environ['PATH']}"}
            for name, command, extra in checks():
                results.append(run(name, command, env | extra))
        finally:
            services.stop()
    print("\n" + "=" * 60)
    for name, passed, seconds in results:
        print(f"{'ok    ' if passed else 'FAILED'}  {seconds:6.1f} s  {name}")
    failed = [name for name, passed, _ in results if not passed]
    print("=" * 60)
    print(f"{len(results) - len(failed)} checks passed, {len(failed)} failed" + (": " + ", ".join(failed) if failed else ""))
    return 1 if failed else 0


def checks() -> list[tuple[str, list[str], dict[str, str]]]:
    """(name, command, extra environment) in the order they run, the quick ones first."""
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    pytest = [sys.executable, "-m", "pytest", "-q"]
    production = {
        "TOUCHLINE_EMBEDDED": "0",
        "HTTPS": "1",
        "ALLOWED_HOSTS": "touchline.example",
        "EMAIL_HOST": "mail.example",
    }
    return [
        ("format", ["ruff", "format", "--check", "."], {}),
        ("lint", ["ruff", "check", "."], {}),
        ("templates", ["djade", "--target-version", "5.2", "--check", *templates], {}),
        ("imports go one way", ["lint-imports"], {}),
        ("types", ["mypy", *APPS], {}),
        ("security lint", ["bandit", "-q", "-r", *APPS, "-c", "pyproject.toml"], {}),
        ("deployment check", [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production),
        ("no migration missing", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("tests", [*pytest, "-m", "not alone", *side_by_side(), *sys.argv[1:]], {}),
        ("tests that run alone", [*pytest, "-m", "alone", *sys.argv[1:]], {}),
    ]


def side_by_side() -> list[str]:
    """Two processes, each with PostgreSQL, Valkey and a browser of its own. More would wait for one another: several tests start
    workers by the dozen."""
    return ["-n", "2", "--dist", "worksteal"] if (os.cpu_count() or 1) > 1 else []


def run(name: str, command: list[str], env: dict[str, str]) -> tuple[str, bool, float]:
    print(f"\n--- {name}", flush=True)
    begun = time.monotonic()
    passed = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode == 0
    return name, passed, time.monotonic() - begun


def find_chromium() -> str:
    """Path of a Chromium. Installs Debian's where none is found and we may; a test run without a browser is no test run."""
    named = os.environ.get("TOUCHLINE_CHROMIUM")
    for name in filter(None, [named, "chromium", "chromium-browser", "google-chrome"]):
        if found := shutil.which(name):
            return found
    print("No Chromium found; installing one ...", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, stdout=subprocess.DEVNULL)
        if found := shutil.which("chromium"):
            return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        sys.exit("The tests need Chromium: install it, or name it in TOUCHLINE_CHROMIUM.")
    return path


if __name__ == "__main__":
    sys.exit(main())
