"""What one thing said when it was read: its ETag. Who sends it back with a change (`If-Match`) overwrites nobody.

A tag is a sum over what is shown, so it is another one as soon as anything of that is, whoever changed it and however.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import orjson
from rest_framework.response import Response

from accounts.api.problems import Problem
from accounts.api.shapes import TEXT, Schema

#: our own; a proxy that packs the answer puts a word of its own behind one ("…-gzip"), or calls it weak
ONE_TAG = re.compile(r'(?:W/)?"([0-9a-f]{16})(?:[-;]\w+)?"')
KNOWN: dict[str, Schema] = {"If-None-Match": TEXT}
SEEN: dict[str, Schema] = {"If-Match": {**TEXT, "description": "The ETag that was read. Left out, the last one wins."}}


def tag_of(row: dict[str, Any]) -> str:
    whole = orjson.dumps(row, default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(whole, digest_size=8).hexdigest()


def tagged(row: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(row, status=status, headers={**(headers or {}), "ETag": f'"{tag_of(row)}"'})


def is_known(request: Any, row: dict[str, Any]) -> bool:
    """Whether who asks has it as it is."""
    return tag_of(row) in ONE_TAG.findall(request.headers.get("If-None-Match", ""))


def refuse_stale(request: Any, now: dict[str, Any]) -> None:
    """Raise Problem if the request says what it has seen, and that is not what it is `now`. The caller holds it."""
    said = request.headers.get("If-Match", "").strip()
    if said in ("", "*") or tag_of(now) in ONE_TAG.findall(said):
        return
    raise Problem(
        412, "changed-since", "Somebody has changed it since",
        hint="“now” says how it is. Bring your changes in, and send them with the ETag of this answer.",
        more={"now": now}, headers={"ETag": f'"{tag_of(now)}"'},
    )  # fmt: skip
