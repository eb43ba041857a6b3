"""Bring a sheet onto a map, as one act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from accounts.ids import id_text
from accounts.models import Role
from journeys.changing import MODELS
from journeys.import_plan import ImportPlan, plan_import
from journeys.models import Change, Journey, Segment
from journeys.names import known_names
from journeys.reading import read_document
from journeys.sheets import Sheet
from playbooks.models import Playbook

if TYPE_CHECKING:
    from accounts.models import Member


def preview_import(sheet: Sheet, segment: Segment, journey: Journey | None) -> ImportPlan:
    """What importing the sheet would do now. Changes nothing."""
    return plan_import(sheet, read_document(journey) if journey else None, *known_names(segment.workspace_id), id_text)


def import_sheet(
    sheet: Sheet,
    segment: Segment,
    title: str,
    *,
    name: str,
    by: Member,
    at: datetime,
    progress: Callable[[int], None] = lambda percent: None,
) -> tuple[Journey, ImportPlan, Change | None]:
    """Make the segment's journey of that title, or bring it up to date, from the good rows of the sheet.

    One transaction, one Change (none if the sheet says what the map says); `name` is what the change calls the
    sheet; `progress` hears of percents.
    """
    with transaction.atomic():
        # The segment's row is the lock: two imports of one new title make one journey.
        Segment.objects.select_for_update().get(pk=segment.pk)
        journey = Journey.objects.filter(segment=segment).titled(title).order_by("id").first()
        if journey is None:
            journey = Journey.objects.begin(segment, title, by=by, at=at)
        with journey.act(f"imported {name}", by=by, at=at) as act:
            plan = preview_import(sheet, segment, journey)
            progress(40)
            workspace = segment.workspace_id
            Role.objects.bulk_create([Role(id=UUID(id), workspace_id=workspace, name=role) for id, role in plan.new_roles])
            roles = {name: UUID(id) for name, id in known_names(workspace)[0].items()}
            Playbook.objects.draft_all(workspace, {UUID(id): book for id, book in plan.new_playbooks}, roles, at=at)
            act.change_journey(**plan.journey)
            for kind, model in MODELS.items():
                if changes := [(id, fields) for changed, id, fields in plan.updates if changed == kind]:
                    act.change_many(model, changes)
                if gone := {id for deleted, id in plan.deletes if deleted == kind}:
                    act.delete_with_dependents(*act.those(model, gone).values())
                act.bring_in(model, [(id, fields) for made, id, fields in plan.creates if made == kind])
            progress(60)
    return journey, plan, act.written
