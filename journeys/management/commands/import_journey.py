from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Member, Workspace
from journeys.beginning import begin_from
from journeys.importing import import_sheet, preview_import
from journeys.incoming import JourneyFile, read_incoming
from journeys.models import Journey, Segment
from journeys.models.sheet_import import named_after
from journeys.sheets import SheetRefused, write_problem_sheet


class Command(BaseCommand):
    help = (
        "Bring a journey sheet (CSV, XLSX) or a Mermaid diagram onto the map of a segment, or a whole journey (JSON) into it. "
        "Bad rows are written beside the file, with reasons."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--workspace", required=True, help="slug of the workspace")
        parser.add_argument("--segment", required=True, help="name of the segment; made if unknown")
        parser.add_argument("--preview", action="store_true", help="say row by row what would happen, and change nothing")
        parser.add_argument("--title", help="title of the journey; if absent the one in the file, or its name")

    def handle(
        self, *args: Any, file: Path, workspace: str, segment: str, title: str | None, preview: bool, **options: Any
    ) -> None:
        room = Workspace.objects.filter(slug=workspace).first()
        if room is None:
            raise CommandError(f"There is no workspace {workspace}.")
        try:
            sheet = read_incoming(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        except SheetRefused as refusal:
            raise CommandError(str(refusal)) from None
        now = timezone.now()
        owner = Member.objects.owners().filter(workspace=room).order_by("joined_at", "id").first()
        if owner is None:
            raise CommandError(f"{workspace} has no owner.")
        found = Segment.objects.filter(workspace=room).named(segment).first()
        name = title or sheet.title or named_after(file.name)
        if isinstance(sheet, JourneyFile):
            self.stdout.write(f"{name}: {', '.join(sheet.numbers) or 'nothing in it'}.")
            if not preview:
                found = found or Segment.objects.make(room, segment, at=now)
                begin_from(found, name, sheet.data, by=owner, at=now, label=f"imported {file.name}")
            return
        if preview:
            known = Journey.objects.filter(segment=found).titled(name).order_by("id").first() if found else None
            plan = preview_import(sheet, found or Segment(workspace=room, name=segment), known)
            for outcome in plan.outcomes:
                self.stdout.write(
                    f"Row {outcome.number}: {outcome.result} {outcome.kind} {outcome.title} {outcome.detail}".rstrip()
                )
            return
        found = found or Segment.objects.make(room, segment, at=now)
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
