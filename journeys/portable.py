"""A journey that can leave its workspace: roles and playbooks by name, ids of its own. What JSON files and templates hold.

Shape: {"format", "version", "journey": {...}, "stages": [...], "lanes": [...], "touchpoints": [...], "emotions": [...],
"connectors": [...], "handoffs": [...], "dismissals": [...]}. Stages and lanes stand in their order, without a position. Every
element has an "id", any text that is unique in its list; what refers to it ("stage", "lane", "source"...) repeats it. An absent
field is the default.
A dismissal says of which "kind" its "subject" is: "role" (by name), an element's kind (by id), or "" for the whole map.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import CharField, JSONField, TextField

from journeys.document import KEYS, Document, empty_document
from journeys.models import Connector, Dismissal, Emotion, Handoff, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused, Element
from journeys.rows import evident

FORMAT, VERSION = "touchline-journey", 1
KINDS: tuple[type[Element], ...] = (Stage, Lane, Touchpoint, Emotion, Connector, Handoff, Dismissal)
MOST = {
    "stages": 200,
    "lanes": 200,
    "touchpoints": 10_000,
    "emotions": 10_000,
    "connectors": 50_000,
    "handoffs": 10_000,
    "dismissals": 10_000,
}
#: logged attribute -> (its name in the file, the list it refers to)
REFERENCES = {
    "stage_id": ("stage", "stages"),
    "lane_id": ("lane", "lanes"),
    "source_id": ("source", "touchpoints"),
    "target_id": ("target", "touchpoints"),
    "touchpoint_id": ("touchpoint", "touchpoints"),
    "to_touchpoint_id": ("to_touchpoint", "touchpoints"),
}
NAMED = {
    "role_id": ("role", "role"),
    "owner_id": ("owner", "role"),
    "to_role_id": ("to_role", "role"),
    "playbook_id": ("playbook", "playbook"),
}
#: what does not travel: the order says the position, and a child is a journey of its own
LEFT_OUT = ("position", "child_id")


class NotPortable(Exception):
    """The data is no portable journey; the message says where and why."""


def portable(document: Document, roles: Mapping[str, str], playbooks: Mapping[str, str]) -> dict[str, Any]:
    """The document with names instead of foreign ids. `roles` and `playbooks`: id -> name."""
    names = {"role": roles, "playbook": playbooks}
    journey = document["journey"]
    result: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "journey": {"title": journey.get("title", ""), "summary": journey.get("summary", "")},
    }
    for model in KINDS:
        rows = sorted(document[model.document_key].items(), key=lambda row: (row[1].get("position", 0.0), row[0]))
        result[model.document_key] = [{"id": id, **_portable_row(fields, names)} for id, fields in rows]
    rows = result["dismissals"]
    result["dismissals"] = [row | said for row in rows if (said := _subject(row.pop("subject_id"), document, roles))]
    return result


def _subject(id: str, document: Document, roles: Mapping[str, str]) -> dict[str, str] | None:
    """What a dismissal is about, as the file says it; None if that is no longer there."""
    if not id or id in roles:
        return {"kind": "role" if id else "", "subject": roles[id] if id else ""}
    return next(({"kind": kind, "subject": id} for kind, key in KEYS.items() if id in document[key]), None)


def _portable_row(fields: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for attribute, value in fields.items():
        if attribute in LEFT_OUT:
            continue
        if attribute in NAMED:
            name, what = NAMED[attribute]
            row[name] = names[what].get(value, "") if value else ""
        elif attribute in REFERENCES:
            row[REFERENCES[attribute][0]] = value or ""
        else:
            row[attribute] = value
    return row


def named_in(data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The names of the roles and of the playbooks that a portable journey speaks of, each once, in order of appearance."""
    found: dict[str, dict[str, str]] = {"role": {}, "playbook": {}}
    for model in KINDS:
        rows = data.get(model.document_key) or []
        for row in rows if isinstance(rows, list) else []:
            about_role = isinstance(row, dict) and model is Dismissal and row.get("kind") == "role"
            for name, what in [("subject", "role")] if about_role else NAMED.values():
                value = row.get(name) if isinstance(row, dict) else None
                if isinstance(value, str) and value.strip():
                    found[what].setdefault(value.strip().casefold(), value.strip())
    return list(found["role"].values()), list(found["playbook"].values())


