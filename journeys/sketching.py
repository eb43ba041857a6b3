"""A portable journey as it would be drawn, without a workspace: to look at it before one chooses, and to refuse what is wrong."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

from django.db.models import Model

from accounts.models import Role
from journeys.circles import find_circle
from journeys.document import Document
from journeys.models import Journey, Lane, Segment
from journeys.portable import NotPortable, named_in, to_document
from playbooks.models import Playbook

#: names that make up the longest circle that a message tells whole
LONGEST = 8


def sketch(data: Any) -> Document:
    """The document of a portable journey with ids of its own; roles and playbooks stand in it by their names.

    Raises NotPortable for all that beginning a journey from the data would refuse.
    """
    roles, playbooks = named_in(data) if isinstance(data, dict) else ([], [])
    refuse_bad_names(roles, playbooks)
    numbers = count(1)
    owners, books = ({name.casefold(): name for name in names} for names in (roles, playbooks))
    document = to_document(data, owners, books, lambda: f"s{next(numbers)}")
    refuse_unsound(document)
    return document


def refuse_bad_names(roles: list[str], playbooks: list[str]) -> None:
    """Raise NotPortable for a name that no role, or a title that no playbook can bear."""
    for what, names, most in (
        ("role", roles, _most(Role, "name")),
        ("playbook", playbooks, _most(Playbook, "title")),
    ):
        for name in names:
            _refuse_unwritable(name, f"the {what} “{name[:40]}”")
            if len(name) > most:
                raise NotPortable(f"The name of the {what} “{name[:40]}…” is longer than {most} characters.")


def segment_in(data: Any) -> str:
    """The name of the segment that a map says it is of; "" if it does not say. Raises NotPortable for one that none can bear."""
    own = data.get("journey") if isinstance(data, dict) else None
    said = own.get("segment") if isinstance(own, dict) else None
    if said is None:
        return ""
    if not isinstance(said, str) or not said.strip():
        raise NotPortable("“journey”: “segment” is the name of a segment.")
    _refuse_unwritable(said, "“journey”: the “segment”")
    if len(said.strip()) > (most := _most(Segment, "name")):
        raise NotPortable(f"“journey”: the “segment” has at most {most} letters.")
    return said.strip()


def _most(model: type[Model], name: str) -> int:
    field: Any = model._meta.get_field(name)
    return int(field.max_length)


def refuse_unsound(document: Document) -> None:
    """Raise NotPortable where the parts are well and the whole is no map."""
    for key, rows in document.items():
        if isinstance(rows, dict):
            _refuse_unwritable(rows, f"“{key}”")
    for name in ("title", "summary"):
        most = _most(Journey, name)
        if len(document["journey"].get(name, "")) > most:
            raise NotPortable(f"The {name} of the journey is longer than {most:,} characters.")
    kinds = Counter(lane["kind"] for lane in document["lanes"].values())
    for kind in (Lane.Kind.CUSTOMER, Lane.Kind.OUTSIDE):
        if kinds[kind] > 1:
            raise NotPortable(f"“lanes”: a map has one lane of the kind “{kind}”, and here are {kinds[kind]}.")
    for key in ("stages", "lanes", "touchpoints", "emotions"):
        ids = Counter(row["external_id"] for row in document[key].values() if row["external_id"])
        for external_id, times in ids.items():
            if times > 1:
                raise NotPortable(f"“{key}”: the external id “{external_id[:40]}” comes twice.")
    _refuse_bad_arrows(document)


def refuse_handing_to_itself(document: Document) -> None:
    """Raise NotPortable for a handoff that leads back to its own card. Asked of what programs put back, and not of what is begun
    from: a map that was kept while it could be drawn can still be opened."""
    for handoff in document["handoffs"].values():
        if handoff["touchpoint_id"] == handoff["to_touchpoint_id"]:
            title = document["touchpoints"][handoff["touchpoint_id"]]["title"]
            raise NotPortable(f"“handoffs”: “{title[:40]}” is handed over to itself.")


def _refuse_bad_arrows(document: Document) -> None:
    titles = {id: card["title"] for id, card in document["touchpoints"].items()}
    arrows = [(row["source_id"], row["target_id"], row["kind"]) for row in document["connectors"].values()]
    seen: set[tuple[str, str]] = set()
    for source, target, _ in arrows:
        if source == target:
            raise NotPortable(f"“connectors”: an arrow leads from “{titles[source][:40]}” to itself.")
        if (source, target) in seen:
            raise NotPortable(f"“connectors”: two arrows lead from “{titles[source][:40]}” to “{titles[target][:40]}”.")
        seen.add((source, target))
    circle = find_circle((source, target) for source, target, kind in arrows if kind == "sequence")
    if circle:
        told = " → ".join(titles[id][:40] for id in [*circle[:LONGEST], circle[0]])
        raise NotPortable(f"“connectors”: the arrows in sequence close a circle: {told}.")


def _refuse_unwritable(value: Any, place: str) -> None:
    """Text that PostgreSQL cannot keep, however deep it lies."""
    if isinstance(value, dict):
        for part in value.values():
            _refuse_unwritable(part, place)
    elif isinstance(value, list):
        for part in value:
            _refuse_unwritable(part, place)
    elif isinstance(value, str) and not _can_be_kept(value):
        raise NotPortable(f"{place[:1].upper()}{place[1:]}: a text holds a character that cannot be kept.")


def _can_be_kept(text: str) -> bool:
    """Without the NUL character, and without half of a character that takes two."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
