"""The document of a map as a program reads it and puts it back."""

from __future__ import annotations

from journeys.models import Journey

KEYS = ("stages", "lanes", "touchpoints", "emotions", "connectors", "handoffs", "dismissals")


def read(client, journey):
    answer = client.ask("GET", f"journeys/{journey.pk}/document")
    assert answer.status_code == 200
    return answer.json(), answer["ETag"]


def put(client, journey, document, tag, query=""):
    return client.ask("PUT", f"journeys/{journey.pk}/document{query}", document, If_Match=tag)


def revision_of(journey):
    return Journey.objects.get(pk=journey.pk).revision
