"""Touchline for a test that kills parts of it or runs without pytest: services of its own, two web processes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.embedded import Services, environment

if TYPE_CHECKING:
    from accounts.models import Workspace
    from tests.serving import Web


@contextmanager
def standing_alone(*, durable: bool) -> Iterator[tuple[Services, list[Web]]]:
    """Sets Django up, so it is for a process that has not done so."""
    folder = Path(tempfile.mkdtemp(prefix="touchline-alone-"))
    services = Services(folder, durable=durable)
    services.start()
    webs: list[Web] = []
    try:
        os.environ.update(environment(services, folder) | {"DATABASE_POOL": "0", "LOG_LEVEL": "WARNING"})
        import django

        django.setup()
        from django.core.management import call_command

        from tests.serving import Web

        call_command("migrate", verbosity=0)
        for n in range(2):
            (folder / f"web{n}").mkdir()
            webs.append(Web(folder / f"web{n}"))
        yield services, webs
    finally:
        for web in webs:
            web.stop()
        services.stop()
        shutil.rmtree(folder, ignore_errors=True)


def new_workspace(name: str) -> Workspace:
    from django.utils import timezone

    from accounts.models import User, Workspace

    user = User.objects.create_user(f"olga@{name.lower()}.test", None, name="Olga")
    return Workspace.objects.found(name, user, at=timezone.now())
