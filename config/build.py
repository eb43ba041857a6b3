"""Which build of Touchline this is: what was kept of another one, here or in a browser, is not taken for ours."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

MADE_OF = ("uv.lock", "templates/**/*.html", "static/**/*")


@cache
def build() -> str:
    """A digest of templates, static files, code and the versions of what it stands on; the same in every process."""
    # Pages name static files as their storage does.
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    ours = [f"{app}/**/*.py" for app in settings.INSTALLED_APPS if (settings.BASE_DIR / app).is_dir()]
    for pattern in (*MADE_OF, *ours):
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            if path.is_file():
                name = path.relative_to(settings.BASE_DIR)
                digest.update(f"{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()
