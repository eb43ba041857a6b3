from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from journeys.demo import demo_people, make_demo
from touchpoints.demo import populate


class Command(BaseCommand):
    help = "Bring the database up to date and make the demo workspace if it is not there. What `make run` does at every start."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        if workspace := make_demo(at=timezone.now()):
            populate(workspace, at=timezone.now())
        self.stdout.write(demo_people())
