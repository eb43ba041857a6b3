"""Which build of Touchline this is: what was kept of another one, here or in a browser, is not taken for ours."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

MADE_OF = ("uv.lock", "templates/**/*.html", "static/**/*", "*/**/*.py")
NOT_OURS = {".venv", "var", "tests", "benchmarks"}


@cache
def build() -> str:
    """A digest of templates, static files, code and the versions of what it stands on; the same in every process."""
    # Pages name static files as their storage does.
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for pattern in MADE_OF:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            name = path.relative_to(settings.BASE_DIR)
            if path.is_file() and name.parts[0] not in NOT_OURS:
                digest.update(f"{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()
