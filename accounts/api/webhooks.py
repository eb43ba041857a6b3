"""Webhooks through the API, for those who set them up by program. A secret is told when it is made, and never again but to who
sends that very request again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, Said, a_flag, some_text
from accounts.api.fact_schemas import MESSAGE
from accounts.api.paging import choice_of, flag_of, know_all
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One
from accounts.api.shapes import SWITCH, TEXT, Schema, list_of, one_of, or_null
from accounts.api.tags import refuse_stale, tagged
from accounts.api.views import ApiRequest, ApiView
from accounts.facts_told import TYPES
from accounts.models import Access, TooManyWebhooks, Webhook, WebhookDelivery
from accounts.outgoing import Refused, Unreachable
from accounts.tasks import send_soon

FIELDS = (
    "id", "url", "description", "types", "is_on", "failing_since", "disabled_at", "disabled_because", "old_key_until", "made_by",
    "made_at",
)  # fmt: skip
#: of an answer with a secret in it
UNKEPT = {"Cache-Control": "no-store"}
NAMES = {"old_key_until": "old_secret_until"}


def _types(said: Any) -> list[str]:
    if not isinstance(said, list):
        raise ValueError("It is a list.")
    if unknown := [one for one in said if not isinstance(one, str) or one not in TYPES]:
        raise ValueError(f"There is nothing called “{str(unknown[0])[:60]}”. There are {', '.join(TYPES)}.")
    return list(said)


def _address(said: Any) -> str:
    found: str = some_text(500).read(said)
    if not found.strip().isprintable():
        raise ValueError("An address has no line breaks and the like.")
    return found.strip()


SAID = {
    "url": Said(some_text(500).schema, _address),
    "description": some_text(100, least=0),
    "types": Said(list_of(one_of(*TYPES)), _types),
}
NEW, CHANGED = Body(SAID, ["url"]), Body(SAID | {"is_on": a_flag, "with_missed": a_flag})


class WithSecret(ApiView):
    untold = "secret"

    def secrets_of(self, request: ApiRequest, told: Mapping[str, Any]) -> list[str]:
        hook = Webhook.objects.visible_to(request.member).filter(pk=told["id"]).first()
        return hook.keys(at=request.at) if hook else []


class Webhooks(WithSecret, Listed):
    """Who outside is told what happens. No `types`: everything. `failing_since`: nothing has arrived from then on."""

    doors = {"GET": Access.ADMIN, "POST": Access.ADMIN}
    model = Webhook
    fields = FIELDS
    names = NAMES
    bodies = {"POST": NEW.schema}
    orders = {"made_at": "made_at", "id": "pk"}
    filters = {"is_on": SWITCH}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows = Webhook.objects.visible_to(request.member)
        return rows.turned(on=flag_of(request, "is_on")) if "is_on" in request.query_params else rows

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return super().answer_schema(method) if method == "GET" else (201, with_secret(cls.row_schema()))

    def post(self, request: ApiRequest) -> Response:
        """One more, told of what happens from now on. The answer has its `secret`: keep it."""
        know_all(request, ())
        said = NEW.read(request.data)
        try:
            made = Webhook.objects.make(said.pop("url"), **said, by=request.member, at=request.at)
        except TooManyWebhooks as trouble:
            title = "There are as many webhooks as there may be"
            hint = "GET /api/v1/webhooks lists them; those that are off count, too. DELETE takes one away."
            raise Problem(422, "invalid", title, errors=[("", str(trouble))], hint=hint) from trouble
        except (Refused, Unreachable) as trouble:
            raise ValidationError({"url": [str(trouble)]}) from trouble
        row = OneWebhook().read(request, made.pk)
        answer = tagged(row, 201, {"Location": f"/api/v1/webhooks/{made.pk}", **UNKEPT})
        answer.data = row | {"secret": made.key}
        return answer


class OneWebhook(One):
    doors = {"GET": Access.ADMIN, "PATCH": Access.ADMIN, "DELETE": Access.ADMIN}
    model = Webhook
    fields = FIELDS
    names = NAMES
    bodies = {"PATCH": CHANGED.schema}
    refusals = {"PATCH": [412], "DELETE": [412]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Webhook.objects.visible_to(request.member)

    def patch(self, request: ApiRequest, pk: UUID) -> Response:
        """Change what is said. With `is_on` it is turned on or off; `with_missed` beside it: with what has happened while it was
        off."""
        know_all(request, ())
        held(request, pk)  # what is not there has no body to be read
        said = CHANGED.read(request.data)
        is_on, with_missed = said.pop("is_on", None), said.pop("with_missed", False)
        if with_missed and not is_on:
            raise ValidationError({"with_missed": ["It goes with “is_on”: true."]})
        with transaction.atomic():
            hook = held(request, pk, to_change=True)
            refuse_stale(request, self.read(request, pk))
            if said:
                own = {name: getattr(hook, name) for name in SAID}
                try:
                    hook.change(**own | said, by=request.member, at=request.at)
                except (Refused, Unreachable) as trouble:
                    raise ValidationError({"url": [str(trouble)]}) from trouble
            if is_on:
                hook.turn_on(by=request.member, at=request.at, with_missed=with_missed)
            elif is_on is not None:
                hook.turn_off(by=request.member, at=request.at)
        return tagged(self.read(request, pk))

    def delete(self, request: ApiRequest, pk: UUID) -> Response:
        """With its secret and its log."""
        know_all(request, ())
        with transaction.atomic():
            hook = held(request, pk, to_change=True)
            refuse_stale(request, self.read(request, pk))
            hook.remove(by=request.member, at=request.at)
        return Response(status=204)


class RotatedSecret(WithSecret):
    """A new secret. For 24 hours messages are signed by both."""

    doors = {"POST": Access.ADMIN}

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return 200, with_secret(OneWebhook.row_schema())

    def post(self, request: ApiRequest, pk: UUID) -> Response:
        know_all(request, ())
        hook = held(request, pk)
        hook.rotate(by=request.member, at=request.at)
        return Response(OneWebhook().read(request, pk) | {"secret": hook.key}, headers=UNKEPT)


class OldSecret(ApiView):
    """The secret of before, while messages are signed by both."""

    doors = {"DELETE": Access.ADMIN}
    answers = {"DELETE": (204, None)}

    def delete(self, request: ApiRequest, pk: UUID) -> Response:
        """It signs nothing from now on, for who has lost it to somebody. Where it has ended already all is well."""
        know_all(request, ())
        held(request, pk).end_old_key(by=request.member, at=request.at)
        return Response(status=204)


class Deliveries(Listed):
    """The log of one, for 30 days, the latest first: each message with how it went. `message_id` is what the receiver sees as
    `webhook-id`."""

    doors = {"GET": Access.ADMIN}
    model = WebhookDelivery
    fields = (
        "id", "message_id", "type", "state", "attempts", "made_at", "tried_at", "next_at", "delivered_at", "status", "answer",
        "error", "payload",
    )  # fmt: skip
    known = {"message_id": TEXT, "payload": MESSAGE, "type": MESSAGE["properties"]["type"]}
    usual = "-id"
    filters = {"state": one_of(*WebhookDelivery.State.values)}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows = WebhookDelivery.objects.of(held(request, self.kwargs["pk"])).with_message_id()
        state = choice_of(request.query_params, "state", WebhookDelivery.State.values)
        return rows if state is None else rows.in_state(state)

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"payload": orjson.loads(row["payload"])} if "payload" in row else row


class Ping(ApiView):
    """A message that says nothing, to see whether it arrives, also where the webhook is off. It is tried once."""

    doors = {"POST": Access.ADMIN}
    answers = {"POST": (202, Deliveries.row_schema())}

    def post(self, request: ApiRequest, pk: UUID) -> Response:
        know_all(request, ())
        return sent(WebhookDelivery.objects.ping(held(request, pk), at=request.at))


class Resent(ApiView):
    """A message once more, under the same id, whether it had arrived or not."""

    doors = {"POST": Access.ADMIN}
    answers = {"POST": (202, Deliveries.row_schema())}

    def post(self, request: ApiRequest, pk: UUID, delivery: UUID) -> Response:
        know_all(request, ())
        found = WebhookDelivery.objects.of(held(request, pk)).filter(pk=delivery).first()
        if found is None:
            raise Http404
        if not found.send_again(at=request.at):
            raise Problem(409, "busy", "It is being sent just now", hint="Look at it in a moment.", headers={"Retry-After": "10"})
        return sent(found)


def sent(delivery: WebhookDelivery) -> Response:
    """It goes out in a moment; what is answered is how far it is."""
    send_soon(delivery)
    row = WebhookDelivery.objects.filter(pk=delivery.pk).with_message_id().values(*Deliveries.fields).get()
    return Response(Deliveries.shape(row), status=202)


def held(request: ApiRequest, pk: UUID, *, to_change: bool = False) -> Webhook:
    """Raises Http404."""
    rows = Webhook.objects.visible_to(request.member).select_related("workspace").filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if to_change else rows).first()
    if found is None:
        raise Http404
    return found


def with_secret(row: Schema) -> Schema:
    said = {**or_null(TEXT), "description": "Null only in an answer that is told again when there is another secret."}
    return {**row, "properties": row["properties"] | {"secret": said}, "required": [*row["required"], "secret"]}
