"""What the document of a map looks like, as JSON Schema 2020-12, from the fields of the elements themselves."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.api.reading_about import PublishedSchema
from accounts.api.shapes import TEXT, WHOLE, Schema, list_of, of_field, one_of, or_null, thing
from journeys.document import KEYS
from journeys.models.element import Element
from journeys.portable import FORMAT, KINDS, LEFT_OUT, MOST, NAMED, REFERENCES, VERSION

#: what only some fields hold
KNOWN: dict[str, Schema] = {
    "package": list_of({"type": "object", "additionalProperties": TEXT, "required": ["item"]}) | {"maxItems": 50},
}
SAID = {
    "segment": "The name of a segment; one that is missing is made. Without it the map stays of the segment that it is of.",
    "id": "A UUID, or any text that is unique in its list: then it gets an id, which the answer tells.",
    "role": "The name of a role; one that is missing is made.",
    "owner": "The name of a role; one that is missing is made.",
    "to_role": "The name of a role; one that is missing is made.",
    "playbook": "The title of a playbook; one that is missing is made as a draft.",
}


def document_schema() -> Schema:
    own = thing(
        title={"type": "string", "minLength": 1, "maxLength": 200},
        summary={"type": "string", "maxLength": 4000},
        segment={"type": ["string", "null"], "minLength": 1, "description": SAID["segment"]},
    )
    properties: Schema = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "id": TEXT,
        "revision": WHOLE,
        "journey": {**own, "required": ["title"], "additionalProperties": False},
    }
    for model in KINDS:
        key = model.document_key
        properties[key] = {"type": "array", "maxItems": MOST[key], "items": _element(model)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Journey document",
        "description": "Stages and lanes stand in their order. A field of an element that is absent has its default; a list may "
        "only be absent where the map has nothing in it. "
        "“id” and “revision” say where it comes from and are not read.",
        "type": "object",
        "required": ["format", "version", "journey", "lanes"],
        "properties": properties,
        "additionalProperties": False,
    }


def _element(model: type[Element]) -> Schema:
    properties: Schema = {"id": {"type": "string", "minLength": 1, "description": SAID["id"]}}
    required = ["id"]
    for name in model.logged:
        if name == "child_id":
            properties["child"] = or_null({**TEXT, "description": "The id of the journey inside; without it, that stays."})
        if name in LEFT_OUT:
            continue
        field: Any = None if name == "subject_id" else model._meta.get_field(name)
        if name == "subject_id":
            properties |= {"kind": one_of("", "role", *KEYS), "subject": TEXT}
        elif name in NAMED:
            outside = NAMED[name][0]
            properties[outside] = or_null({**TEXT, "description": SAID[outside]})
        elif name in REFERENCES:
            outside, key = REFERENCES[name]
            said = {**TEXT, "description": f"The id of one of “{key}”."}
            properties[outside] = or_null(said) if field.null else said
            required += [] if field.null else [outside]
        else:
            properties[name] = _value(name, field)
            required += [name] if field.default is models.NOT_PROVIDED and not field.null and not field.blank else []
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _value(name: str, field: Any) -> Schema:
    if name in KNOWN:
        return KNOWN[name]
    found = of_field(field)
    for rule in field.validators:
        if isinstance(rule, (MinValueValidator, MaxValueValidator)):
            limit = rule.limit_value() if callable(rule.limit_value) else rule.limit_value
            found = {**found, "minimum" if isinstance(rule, MinValueValidator) else "maximum": limit}
    if isinstance(field, (models.CharField, models.TextField)) and field.max_length and "enum" not in found:
        found = {**found, "maxLength": field.max_length}
        found |= {"minLength": 1} if not field.blank else {}
    return found


class PublishedDocumentSchema(PublishedSchema):
    published = document_schema()
