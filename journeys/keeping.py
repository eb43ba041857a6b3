"""Keep a journey as a template of its workspace."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from journeys.copying import ITS_OWN
from journeys.models import Journey, JourneyTemplate
from journeys.names import names_by_id
from journeys.portable import portable
from journeys.reading import read_document

if TYPE_CHECKING:
    from accounts.models import Member


def keep_as_template(
    journey: Journey, name: str, summary: str, *, replace: bool = False, by: Member, at: datetime
) -> JourneyTemplate:  # fmt: skip
    """The map as it is now. External ids name its own elements and stay behind, as do the journeys inside of its cards.

    Raises NameTaken where there is a template of that name and it shall not be replaced.
    """
    workspace = journey.segment.workspace
    content = portable(read_document(journey), *names_by_id(workspace.pk))
    for rows in content.values():
        for row in rows if isinstance(rows, list) else ():
            if "external_id" in row:
                row["external_id"] = ITS_OWN["external_id"]
    return JourneyTemplate.objects.keep(workspace, name, summary, content, replace=replace, by=by, at=at)
