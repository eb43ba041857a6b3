from __future__ import annotations

from collections import Counter
from typing import Any

from rest_framework.response import Response

from accounts.api.bodies import Body, a_list
from accounts.api.paging import flag_of, know_all
from accounts.api.problem_types import ERROR
from accounts.api.problems import Problem
from accounts.api.shapes import DAY, FLAG, ID, SWITCH, WHOLE, Schema, list_of, one_of, or_null, thing
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from touchpoints.bringing_outcomes import Refused, bring_outcomes
from touchpoints.outcome_items import LONGEST, MOST, SAYS, Item

NUMBER: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 2**15 - 1}
ITEM: Schema = {
    "type": "object",
    "required": ["state", "on"],
    "properties": {
        "id": ID,
        "external_id": {"type": "string", "minLength": 1, "maxLength": LONGEST["external_id"]},
        "touchpoint": ID,
        "cycle": NUMBER,
        "occurrence": NUMBER,
        "state": one_of(*SAYS),
        "on": DAY,
        "outcome": {"type": ["string", "null"], "maxLength": LONGEST["outcome"]},
        "because": {"type": "string", "minLength": 1, "maxLength": LONGEST["because"]},
        "felt": {"type": ["integer", "null"], "minimum": -2, "maximum": 2},
    },
    "additionalProperties": False,
}
RESULT: Schema = {
    "type": "object",
    "required": ["result", "id"],
    "properties": {"result": one_of("settled", "unchanged", "bad"), "id": or_null(ID), "errors": list_of(ERROR)},
}


MANY = Body({"outcomes": a_list(ITEM, MOST)}, ["outcomes"])


class Outcomes(ApiView):
    """Up to 5,000 scheduled touchpoints, done or skipped elsewhere. Each is named by its id, or by its customer's external id and
    its touchpoint: then the one that says so already is meant, else the first that is open, else the last. One that says so
    already is unchanged; one that says otherwise is bad."""

    doors = {"POST": Access.CONTRIBUTOR}
    queries = {"POST": {"dry_run": SWITCH, "all_or_nothing": SWITCH}}
    bodies = {"POST": MANY.schema}
    answers = {
        "POST": (200, thing(counts={"type": "object", "additionalProperties": WHOLE}, dry_run=FLAG, results=list_of(RESULT)))
    }

    def post(self, request: ApiRequest) -> Response:
        know_all(request, ("dry_run", "all_or_nothing"))
        only_look, all_or_nothing = flag_of(request, "dry_run"), flag_of(request, "all_or_nothing")
        said = MANY.of(request)["outcomes"]
        try:
            items = bring_outcomes(said, by=request.member, at=request.at, all_or_nothing=all_or_nothing, only_look=only_look)
        except Refused as refusal:
            errors = [(f"/outcomes/{number}{at}", told) for number, item in enumerate(refusal.items) for at, told in item.errors]
            raise Problem(422, "invalid", "Some of them are not right, and none was taken", errors=errors[:1000]) from refusal
        counts = Counter(item.result for item in items)
        results = [_told(number, item) for number, item in enumerate(items)]
        return Response({"counts": counts, "dry_run": only_look, "results": results})


def _told(number: int, item: Item) -> dict[str, Any]:
    told: dict[str, Any] = {"result": item.result, "id": item.pk}
    if not item.errors:
        return told
    return told | {"errors": [{"pointer": f"/outcomes/{number}{at}", "detail": detail} for at, detail in item.errors]}
