"""A delivery goes by its playbook as that was when it was begun."""

from __future__ import annotations

import pytest
from django.urls import reverse

from customers.models import Contact
from playbooks.models import PlaybookVersion
from tests.touchpoints.sheets import NOW, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(owner):
    """The first touchpoint of a customer that has a playbook with a step."""
    _, version = published("gitlab-onboarding", owner)
    rows = ScheduledTouchpoint.objects.of(enrolled(version, owner)).in_order()
    found = next(row for row in rows if row.playbook and row.playbook.whole["steps"])
    Contact.objects.add(found.customer, name="Priya Rao", job="", email="", phone="", by=owner, at=NOW)
    return found


def rewrite(playbook, title):
    step = playbook.whole["steps"][0]
    playbook.edit("steps", step["id"], {"title": title}, at=NOW)


def test_what_was_begun_keeps_its_version_though_the_playbook_goes_on(client_for, contributor, viewer, row):
    rewrite(row.playbook, "Read what they wrote")
    address = reverse("touchpoints:delivery", args=[contributor.workspace.slug, row.pk])
    client = client_for(contributor)
    client.post(reverse("touchpoints:begin", args=[contributor.workspace.slug, row.pk]))
    row.refresh_from_db()
    assert (row.started_at is not None, row.playbook_version.number, row.state) == (True, 1, "planned")
    rewrite(row.playbook, "Something quite different")
    page = client.get(address).content.decode()
    assert "Read what they wrote" in page
    assert "Something quite different" not in page
    assert "keeps the version it began with" in page
    client.post(reverse("touchpoints:begin", args=[contributor.workspace.slug, row.pk]))
    client.post(reverse("touchpoints:finish", args=[contributor.workspace.slug, row.pk]), {"back": "delivery"})
    row.refresh_from_db()
    assert (row.state, row.playbook_version.number) == ("done", 1)
    assert PlaybookVersion.objects.of(row.playbook).count() == 1
    seen = client_for(viewer).get(address).content.decode()
    assert "Read what they wrote" in seen
    assert "Open again" not in seen


def test_what_was_not_begun_goes_by_the_playbook_as_it_is_and_keeps_that_when_it_is_done(client_for, owner, row):
    rewrite(row.playbook, "Call them by name")
    page = client_for(owner).get(reverse("touchpoints:delivery", args=[owner.workspace.slug, row.pk])).content.decode()
    assert "Call them by name" in page
    row.finish(row.due_on, by=owner, at=NOW)
    row.refresh_from_db()
    assert row.playbook_version.body["steps"][0]["title"] == "Call them by name"
    with pytest.raises(NotOpen, match="done already"):
        row.begin(by=owner, at=NOW)


def test_its_messages_are_filled_in(client_for, owner, row):
    message = {"name": "Hello", "channel": "email", "subject": "For {{ contact.name }}", "text": "Dear {{ custmer.name }}"}
    row.playbook.add("messages", {"id": "0190b4d0-0000-7000-8000-000000000001", **message}, at=NOW)
    page = client_for(owner).get(reverse("touchpoints:delivery", args=[owner.workspace.slug, row.pk])).content.decode()
    assert "For Priya Rao" in page
    assert "Dear {{ custmer.name }}" in page  # what nobody knows stays, so that the sender sees it
