"""Receivers of webhooks: real servers on this machine, and what they are owed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import jsonschema_rs
import pytest
from django.utils import timezone

from accounts.models import Fact, Webhook, WebhookDelivery
from tests.accounts.test_outgoing import say, web_server
from tests.api.conftest import description


class Sink:
    """A receiver, and what it was sent."""

    def __init__(self, host, posts):
        self.host, self.posts = host, posts

    @property
    def url(self):
        return f"http://{self.host}/hook?key=secret"

    def ids(self):
        return [headers["webhook-id"] for _, headers, _ in self.posts]

    def told(self):
        """The messages, each of which has to be as the description of the API says that those of its type are."""
        found = [json.loads(body) for _, _, body in self.posts]
        for message, (_, headers, _) in zip(found, self.posts, strict=True):
            said = description()["webhooks"][message["type"]]["post"]
            schema = said["requestBody"]["content"]["application/json"]["schema"]
            jsonschema_rs.validate({**schema, "additionalProperties": False}, message, validate_formats=True)
            for header in (description()["components"]["parameters"][one["$ref"].split("/")[-1]] for one in said["parameters"]):
                jsonschema_rs.validate(header["schema"], headers[header["name"]])
        return found


@pytest.fixture
def receiving(settings):
    """receiving(answer, ...) -> a sink that answers so, one after the other, the last for ever; until the test is over."""
    open_ones = []

    def begin(*answers):
        answers = list(answers) or [say(204, "")]

        def answer(handler):
            return (answers.pop(0) if len(answers) > 1 else answers[0])(handler)

        server = web_server(answer)
        open_ones.append(server)
        sink = Sink(*server.__enter__())
        settings.OUTGOING_ALLOWED_HOSTS = [*settings.OUTGOING_ALLOWED_HOSTS, sink.host]
        return sink

    yield begin
    for server in open_ones:
        server.__exit__(None, None, None)


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def hooked(owner, at):
    def make(sink, **more):
        return Webhook.objects.make(sink.url, by=owner, at=at, **more)

    return make


def owing(hook, count=1, *, at, type="customer.changed"):
    """Messages as the log of facts would have them owed."""
    facts = [
        Fact(
            id=number,
            transaction=1,
            workspace_id=hook.workspace_id,
            type=type,
            subject=hook.pk,
            body={"external_id": f"crm-{number}", "segment": str(hook.pk), "owner": None, "changed": ["health"]},
            at=at,
        )
        for number in range(1, count + 1)
    ]
    return WebhookDelivery.objects.bulk_create(WebhookDelivery.telling(hook, fact, at=at) for fact in facts)


def again(*rows):
    for row in rows:
        row.refresh_from_db()
    return rows[0] if len(rows) == 1 else rows


def is_signed(headers, body, secret):
    """Whether one of the signatures is by this key. Written from the text of the spec, not from what signs."""
    content = headers["webhook-id"] + "." + headers["webhook-timestamp"] + "." + body.decode()
    assert secret.startswith("whsec_")
    expected = base64.b64encode(hmac.digest(base64.b64decode(secret[6:]), content.encode(), hashlib.sha256)).decode()
    return ("v1", expected) in [tuple(one.split(",", 1)) for one in headers["webhook-signature"].split(" ")]
