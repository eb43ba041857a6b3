"""A portable journey as it would be drawn, without a workspace: to look at it before one chooses, and to refuse what is wrong."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db.models import Model

from accounts.models import Role
from accounts.values import UNKEEPABLE, can_be_kept
from journeys.circles import find_circle
from journeys.document import Document
from journeys.faults import Faults
from journeys.models import Journey, Lane, Segment
from journeys.portable import names_in
from journeys.unpacking import to_document
from playbooks.models import Playbook

#: names that make up the longest circle that a message tells whole
LONGEST = 8


def sketch(data: Any, faults: Faults | None = None) -> Document:
    """The document of a portable journey with ids of its own; roles and playbooks stand in it by their names.

    `faults`: those that are known already. Raises NotPortable for all that beginning a journey from the data would refuse.
    """
    faults = Faults() if faults is None else faults
    numbers = count(1)
    owners, books = ({name.casefold(): name for name in names} for names in good_names(data, faults))
    document = to_document(data, owners, books, lambda: f"s{next(numbers)}", faults=faults)
    refuse_unsound(document)
    return document


def good_names(data: Any, faults: Faults) -> tuple[list[str], list[str]]:
    """The names of the roles and the titles of the playbooks that the data speak of, each once, without those that none can
    bear: these are faults."""
    found: dict[str, dict[str, str]] = {"role": {}, "playbook": {}}
    most = {"role": _most(Role, "name"), "playbook": _most(Playbook, "title")}
    for what, name, place in names_in(data):
        known = found[what]
        if (folded := name.casefold()) in known:
            continue
        if len(name) > most[what]:
            faults.add(f"The name of a {what} has at most {most[what]} letters, this has {len(name):,}.", *place)
        elif not can_be_kept(name):
            faults.add(UNKEEPABLE, *place)
        else:
            known[folded] = name
    return list(found["role"].values()), list(found["playbook"].values())


def segment_in(data: Any, faults: Faults) -> str:
    """The name of the segment that a map says it is of; "" if it does not say, or if none can bear it: that is a fault."""
    own = data.get("journey") if isinstance(data, dict) else None
    said = own.get("segment") if isinstance(own, dict) else None
    if said is None:
        return ""
    place, most = ("journey", "segment"), _most(Segment, "name")
    if not isinstance(said, str) or not said.strip():
        faults.add("It is the name of a segment.", *place)
    elif len(said.strip()) > most:
        faults.add(f"The name of a segment has at most {most} letters, this has {len(said.strip()):,}.", *place)
    elif not can_be_kept(said):
        faults.add(UNKEEPABLE, *place)
    else:
        return said.strip()
    return ""


def title_in(data: Any, faults: Faults) -> str:
    """The title that a map says it has; "" if it says none, or one that no map can bear: that is a fault."""
    own = data.get("journey") if isinstance(data, dict) else None
    said = own.get("title") if isinstance(own, dict) else None
    if said is None or (isinstance(said, str) and not said.strip()):
        faults.add("A map needs a title.", "journey", "title")
    elif isinstance(said, str) and len(said) <= _most(Journey, "title") and can_be_kept(said):
        return said
    return ""  # to_document says what is wrong with it


def _most(model: type[Model], name: str) -> int:
    field: Any = model._meta.get_field(name)
    return int(field.max_length)


def refuse_unsound(document: Document) -> None:
    """Raise NotPortable where the parts are well and the whole is no map."""
    faults = Faults()
    look_at_whole(document, faults)
    faults.refuse()


def look_at_whole(document: Document, faults: Faults) -> None:
    """What is wrong with a map whose parts are well, and stand in the order of the rows that they come from."""
    for kind in (Lane.Kind.CUSTOMER, Lane.Kind.OUTSIDE):
        of_kind = [number for number, lane in enumerate(document["lanes"].values()) if lane["kind"] == kind]
        for number in of_kind[1:]:
            faults.add(f"A map has one lane of the kind “{kind}”, and there is one before.", "lanes", number, "kind")
    for key in ("stages", "lanes", "touchpoints", "emotions"):
        seen: set[str] = set()
        for number, row in enumerate(document[key].values()):
            if (external_id := row["external_id"]) in seen:
                faults.add(f"The external id “{external_id[:40]}” comes twice.", key, number, "external_id")
            seen |= {external_id} - {""}
    _look_at_arrows(document, faults)


def look_for_handing_to_itself(document: Document, faults: Faults) -> None:
    """A handoff that leads back to its own card. Asked of what programs put back, and not of what is begun from: a map that was
    kept while it could be drawn can still be opened."""
    for number, handoff in enumerate(document["handoffs"].values()):
        if handoff["touchpoint_id"] == handoff["to_touchpoint_id"]:
            title = document["touchpoints"][handoff["touchpoint_id"]]["title"]
            faults.add(f"“{title[:40]}” is handed over to itself.", "handoffs", number, "to_touchpoint")


def _look_at_arrows(document: Document, faults: Faults) -> None:
    titles = {id: card["title"] for id, card in document["touchpoints"].items()}
    seen: set[tuple[str, str]] = set()
    sequence: dict[tuple[str, str], int] = {}
    for number, row in enumerate(document["connectors"].values()):
        source, target = arrow = row["source_id"], row["target_id"]
        if source == target:
            faults.add(f"An arrow leads from “{titles[source][:40]}” to itself.", "connectors", number, "target")
        elif arrow in seen:
            said = f"Two arrows lead from “{titles[source][:40]}” to “{titles[target][:40]}”."
            faults.add(said, "connectors", number, "target")
        elif row["kind"] == "sequence":
            sequence[arrow] = number
        seen.add(arrow)
    if circle := find_circle(sequence):
        told = " → ".join(titles[id][:40] for id in [*circle[:LONGEST], circle[0]])
        number = sequence[circle[-1], circle[0]]
        faults.add(f"The arrows in sequence close a circle: {told}.", "connectors", number, "target")
