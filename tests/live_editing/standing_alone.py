"""The simulation without pytest: services of its own, two web processes, a new workspace for each seed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import Services, environment


@contextmanager
def two_webs() -> Iterator[Callable[[int, int], str]]:
    """Yields run(seed, acts) -> what was seen."""
    folder = Path(tempfile.mkdtemp(prefix="touchline-simulation-"))
    services = Services(folder, durable=False)
    services.start()
    webs = []
    try:
        os.environ.update(environment(services, folder) | {"DATABASE_POOL": "0", "LOG_LEVEL": "WARNING"})
        import django

        django.setup()
        from django.core.management import call_command
        from django.utils import timezone

        from accounts.models import User, Workspace
        from tests.live_editing.cast import map_with_cards, people, setting
        from tests.live_editing.simulation import simulate, tally
        from tests.live_editing.verdict import judge
        from tests.serving import Web

        call_command("migrate", verbosity=0)
        for n in range(2):
            (folder / f"web{n}").mkdir()
            webs.append(Web(folder / f"web{n}"))

        def run(seed: int, acts: int) -> str:
            user = User.objects.create_user(f"olga@{seed}.test", None, name="Olga")
            workspace = Workspace.objects.found(f"Northwind {seed}", user, at=timezone.now())
            owner, *others = people(workspace, ("Edda", "Emil", "Enno", "Elsa"))
            journey = map_with_cards(owner)
            clients = simulate([web.url for web in webs], **setting(owner, others, journey), seed=seed, acts=acts)
            try:
                seen = judge(journey, clients)
                logged = [line for web in webs for line in web.log.read_text().splitlines() if "ERROR" in line or "Traceback" in line]
                assert not logged, logged[:5]
                return f"{seen}; {tally(clients)}"
            except AssertionError:
                log = folder.parent / f"touchline-simulation-{seed}.log"
                log.write_text("\n".join(str(sent) for client in clients for _, sent in client.done))
                print(f"seed {seed} failed; what was done is in {log}", flush=True)
                raise
            finally:
                for client in clients:
                    client.page.drop()

        yield run
    finally:
        for web in webs:
            web.stop()
        services.stop()
        shutil.rmtree(folder, ignore_errors=True)
