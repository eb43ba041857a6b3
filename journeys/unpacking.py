"""What comes in as a portable journey (journeys/portable.py), as a document; or all that is wrong with it, each at its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import JSONField

from accounts.values import UNKEEPABLE, can_be_kept, of_field, one_of
from journeys.document import KEYS, Document, empty_document
from journeys.faults import Faults, NotPortable, Place
from journeys.models import Journey, Touchpoint
from journeys.models.element import ActRefused, Element
from journeys.portable import FORMAT, KINDS, LEFT_OUT, MOST, NAMED, REFERENCES, VERSION, as_uuid
from journeys.rows import evident

ODD = "It is not what this field holds."
MISSING = "It is missing."

#: what is read from a document in a way of its own
ONLY_OUTSIDE = {"child_id": "child", "segment_id": "segment", "subject_id": "subject"}
#: list -> id in the data -> id here; None of a list that cannot be read: whoever refers to it is not to blame
Ids = dict[str, dict[str, str] | None]


def to_document(
    data: Any,
    roles: Mapping[str, str],
    playbooks: Mapping[str, str],
    new_id: Callable[[], str],
    *,
    keep_ids: bool = False,
    taken: Mapping[str, Collection[str]] | None = None,
    faults: Faults | None = None,
) -> Document:
    """The journey document of a portable journey. `roles` and `playbooks`: casefolded name -> id.

    Every element gets a new id; with `keep_ids` those that are UUIDs stay, unless they are `taken` (list -> ids). Elements stand
    in the order of their rows. `faults`: those that are known already. Raises NotPortable with all that is wrong.
    """
    refuse_another_frame(data)
    faults = Faults() if faults is None else faults
    document = empty_document()
    document["journey"] = {name: _own_words(data.get("journey", {}), name, faults) for name in ("title", "summary")}
    rows_of = _Rows({"role": roles, "playbook": playbooks}, faults)
    for model in KINDS:
        key = model.document_key
        rows = data.get(key, [])
        if (key,) in faults.found:
            rows_of.ids[key] = None
            continue
        if not isinstance(rows, list) or len(rows) > MOST[key]:
            faults.add(f"It must be a list of at most {MOST[key]:,}.", key)
            rows_of.ids[key] = None
            continue
        own = rows_of.named(rows, key, new_id, keep_ids, (taken or {}).get(key, ()))
        document[key] = rows_of.read(model, rows, own)
    faults.refuse()
    return document


def refuse_another_frame(data: Any) -> None:
    """Raise NotPortable for what is something else altogether: there is nothing to look for in it."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        place: Place = ("format",) if isinstance(data, dict) else ()
        raise NotPortable((place, "This is not a Touchline journey: its “format” is not “touchline-journey”."))
    if data.get("version") != VERSION:
        said = data.get("version")
        if not isinstance(said, int):
            raise NotPortable((("version",), f"It is the number {VERSION}."))
        raise NotPortable((("version",), f"This journey is of version {str(said)[:20]}; Touchline reads version {VERSION}."))
    if not isinstance(data.get("journey", {}), dict):
        raise NotPortable((("journey",), "It must hold the title and the summary."))


def look_for_unknown(data: Any, faults: Faults) -> None:
    """Whoever keeps a map in step by documents has mistyped what nobody knows."""
    if not isinstance(data, dict):
        return
    _unknown(data, {"id", "revision", "format", "version", "journey", *KEYS.values()}, faults)
    if isinstance(data.get("journey"), dict):
        _unknown(data["journey"], {"title", "summary", "segment"}, faults, "journey")
    for model in KINDS:
        rows = data.get(model.document_key)
        names = {"id", *_names(model)}
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict) and not row.keys() <= names:
                _unknown(row, names, faults, model.document_key, number)


def _unknown(said: dict[str, Any], known: set[str], faults: Faults, *place: str | int) -> None:
    for name in said.keys() - known:
        faults.add(f"There is no such field here. There are {', '.join(sorted(known))}.", *place, name[:60])


def _names(model: type[Element]) -> Iterator[str]:
    """What the fields of a kind are called in a document."""
    for name in model.logged:
        if name == "subject_id":
            yield from ("kind", "subject")
        elif name == "child_id":
            yield "child"
        elif name not in LEFT_OUT:
            yield outside_name(name)


def outside_name(attribute: str) -> str:
    """What an attribute is called in a document."""
    return (NAMED.get(attribute) or REFERENCES.get(attribute) or (ONLY_OUTSIDE.get(attribute, attribute),))[0]


def _own_words(said: dict[str, Any], name: str, faults: Faults) -> str:
    words = said.get(name)
    if words is None or (isinstance(words, str) and not words.strip()):
        return ""
    if trouble := _odd(Journey, name, words):
        faults.add(trouble, "journey", name)
        return ""
    return str(words)


