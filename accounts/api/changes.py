"""What has happened in the workspace since one last asked: for whoever keeps something else in step with it."""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from rest_framework.response import Response

from accounts.api.fact_schemas import FACT
from accounts.api.paging import know_all, limit_of, refused
from accounts.api.problems import Problem
from accounts.api.shapes import FLAG, SOME_TEXT, TEXT, list_of, thing
from accounts.api.views import ApiRequest, ApiView
from accounts.facts_told import KINDS, TYPES, kind_of, told
from accounts.models import Access, Fact, Place

USUAL, MOST = 100, 500
FURTHEST = 2**63
SHOWN = ("transaction", "id", "type", "subject", "body", "at")


class Cursor(NamedTuple):
    """Where a client is, and when it was told so: by that it is known without keeping anything whether all that came since is
    still there."""

    place: Place
    given: datetime

    @classmethod
    def read(cls, said: str) -> Cursor:
        """Raises Problem."""
        try:
            transaction, id, given = orjson.loads(base64.b64decode(said.encode(), altchars=b"-_", validate=True))
            if not all(type(one) is int and 0 <= one < FURTHEST for one in (transaction, id, given)):
                raise ValueError(said)
            return cls(Place(transaction, id), datetime.fromtimestamp(given, UTC))
        except (ValueError, TypeError, OverflowError, OSError) as trouble:
            raise refused("cursor", "Take “next” as the answer before said it; without one you get that of now.") from trouble

    def __str__(self) -> str:
        parts = [*self.place, int(self.given.timestamp())]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).decode()


class Changes(ApiView):
    """Facts, the oldest first, from `cursor` on; without one none. `next` goes on from here, also where nothing is new."""

    doors = {"GET": Access.VIEWER}
    queries = {
        "GET": {
            "cursor": {**SOME_TEXT, "description": "From “next” of the answer before."},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            "types": {**SOME_TEXT, "description": f"Only these, with commas between them: {', '.join(TYPES)}."},
            "kinds": {**SOME_TEXT, "description": f"Only what is about these: {', '.join(KINDS)}."},
        }
    }
    refusals = {"GET": [410]}
    answers = {"GET": (200, thing(results=list_of(FACT), next=TEXT, more=FLAG))}

    def get(self, request: ApiRequest) -> Response:
        know_all(request, ["cursor", "limit", "types", "kinds"])
        limit, types = limit_of(request, USUAL, MOST), _types(request.query_params)
        now, end = Fact.objects.standing()
        found: list[dict[str, Any]] = []
        place, said = now, request.query_params.get("cursor")
        if said is not None:
            cursor = Cursor.read(said)
            if cursor.given < request.at - timedelta(days=settings.API_CHANGES_KEPT) or cursor.place.transaction > end:
                raise _expired()
            rows = Fact.objects.of_workspace(request.member.workspace_id).settled(now.transaction).after(cursor.place)
            if types is not None:
                rows = rows.of_types(types)
            found = [dict(row) for row in rows.in_order().values(*SHOWN)[: limit + 1]]
            # What is running may be seen a little longer at one time than at another: nobody is sent back.
            place = max(cursor.place, now)
        more = len(found) > limit
        if more:
            place = Place(found[limit - 1]["transaction"], found[limit - 1]["id"])
        results = [{**told(row["type"], row["subject"], row["body"]), "at": row["at"]} for row in found[:limit]]
        return Response({"results": results, "next": str(Cursor(place, request.at)), "more": more})


def _types(params: Any) -> set[str] | None:
    """Those that are asked for; None for all of them. Raises Problem."""
    if "types" not in params and "kinds" not in params:
        return None
    types = _some_of(params, "types", TYPES)
    kinds = _some_of(params, "kinds", KINDS)
    return {name for name in TYPES if name in types and kind_of(name) in kinds}


def _some_of(params: Any, name: str, known: Collection[str]) -> set[str]:
    if name not in params:
        return set(known)
    said = set(params[name].split(","))
    if unknown := said - set(known):
        raise refused(name, f"There is nothing called “{min(unknown)[:60]}”. There are {', '.join(known)}.")
    return said


def _expired() -> Problem:
    return Problem(
        410, "cursor-expired", "What came after this cursor is no longer kept",
        f"Changes are kept for {settings.API_CHANGES_KEPT} days.",
        more={"start": "/api/v1/changes"},
    )  # fmt: skip
