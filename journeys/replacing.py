"""A whole map in one document, as another program keeps it: read it, and put it back as one act that touches only what differs.

The document is a portable journey (journeys/portable.py) with "id" and "revision", and "child" of a card that has a journey
inside; its elements bear the ids they have here, or in another system (journeys/external_ids.py).
Its "journey" says the "segment", too, by name. What it does not say stays as it is: the segment, the owner, the review, and the
journey inside of a card without "child".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction

from accounts.ids import id_text
from journeys.differing import patches_between
from journeys.document import KEYS, Document, Patch
from journeys.external_ids import Outside, by_kind, can_be_called
from journeys.faults import Faults
from journeys.inside import refuse_misplaced, take_children
from journeys.models import Change, Journey, Lane, Segment, Version
from journeys.models.external_id import LONGEST
from journeys.models.journey import SEEN
from journeys.names import names_by_id, segment_named, take_in
from journeys.portable import KINDS, MOST, as_uuid, portable
from journeys.publishing import whole
from journeys.reading import read_document
from journeys.recording import recording
from journeys.restoring import apply_to
from journeys.rows import ids_there
from journeys.sketching import good_names, look_at_whole, look_for_handing_to_itself, segment_in, title_in
from journeys.unpacking import look_for_unknown, outside_name, refuse_another_frame, to_document

if TYPE_CHECKING:
    from accounts.models import Member

#: between the places of two things in a row that is numbered anew
STEP = 1000.0
#: so many of the latest changes are looked through for what has changed
LAST = 100


class Stale(Exception):
    """Somebody has changed the map since. `revision`: what it is at now; `ids`: what has changed, as far as the log tells."""

    def __init__(self, revision: int, tag: str, ids: list[str]):
        super().__init__(revision)
        self.revision, self.tag, self.ids = revision, tag, ids


@dataclass
class Replaced:
    """`change`: None where the document said what the map says. `ids`: of elements that got another id than the document gives
    them, because it was no UUID or somebody had it."""

    journey: UUID
    revision: int
    tag: str
    patches: list[Patch]
    change: Change | None = None
    ids: dict[str, str] = field(default_factory=dict)

    def told(self) -> list[dict[str, Any]]:
        """Each element that was made, changed or deleted, and which of its fields."""
        found = []
        for patch in self.patches:
            before, after = patch["before"], patch["after"]
            how = "made" if before is None else "deleted" if after is None else "changed"
            fields = sorted(map(outside_name, after)) if before is not None and after is not None else []
            found.append({"kind": patch["kind"], "id": patch["id"], "how": how, "fields": fields})
        return found


# What a document says besides the map: the names of its segment, of roles and of playbooks, and what maps and what is on this one
# are called in that other system. Two documents with one tag are the same, byte by byte.
TAG = f"""
    SELECT revision, md5(%s || (SELECT name || E'\\n' FROM journeys_segment WHERE id = segment_id) ||
        coalesce((SELECT string_agg(element::text || external_id, E'\\n' ORDER BY element)
            FROM journeys_externalid WHERE %s <> '' AND source = %s AND (
                (workspace_id = %s AND kind = 'journey') OR (journey_id = %s AND kind <> 'journey'))), '') ||
        coalesce((SELECT string_agg(id::text || name, E'\\n' ORDER BY id) FROM accounts_role WHERE workspace_id = %s), '') ||
        coalesce((SELECT string_agg(id::text || title, E'\\n' ORDER BY id) FROM playbooks_playbook WHERE workspace_id = %s), ''))
    FROM journeys_journey WHERE {SEEN}