class _Rows:
    """Reads one list after the other; a later one refers to those before. `names`: "role" and "playbook" -> name -> id."""

    def __init__(self, names: Mapping[str, Mapping[str, str]], faults: Faults):
        self.names, self.faults = names, faults
        self.ids: Ids = {}
        #: lists of which some row has no id: whoever refers to it is not to blame
        self.doubtful: set[str] = set()

    def named(self, rows: list[Any], key: str, new_id: Callable[[], str], keep: bool, taken: Collection[str]) -> list[str]:
        """The ids that the rows get, in their order."""
        known: dict[str, str] = {}
        used: set[str] = set()
        found: list[str] = []
        for number, row in enumerate(rows):
            said = row.get("id") if isinstance(row, dict) else None
            own = as_uuid(said) if keep and isinstance(said, str) else ""
            if not isinstance(row, dict):
                self.faults.add("It must be an object.", key, number)
            elif not isinstance(said, str) or not said:
                self.faults.add(MISSING if said in (None, "") else "It is text.", key, number, "id")
            elif said in known or own in used:
                self.faults.add(f"The id “{said[:40]}” comes twice.", key, number, "id")
            else:
                used |= {own} - {""}
                known[said] = own if own and own not in taken else new_id()
                found.append(known[said])
                continue
            self.doubtful.add(key)
            found.append(f"?{number}")  # only to look at the rest of the row
        self.ids[key] = known
        return found

    def read(self, model: type[Element], rows: list[Any], own: list[str]) -> dict[str, dict[str, Any]]:
        """Id -> fields."""
        key, defaults = model.document_key, _defaults(model)
        found: dict[str, dict[str, Any]] = {}
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                continue
            fields = found[own[number]] = self._fields(model, row, (key, number), defaults)
            if "position" in model.logged:
                fields["position"] = float(number + 1)
        # Most values are evidently what their fields hold; to look at each in the way of a form takes ten times as long.
        others = evident(model, found.items())[1]
        places = {id: number for number, id in enumerate(own)} if others else {}
        for id, fields in others:
            self._look_closely(model, fields, (key, places[id]))
        return found

    def _fields(self, model: type[Element], row: dict[str, Any], place: Place, defaults: Mapping[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for attribute, name, refers in _plan(model):
            if refers:
                value = row.get(name)
                fields[attribute] = self._referred(model, attribute, "" if value is None else value, (*place, name))
                continue
            value = row.get(name, default := defaults[attribute])
            if value is None and not model._meta.get_field(attribute).null:
                value = default  # null is what an absent one is
            fields[attribute] = list(value) if type(value) is list else value  # no two rows share one
        if "subject_id" in model.logged:
            fields["subject_id"] = self._subject_id(row, place)
        fields.update(dict.fromkeys(set(LEFT_OUT).intersection(model.logged)))
        return fields

    def _referred(self, model: type[Element], attribute: str, value: Any, place: Place) -> str | None:
        """The id of what a row refers to."""
        if not isinstance(value, str):
            self.faults.add("It is text.", *place)
            return None
        if attribute in NAMED:
            known: Mapping[str, str] | None = self.names[NAMED[attribute][1]]
            value = value.strip().casefold()
        else:
            key = REFERENCES[attribute][1]
            known = None if value and key in self.doubtful else self.ids[key]
        found = known.get(value) if known is not None else ""
        if found is None and (value or not model._meta.get_field(attribute.removesuffix("_id")).null):
            what = str(place[-1]).replace("_", " ")
            self.faults.add(f"There is no {what} “{value[:40]}” in this document." if value else MISSING, *place)
        return found or None

    def _subject_id(self, row: dict[str, Any], place: Place) -> str:
        kind, subject = row.get("kind", ""), row.get("subject", "")
        if not isinstance(kind, str) or kind not in ("", "role", *KEYS):
            self.faults.add("It is “role”, the kind of an element, or nothing.", *place, "kind")
            return ""
        if not isinstance(subject, str):
            self.faults.add("It is text.", *place, "subject")
            return ""
        if not kind:
            return ""
        known = self.names["role"] if kind == "role" else self.ids.get(KEYS[kind], {})
        found = known.get(subject.strip().casefold() if kind == "role" else subject) if known is not None else ""
        if found is None:
            self.faults.add(f"There is no {kind} “{subject[:40]}” in this document.", *place, "subject")
        return found or ""

    def _look_closely(self, model: type[Element], fields: dict[str, Any], place: Place) -> None:
        own = [name for name in fields if name not in NAMED and name not in REFERENCES and name not in LEFT_OUT]
        wrong = {name: said for name in own if (said := _odd(model, name, fields[name]))}
        element = model(**{name: fields[name] for name in own if name not in wrong})
        if "position" in fields:
            element.position = 0.0  # type: ignore[attr-defined]
        try:
            element.refuse_bad_values()
        except ActRefused as refusal:
            cause = refusal.__cause__  # which knows all of them
            every = cause.message_dict if isinstance(cause, ValidationError) else {refusal.field: [refusal.message]}
            wrong = {**{name: messages[0] for name, messages in every.items()}, **wrong}
        except (ValidationError, TypeError, ValueError):
            wrong = wrong or {"": ODD}
        else:
            wrong |= {name: UNKEEPABLE for name in own if name not in wrong and not can_be_kept(fields[name])}
        for name, words in wrong.items():
            self.faults.add(words, *place, *([name] if name else []))
        fields.update({name: getattr(element, name) for name in own if name not in wrong})


@cache
def _plan(model: type[Element]) -> tuple[tuple[str, str, bool], ...]:
    """(attribute, what it is called in a row, whether it refers to something) of what is read from a row as it stands."""
    own = [name for name in model.logged if name not in (*LEFT_OUT, "subject_id")]
    return tuple((name, outside_name(name), name in NAMED or name in REFERENCES) for name in own)


def _defaults(model: type[Element]) -> dict[str, Any]:
    blank = model()
    return {name: getattr(blank, name) for name in model.logged}


def _odd(model: Any, name: str, value: Any) -> str:
    """Why a value is not of the kind that its field holds; "" if it is, or if there is none."""
    field: Any = model._meta.get_field(name)
    try:
        if value is not None and not isinstance(field, JSONField):  # its own validators look first how deep it is
            of_field(field, value)
        if name == "anchor":
            one_of(value, ["", *Touchpoint.Anchor.values])
    except ValueError as trouble:
        return str(trouble)
    return ""
