"""Publish a map: freeze it as the next numbered version. The draft goes on; its log and its revision stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from journeys.comparing import Comparison, Side, compare
from journeys.document import KEYS, Document, plain
from journeys.live.telling import tell
from journeys.models import Journey, Version
from journeys.models.element import ActRefused
from journeys.models.version import LONGEST_NOTE
from journeys.names import names_by_id
from journeys.once_a_revision import Computed, once_a_revision
from journeys.portable import KINDS
from journeys.reading import read_document

if TYPE_CHECKING:
    from accounts.models import Member

#: fields of elements that name something outside of the map
NAMED = ("role_id", "owner_id", "to_role_id", "playbook_id", "child_id")


class SeenOtherwise(ActRefused):
    """The map is not what the person has looked at: it is at `revision` now."""

    def __init__(self, revision: int):
        super().__init__("The map has changed while you were looking. Look again what is new, then publish.", "seen")
        self.revision = revision


class NothingNew(ActRefused):
    """The map says what its last version says."""


def publish(journey: Journey, note: str, *, by: Member, at: datetime, seen: int | None = None) -> Version:
    """The next version of the map, as it is now. `seen` is the revision that the person has looked at.

    Raises ActRefused, naming the field: nothing to publish, nothing new, or not what the person has seen.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise ActRefused(f"At most {LONGEST_NOTE:,} letters, this has {len(note):,}.", "note")
    with _locked(journey) as map_:
        document = read_document(map_)
        if not document["touchpoints"]:
            raise ActRefused("There is no card on the map yet. Draw one, then publish.")
        if seen is not None and seen != document["revision"]:
            raise SeenOtherwise(document["revision"])
        names = names_of(document, map_.segment.workspace_id)
        last = Version.objects.of(map_).newest()
        if last and not compare(side_of(last), Side(document, names)).differing:
            raise NothingNew(f"Nothing has changed since version {last.number}.")
        made = Version.objects.freeze(map_, document, names, note, by=by, at=at)
        tell(map_.pk, "published", {"number": made.number})
    return made


@contextmanager
def _locked(journey: Journey) -> Iterator[Journey]:
    if journey.held is not None:
        yield journey
        return
    with transaction.atomic():
        yield Journey.objects.select_for_update(of=("self",)).select_related("segment").get(pk=journey.pk)


def names_of(document: Document, workspace_id: UUID) -> dict[str, str]:
    """The names of the roles, playbooks and journeys that the document speaks of, by id."""
    roles, playbooks = names_by_id(workspace_id)
    used = {row.get(name) for key in KEYS.values() for row in document[key].values() for name in NAMED} - {None}
    children = {row["child_id"] for row in document["touchpoints"].values()} - {None}
    journeys = {str(pk): title for pk, title in Journey.objects.filter(pk__in=children).values_list("pk", "title")}
    return {id: name for id, name in {**roles, **playbooks, **journeys}.items() if id in used}


def whole(version: Version) -> Document:
    """The document of a version. A field that elements have got since then is what it is where nobody has said anything."""
    document = dict(version.document)
    for model in KINDS:
        blank = model()
        usual = {name: plain(getattr(blank, name)) for name in model.logged}
        document[model.document_key] = {id: usual | row for id, row in version.document.get(model.document_key, {}).items()}
    return document


def side_of(what: Version | Journey) -> Side:
    """A version, or the draft of a journey as it is now, to be compared."""
    if isinstance(what, Version):
        return Side(whole(what), what.names)
    document = read_document(what)
    return Side(document, names_of(document, what.segment.workspace_id))


@dataclass(frozen=True, slots=True)
class Published:
    """How the draft stands to what was published last: the newest version, and how many differences there are since."""

    version: Version | None
    changes: int


def published(journey: Journey) -> Published:
    """Counted once a revision, however many look."""
    last = Version.objects.of(journey).listed().newest()
    if last is None or last.revision == journey.revision:
        return Published(last, 0)
    wanted = Computed(f"changes-since-{last.number}:1", lambda document: _count(last, document))
    return Published(last, once_a_revision([journey], wanted)[0][str(journey.pk)])


def _count(last: Version, document: Document) -> int:
    return len(compare(Side(whole(last), {}), Side(document, {})).differing)


def news(journey: Journey) -> tuple[Version | None, Comparison | None]:
    """The newest version, and what publishing now would change; None where there is no version yet."""
    last = Version.objects.of(journey).newest()
    return last, compare(side_of(last), side_of(journey)) if last else None
