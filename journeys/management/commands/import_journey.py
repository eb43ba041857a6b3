from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Member, Workspace
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.sheets import SheetRefused, read_sheet, write_problem_sheet


class Command(BaseCommand):
    help = "Bring a journey sheet (CSV or XLSX) onto the map of a segment. Bad rows are written beside it, with reasons."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--workspace", required=True, help="slug of the workspace")
        parser.add_argument("--segment", required=True, help="name of the segment; made if unknown")
        parser.add_argument("--title", help="title of the journey; the file's name if absent")

    def handle(self, *args: Any, file: Path, workspace: str, segment: str, title: str | None, **options: Any) -> None:
        room = Workspace.objects.filter(slug=workspace).first()
        if room is None:
            raise CommandError(f"There is no workspace {workspace}.")
        try:
            sheet = read_sheet(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        except SheetRefused as refusal:
            raise CommandError(str(refusal)) from None
        now = timezone.now()
        owner = Member.objects.owners().filter(workspace=room).order_by("joined_at", "id").first()
        if owner is None:
            raise CommandError(f"{workspace} has no owner.")
        found = Segment.objects.filter(workspace=room).named(segment).first() or Segment.objects.make(room, segment, at=now)
        name = title or file.stem.replace("-", " ").replace("_", " ").capitalize()
        journey, plan, _ = import_sheet(sheet, found, name, name=file.name, by=owner, at=now)
        counts = ", ".join(f"{count} {result}" for result, count in sorted(plan.counts.items()))
        self.stdout.write(f"{journey.title}: {counts or 'nothing in it'}.")
        if sheet.ignored:
            self.stdout.write(f"Columns not known and left out: {', '.join(sheet.ignored)}.")
        if plan.problems:
            path = file.with_name(f"{file.stem}-problems.csv")
            path.write_bytes(write_problem_sheet(sheet, plan.problems))
            for number, reasons in sorted(plan.problems.items())[:20]:
                self.stderr.write(f"Row {number}: {' '.join(reasons)}")
            self.stderr.write(f"Bad rows with their reasons: {path}")