"""  # noqa: S608  # nosec


def tag_of(member: Member, pk: UUID, source: str = "") -> str | None:
    """Another one as soon as the document of that map is; None if the member may not see it."""
    workspace = member.workspace_id
    with connection.cursor() as cursor:
        cursor.execute(TAG, [source, source, source, workspace, pk, workspace, workspace, pk, workspace])
        found = cursor.fetchone()
    return f"{found[0]}-{found[1][:16]}" if found else None


def document_of(journey: Journey, workspace: UUID, source: str = "") -> dict[str, Any]:
    """The map as a client gets it, in the words of that other system."""
    return Outside.of(source, workspace, journey.pk).tell(_told(read_document(journey), *names_by_id(workspace)))


def document_published(version: Version, workspace: UUID) -> dict[str, Any]:
    """The same of a version. Roles and playbooks are called as they are now, so that they are found again where it is put back;
    those that are gone as they were called when it was published."""
    roles, playbooks = ({**version.names, **names} for names in names_by_id(workspace))
    return _told(whole(version), roles, playbooks)


def _told(document: Document, roles: dict[str, str], playbooks: dict[str, str]) -> dict[str, Any]:
    told = {"id": document["id"], "revision": document["revision"], **portable(document, roles, playbooks)}
    segment = Segment.objects.filter(pk=document["journey"]["segment_id"])  # of a version it may be gone by now
    told["journey"]["segment"] = segment.values_list("name", flat=True).first()
    for card in told["touchpoints"]:
        if child := document["touchpoints"][card["id"]]["child_id"]:
            card["child"] = child
    return told


def is_unchanged(journey: Journey, data: Any, *, tag: str, by: Member, source: str = "") -> bool:
    """Whether the data say exactly what the map says, without waiting for whoever draws on it just now. If not, it has to be
    looked at more closely."""
    if not isinstance(data, dict) or tag_of(by, journey.pk, source) != tag:
        return False
    now = document_of(journey, by.workspace_id, source)
    own = {"id": data.get("id"), "revision": data.get("revision")}
    return bool({**now, **own} == data) and tag_of(by, journey.pk, source) == tag


def replace(
    journey: Journey, data: Any, *, tag: str, by: Member, at: datetime, only_look: bool = False, source: str = ""
) -> Replaced:  # fmt: skip
    """Let the map be what the document says, if `tag` is its tag still. `only_look`: say what would change, and change nothing.
    `source`: in whose words it speaks. Raises Stale, NotPortable, Busy."""
    if is_unchanged(journey, data, tag=tag, by=by, source=source):
        return Replaced(journey.pk, journey.revision, tag, [])
    with transaction.atomic():
        with recording(journey, "brought the map in line through the API", by=by, at=at) as act:
            outside = Outside.of(source, by.workspace_id, journey.pk)
            if (current := tag_of(by, journey.pk, source)) != tag:
                raise Stale(act.journey.revision, current or "", _changed_since(act.journey, tag, outside))
            now = read_document(act.journey)
            then, ids = _wanted(journey, outside.take(data), now, by, at, source=source)
            patches = patches_between(now, then)
            apply_to(act, patches)
            refuse_misplaced(act, then)
            outside.keep(journey, by_kind(ids))
        told = [{**patch, "id": outside.called(patch["kind"], patch["id"])} for patch in patches] if source else patches
        given = {} if source else {said: own for known in ids.values() for said, own in known.items()}
        if only_look:
            transaction.set_rollback(True)
            return Replaced(journey.pk, now["revision"], tag, told, ids=given)
        return Replaced(journey.pk, journey.revision, tag_of(by, journey.pk, source) or "", told, act.written, given)


def _changed_since(journey: Journey, tag: str, outside: Outside) -> list[str]:
    """What the latest changes since the revision that the tag names have touched."""
    said = tag.partition("-")[0]
    revision = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
    changes = Change.objects.of(journey).since(revision).reverse()[:LAST]  # the map is locked meanwhile
    patches = changes.values_list("patches", flat=True)
    return sorted({outside.called(patch["kind"], patch["id"]) for listed in patches for patch in listed})


def _wanted(
    journey: Journey, data: Any, now: Document, by: Member, at: datetime, *, source: str = ""
) -> tuple[Document, dict[str, dict[str, str]]]:  # fmt: skip
    """(the map that the data speak of, ids that had to be others, by list)."""
    refuse_another_frame(data)
    faults = Faults()
    look_for_unknown(data, faults)
    _look_for_left_out(data, now, faults)
    title_in(data, faults)
    segment = segment_in(data, faults)
    known = take_in(by.workspace_id, *good_names(data, faults), at=at)
    then = to_document(data, *known, id_text, keep_ids=True, taken=_taken(data, now), faults=faults)
    look_at_whole(then, faults)
    look_for_handing_to_itself(then, faults)
    _keep_fixed_lanes(then, now, faults)
    given = _other_ids(data, then, faults, in_words_of=source)
    take_children(data, then, now, faults, by=by)
    faults.refuse()
    then["id"], then["revision"] = now["id"], now["revision"]
    then["journey"] = {**now["journey"], **then["journey"]}
    if segment:
        then["journey"]["segment_id"] = str(segment_named(by.workspace, segment, at=at).pk)
    for key in ("stages", "lanes"):
        _put_in_order(then[key], now[key])
    return then, given


def _look_for_left_out(data: dict[str, Any], now: Document, faults: Faults) -> None:
    """A list that does not come empties nothing: whoever means that says so."""
    for key in KEYS.values():
        if key == "lanes" and key not in data:
            faults.add("It is missing. A map has one lane of the kind “customer” and one of the kind “outside” at least.", key)
        elif key not in data and now[key]:
            faults.add(f"It is missing. “[]” would say that the map’s {len(now[key]):,} are to go.", key)


def _other_ids(data: dict[str, Any], then: Document, faults: Faults, *, in_words_of: str) -> dict[str, dict[str, str]]:
    """List -> ids that the data give -> what they have become, where they are others."""
    found: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    for model in KINDS:
        key = model.document_key
        for number, (row, id) in enumerate(zip(data.get(key, []), then[key], strict=True)):
            said = row["id"]
            if as_uuid(said) == id:  # The same id in capitals is the same id.
                continue
            found.setdefault(key, {})[said] = id
            if in_words_of and not can_be_called(said):
                faults.add(f"An id has at most {LONGEST} printable characters.", key, number, "id")
            elif not in_words_of and said in seen:
                faults.add(f"The id “{said[:40]}” stands in another list, too.", key, number, "id")
            seen.add(said)
    return found


def _taken(data: Any, now: Document) -> dict[str, set[str]]:
    """The ids in the data that elements of other maps bear."""
    found: dict[str, set[str]] = {}
    for model in KINDS:
        rows = data.get(model.document_key) if isinstance(data, dict) else None
        fits = isinstance(rows, list) and len(rows) <= MOST[model.document_key]  # else it is refused later
        said = [row.get("id") for row in rows if isinstance(row, dict)] if rows and fits else []
        new = {as_uuid(id) for id in said if isinstance(id, str)} - {""} - now[model.document_key].keys()
        if new:
            found[model.document_key] = ids_there(model, new)
    return found


def _keep_fixed_lanes(then: Document, now: Document, faults: Faults) -> None:
    """A map has one lane of the customer's and one outside lane, and they stay the ones they are."""
    numbers = {id: number for number, id in enumerate(then["lanes"])}
    for kind in (Lane.Kind.CUSTOMER, Lane.Kind.OUTSIDE):
        mine = next(id for id, lane in now["lanes"].items() if lane["kind"] == kind)
        said = next((id for id, lane in then["lanes"].items() if lane["kind"] == kind), None)
        if said is None:
            faults.add(f"There must be a lane of the kind “{kind}”.", "lanes")
        elif said != mine and mine in then["lanes"]:
            faults.add(f"The lane {mine} is the one of the kind “{kind}” and stays it.", "lanes", numbers[mine], "kind")
        elif said != mine:
            then["lanes"] = {mine if id == said else id: lane for id, lane in then["lanes"].items()}
            for card in then["touchpoints"].values():
                card["lane_id"] = mine if card["lane_id"] == said else card["lane_id"]
            for dismissal in then["dismissals"].values():
                dismissal["subject_id"] = mine if dismissal["subject_id"] == said else dismissal["subject_id"]


def _put_in_order(then: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> None:
    """The rows stand in the order that is wanted. Where those that are there stand so already they keep their places, and new
    ones come in between; else all are numbered anew."""
    stands = [id for id in sorted(now, key=lambda id: (now[id]["position"], id)) if id in then]
    if stands != [id for id in then if id in now] or not _fit_in(then, {id: now[id]["position"] for id in stands}):
        for number, row in enumerate(then.values(), start=1):
            row["position"] = STEP * number


def _fit_in(then: dict[str, dict[str, Any]], places: dict[str, float]) -> bool:
    """Whether there is room between the places."""
    last: float | None = None
    waiting: list[dict[str, Any]] = []
    for id, row in then.items():
        if id not in places:
            waiting.append(row)
            continue
        row["position"] = places[id]
        first = places[id] - STEP * (len(waiting) + 1) if last is None else last
        step = (places[id] - first) / (len(waiting) + 1)
        if waiting and step < 1e-6:
            return False
        for number, between in enumerate(waiting, start=1):
            between["position"] = first + step * number
        last, waiting = places[id], []
    for number, row in enumerate(waiting, start=1):
        row["position"] = (last or 0.0) + STEP * number
    return True
