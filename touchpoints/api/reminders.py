from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.api.paging import choice_of, flag_of, id_of
from accounts.api.problems import Problem
from accounts.api.resources import Listed
from accounts.api.shapes import ID, SWITCH, one_of
from accounts.api.views import ApiRequest
from touchpoints.models import Reminder


class Reminders(Listed):
    """What you are, or were, to be told of. An admin may ask for a colleague's (`member`), and for all that could not be
    delivered (`undelivered=true`)."""

    model = Reminder
    fields = (
        "id", "member", "subject", "scheduled", "due_on", "kind", "channel", "state", "day", "owed_at", "remind_at", "sent_at",
        "attempts", "error",
    )  # fmt: skip
    names = {"scheduled": "scheduled_touchpoint"}
    orders = {"owed_at": "owed_at"}
    filters = {"member": ID, "scheduled_touchpoint": ID, "state": one_of(*Reminder.State.values), "undelivered": SWITCH}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Reminder.objects.visible_to(request.member), request.query_params
        undelivered = flag_of(request, "undelivered")
        of = id_of(said["member"], "member") if "member" in said else None
        if of != request.member.pk and (of or undelivered) and not request.member.can_administer:
            raise Problem(403, "not-allowed", "That is not allowed", "Only admins read what others are told.")
        if undelivered:
            rows = rows.undelivered()
        if of or not undelivered:
            rows = rows.to(of or request.member.pk)
        if (scheduled := said.get("scheduled_touchpoint")) is not None:
            rows = rows.about([id_of(scheduled, "scheduled_touchpoint")])
        state = choice_of(said, "state", Reminder.State.values)
        return rows if state is None else rows.in_state(state)
