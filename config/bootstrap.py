"""Make .venv hold exactly what uv.lock says. Standard library only: this runs before anything is installed."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / ".venv" / "touchline-lock"


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is what tells people with an older one)
        sys.exit("Touchline needs Python 3.11 or later; this is " + sys.version.split()[0])
    lock = hashlib.sha256((ROOT / "uv.lock").read_bytes() + sys.version.encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == lock:
        return
    print("Installing what uv.lock names (a minute the first time) ...", flush=True)
    # A virtual environment of somebody else must not catch our packages.
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    subprocess.run([find_uv(), "sync", "--frozen", "--quiet", "--python", sys.executable], cwd=ROOT, env=environment, check=True)
    STAMP.write_text(lock)


def find_uv() -> str:
    """uv from PATH, else one of our own in var/uv."""
    found = shutil.which("uv")
    if found:
        return found
    home = ROOT / "var" / "uv"
    if not (home / "bin" / "uv").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(home / "bin" / "uv")


if __name__ == "__main__":
    main()