def refuse_unknown(data: Any) -> None:
    """Whoever keeps a map in step by documents has mistyped what nobody knows. Raises NotPortable."""
    if not isinstance(data, dict):
        return
    known = {"id", "revision", "format", "version", "journey", *KEYS.values()}
    if unknown := data.keys() - known:
        raise NotPortable(f"There is no “{str(min(unknown))[:40]}” in a document.")
    own = data.get("journey")
    if isinstance(own, dict) and (unknown := own.keys() - {"title", "summary", "segment"}):
        raise NotPortable(f"“journey”: there is no “{str(min(unknown))[:40]}”.")
    for model in KINDS:
        rows = data.get(model.document_key)
        names = {"id", *_names(model)}
        for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
            if isinstance(row, dict) and not row.keys() <= names:
                unknown = row.keys() - names
                raise NotPortable(f"{model.document_key}, number {number}: there is no “{str(min(unknown))[:40]}”.")


def _names(model: type[Element]) -> Iterator[str]:
    """What the fields of a kind are called in a document."""
    for name in model.logged:
        if name == "subject_id":
            yield from ("kind", "subject")
        elif name == "child_id":
            yield "child"
        elif name not in LEFT_OUT:
            yield (NAMED.get(name) or REFERENCES.get(name) or (name,))[0]


