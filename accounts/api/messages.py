"""The messages of webhooks, as the description of the API tells them: one of each type of fact, and the ping."""

from __future__ import annotations

from accounts.api.fact_schemas import DATA, MESSAGE
from accounts.api.shapes import TEXT, Schema, thing
from accounts.facts_told import GONE, TYPES, kind_of
from accounts.models.webhook_delivery import PING

#: header -> what it says, as accounts/signing.py writes them
SIGNED: dict[str, Schema] = {
    "webhook-id": {
        "schema": {**TEXT, "pattern": "^msg_[0-9a-f]{32}$"},
        "description": "The same with each attempt: a message whose id has come already is no other one.",
    },
    "webhook-timestamp": {
        "schema": {**TEXT, "pattern": r"^\d+$"},
        "description": "Unix seconds of this attempt. What is older than five minutes may be played again by somebody else.",
    },
    "webhook-signature": {
        "schema": {**TEXT, "pattern": r"^v1,[A-Za-z0-9+/=]+( v1,[A-Za-z0-9+/=]+)*$"},
        "description": "`v1,` and base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` under the secret. "
        "While a secret is replaced there are two, with a space between them: one has to be right.",
    },
}
HEARD: Schema = {
    "2XX": {"description": "It has arrived. Answer within ten seconds, and do the work afterwards."},
    "410": {"description": "The webhook is turned off at once: nobody wants to hear more."},
    "default": {
        "description": "It is sent again under the same `webhook-id` for three days, later and later; `Retry-After` is obeyed."
    },
}


def messages() -> Schema:
    """Name -> path item. The parameters stand among the components: `signed()`."""
    found = {name: _message(name, said, DATA[name]) for name, said in TYPES.items()}
    ping = "Somebody wants to see whether messages arrive. It is tried once."
    return {**found, PING: _message(PING, ping, {**thing(), "additionalProperties": False})}


def signed() -> Schema:
    return {name: {"name": name, "in": "header", "required": True, **said} for name, said in SIGNED.items()}


def _message(name: str, said: str, data: Schema) -> Schema:
    own: Schema = {
        "type": {"const": name},
        "kind": {"const": kind_of(name)},
        "deleted": {"const": name in GONE},
        "data": data,
    }
    return {
        "post": {
            "operationId": f"told_{name.replace('.', '_')}",
            "summary": said.removesuffix("."),
            "tags": ["webhooks"],
            "parameters": [{"$ref": f"#/components/parameters/{header}"} for header in SIGNED],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {**MESSAGE, "properties": MESSAGE["properties"] | own}}},
            },
            "responses": HEARD,
            "security": [],
        }
    }
