"""How what has happened is told, as JSON Schema: an entry of GET /changes, and the message of a webhook. Both say the same by the
same names (`told` in accounts/facts_told.py), which are those of the resources that they are about.
"""

from __future__ import annotations

from accounts.api.shapes import DAY, FLAG, ID, INSTANT, SOME_TEXT, TEXT, WHOLE, Schema, list_of, one_of, or_null, thing
from accounts.facts_told import KINDS, TYPES, kind_of
from accounts.models.webhook_delivery import PING

#: names of fields that are otherwise now
CHANGED: Schema = {"changed": list_of(TEXT)}
ROWS: Schema = thing(made=list_of(ID), changed=list_of(ID), deleted=list_of(ID))

_CUSTOMER: Schema = {"external_id": TEXT, "segment": ID, "owner": or_null(ID)}
_TRAVEL: Schema = {"customer": ID, "journey": ID, "version": ID}
_SCHEDULED: Schema = {"customer": ID, "enrolment": ID, "journey": ID, "touchpoint": ID, "state": TEXT}
_OF_KIND: dict[str, Schema] = {
    "customer": _CUSTOMER,
    "enrolment": {**_TRAVEL, "stage": or_null(ID), "cycle": WHOLE},
    "scheduled_touchpoint": _SCHEDULED,
    "request": {"customer": ID, "state": TEXT, "role": or_null(ID), "holder": or_null(ID)},
    "handoff": {
        "customer": ID, "enrolment": ID, "handoff": ID, "state": TEXT, "giver": or_null(ID), "receiver": or_null(ID),
    },
    "journey": {"revision": WHOLE, "by": or_null(ID)},
    "thread": {"journey": ID, "kind": TEXT, "element": or_null(ID)},
    "comment": {"journey": ID, "thread": ID, "by": or_null(ID)},
    "member": {"access": TEXT},
}  # fmt: skip
_OF_TYPE: dict[str, Schema] = {
    "customer.changed": {**_CUSTOMER, **CHANGED},
    "customer.assigned": {"role": ID, "member": or_null(ID), "from_on": or_null(DAY)},
    # Entries of before 045 are without the rows: they leave the log after 30 days.
    "enrolment.planned": {**_TRAVEL, "scheduled_touchpoints": ROWS},
    "scheduled_touchpoint.changed": {**_SCHEDULED, **CHANGED},
    "journey.published": {"revision": WHOLE, "version": ID, "number": WHOLE, "by": or_null(ID)},
    "journey.deleted": {"segment": ID},
}
#: what is told besides, by type
DATA: dict[str, Schema] = {
    name: {**thing(**_OF_TYPE.get(name, _OF_KIND.get(kind_of(name), {}))), "additionalProperties": False} for name in TYPES
}


def _of_any_type() -> Schema:
    """What a name may hold, whichever the type is."""
    found: dict[str, list[Schema]] = {}
    for data in DATA.values():
        for name, schema in data["properties"].items():
            if schema not in (known := found.setdefault(name, [])):
                known.append(schema)
    return {name: known[0] if len(known) == 1 else {"anyOf": known} for name, known in found.items()}


ANY_DATA: Schema = {
    "type": "object",
    "description": "By type; empty where there is nothing to add.",
    "properties": _of_any_type(),
}

FACT: Schema = thing(type=one_of(*TYPES), kind=one_of(*KINDS), id=ID, at=INSTANT, deleted=FLAG, data=ANY_DATA)
#: the body of a POST to a webhook; `data` of each type is in DATA, and that of a ping is empty
MESSAGE: Schema = thing(
    type=one_of(*TYPES, PING),
    timestamp={**INSTANT, "description": "When it happened."},
    workspace={**SOME_TEXT, "description": "The slug of the workspace in which it happened."},
    kind=one_of(*KINDS, kind_of(PING)),
    id={**ID, "description": "Of what it is about."},
    deleted={**FLAG, "description": "It is in no list any more."},
    data=ANY_DATA,
)