def to_document(
    data: Any,
    roles: Mapping[str, str],
    playbooks: Mapping[str, str],
    new_id: Callable[[], str],
    *,
    keep_ids: bool = False,
    taken: Mapping[str, Collection[str]] | None = None,
) -> Document:
    """The journey document of a portable journey. `roles` and `playbooks`: casefolded name -> id.

    Every element gets a new id; with `keep_ids` those that are UUIDs stay, unless they are `taken` (list -> ids). Raises
    NotPortable.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise NotPortable("This is not a Touchline journey: its “format” is not “touchline-journey”.")
    if data.get("version") != VERSION:
        said = data.get("version")
        called = f"of version {str(said)[:20]}" if isinstance(said, (int, str)) else "of no version"
        raise NotPortable(f"This journey is {called}; Touchline reads version {VERSION}.")
    if not isinstance(data.get("journey", {}), dict):
        raise NotPortable("“journey” must hold the title and the summary.")
    names = {"role": roles, "playbook": playbooks}
    document = empty_document()
    document["journey"] = {name: _own_words(data.get("journey", {}), name) for name in ("title", "summary")}
    ids: dict[str, dict[str, str]] = {}
    for model in KINDS:
        key = model.document_key
        rows = data.get(key, [])
        if not isinstance(rows, list) or len(rows) > MOST[key]:
            raise NotPortable(f"“{key}” must be a list of at most {MOST[key]:,}.")
        known = ids[key] = _ids(rows, key, new_id, keep_ids, (taken or {}).get(key, ()))
        defaults = _defaults(model)
        for number, row in enumerate(rows, start=1):
            fields = _fields(model, row, f"{key}, number {number}", ids, names, defaults)
            if "position" in model.logged:
                fields["position"] = float(number)
            document[key][known[row["id"]]] = fields
        # Most values are evidently what their fields hold; to look at each in the way of a form takes ten times as long.
        places = {known[row["id"]]: f"{key}, number {number}" for number, row in enumerate(rows, start=1)}
        for id, fields in evident(model, document[key].items())[1]:
            _refuse_bad(model, fields, places[id])
    return document


def _own_words(said: dict[str, Any], name: str) -> str:
    words = said.get(name)
    if words is not None and not isinstance(words, str):
        raise NotPortable(f"“journey”: “{name}” must be text.")
    return words or ""


def _ids(rows: list[Any], key: str, new_id: Callable[[], str], keep: bool, taken: Collection[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    used: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not row["id"]:
            raise NotPortable(f"{key}, number {number}: an “id” is missing.")
        if row["id"] in known:
            raise NotPortable(f"{key}, number {number}: the id “{row['id'][:40]}” comes twice.")
        own = as_uuid(row["id"]) if keep else ""
        if own in used:
            raise NotPortable(f"{key}, number {number}: the id “{own}” comes twice.")
        used |= {own} - {""}
        known[row["id"]] = own if own and own not in taken else new_id()
    return known


def _fields(
    model: type[Element],
    row: dict[str, Any],
    place: str,
    ids: dict[str, dict[str, str]],
    names: Mapping[str, Mapping[str, str]],
    defaults: Mapping[str, Any],
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for attribute in model.logged:
        if attribute in LEFT_OUT:
            fields[attribute] = None
            continue
        if attribute == "subject_id":
            fields[attribute] = _subject_id(row, place, ids, names["role"])
            continue
        name, what = NAMED.get(attribute) or REFERENCES.get(attribute) or (attribute, "")
        value = row.get(name, "" if what else defaults[attribute])
        if value is None and (what or not model._meta.get_field(attribute).null):
            value = "" if what else defaults[attribute]  # null is what an absent one is
        value = list(value) if isinstance(value, list) else value  # no two rows share one
        if not what:
            fields[attribute] = value
            continue
        if not isinstance(value, str):
            raise NotPortable(f"{place}: “{name}” must be text.")
        value = value.strip().casefold() if attribute in NAMED else value
        found = (names[what] if attribute in NAMED else ids[what]).get(value)
        if found is None and (value or not model._meta.get_field(attribute.removesuffix("_id")).null):
            raise NotPortable(f"{place}: no {name.replace('_', ' ')} “{value[:40]}” in this file.")
        fields[attribute] = found
    return fields


def _defaults(model: type[Element]) -> dict[str, Any]:
    blank = model()
    return {name: getattr(blank, name) for name in model.logged}


def _subject_id(row: dict[str, Any], place: str, ids: dict[str, dict[str, str]], roles: Mapping[str, str]) -> str:
    kind, subject = row.get("kind", ""), row.get("subject", "")
    if not isinstance(kind, str) or not isinstance(subject, str) or kind not in ("", "role", *KEYS):
        raise NotPortable(f"{place}: “kind” must be role, the kind of an element, or nothing, and “subject” its name or id.")
    if not kind:
        return ""
    found = roles.get(subject.strip().casefold()) if kind == "role" else ids.get(KEYS[kind], {}).get(subject)
    if found is None:
        raise NotPortable(f"{place}: no {kind} “{subject[:40]}” in this file.")
    return found


def _refuse_bad(model: type[Element], fields: dict[str, Any], place: str) -> None:
    own = [name for name in fields if name not in NAMED and name not in REFERENCES and name not in LEFT_OUT]
    for name in own:
        _refuse_odd(model, name, fields[name], f"{place}, {name.replace('_', ' ')}")
    element = model(**{name: fields[name] for name in own})
    if "position" in fields:
        element.position = 0.0  # type: ignore[attr-defined]
    try:
        element.refuse_bad_values()
    except ActRefused as refusal:
        raise NotPortable(f"{place}, {refusal.field.replace('_', ' ')}: {refusal.message}") from refusal
    except (ValidationError, TypeError, ValueError):
        raise NotPortable(f"{place}: a value is not what its field holds.") from None
    fields.update({name: getattr(element, name) for name in own})


def _refuse_odd(model: type[Element], name: str, value: Any, place: str) -> None:
    """What a model would take, though no door of ours would let it in: text that is none, too long, or nothing but blanks."""
    field: Any = model._meta.get_field(name)
    if isinstance(field, (CharField, TextField)):
        if not isinstance(value, str):
            raise NotPortable(f"{place}: it must be text.")
        if field.max_length and len(value) > field.max_length:
            raise NotPortable(f"{place}: at most {field.max_length:,} letters, this has {len(value):,}.")
        if not field.blank and value and not value.strip():
            raise NotPortable(f"{place}: it is empty.")
        if name == "anchor" and value not in ("", *Touchpoint.Anchor.values):
            raise NotPortable(f"{place}: {value} is none of {', '.join(Touchpoint.Anchor.values)}.")
    elif (isinstance(value, (dict, list, float)) or value == "") and not isinstance(field, JSONField):
        raise NotPortable(f"{place}: a value is not what its field holds.")


def as_uuid(text: str) -> str:
    """As we write it; "" if it is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""
