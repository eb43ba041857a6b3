"""The doors to publishing: the dialog, the state of the draft, the versions, and what a map says about itself."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Change, Journey, Segment, Touchpoint, Version
from journeys.sheets import read_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def five_stages(owner):
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    return import_sheet(sheet, segment, "Map", name="x", by=owner, at=timezone.now())[0]


def url(journey, name, *args):
    return reverse(f"journeys:{name}", args=[journey.segment.workspace.slug, journey.pk, *args])


def text(client, address):
    """What one reads there."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


def first_card(journey):
    return Touchpoint.objects.filter(journey=journey).order_by("id").first()


def test_publishing_answers_in_words_and_a_second_time_says_that_nothing_is_new(client_for, editor, five_stages):
    client = client_for(editor)
    answer = client.post(url(five_stages, "publish"), {"note": " As agreed ", "seen": five_stages.revision})
    assert answer.json() == {"revision": five_stages.revision, "said": "Published version 1"}
    assert Version.objects.get().note == "As agreed"
    again = client.post(url(five_stages, "publish"), {"note": "Again"})
    assert (again.status_code, again.json()["message"]) == (422, "Nothing has changed since version 1.")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"note": "x" * 2001}, "note"),
        ({"note": "a\0b"}, "note"),
        ({"seen": "x"}, "seen"),
        ({"seen": "9" * 30}, "seen"),
        ({"seen": "-1"}, "seen"),
        ({"seen": "1"}, "seen"),
    ],
)
def test_what_cannot_be_published_is_refused_at_its_field(client_for, owner, five_stages, values, field):
    answer = client_for(owner).post(url(five_stages, "publish"), {"note": ""} | values)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert not Version.objects.exists()


def test_the_dialog_says_what_is_new_and_that_gaps_are_open(client_for, owner, five_stages, who):
    client = client_for(owner)
    told = text(client, url(five_stages, "publish_dialog"))
    assert "Publish version 1 The first version: 5 stages, 16 touchpoints, 6 roles" in told
    assert "28 gaps are open, 67 of 100 points. You can publish all the same." in told
    five_stages.publish("", **who)
    assert "Nothing has changed since version 1" in text(client, url(five_stages, "publish_dialog"))
    card = first_card(five_stages)
    card.edit({"title": "Call <b>", "offset_days": 9}, **who)
    told = text(client, url(five_stages, "publish_dialog"))
    assert "1 change since version 1" in told
    assert "1 retimed, 1 changed" in told
    assert f"Title: {card.title} → Call &lt;b&gt;" in told


def test_the_dialog_of_an_empty_map_offers_nothing(client_for, owner, journey):
    answer = client_for(owner).get(url(journey, "publish_dialog")).content.decode()
    assert "no card on the map yet" in answer
    assert 'value="publish"' not in answer


def test_many_changes_are_cut_with_how_many_more(client_for, owner, five_stages, who):
    five_stages.publish("", **who)
    card = first_card(five_stages)
    for n in range(45):
        Touchpoint.catch(five_stages, f"New {n}", card.stage, card.lane, n, **who)
    client = client_for(owner)
    assert "and 5 more" in text(client, url(five_stages, "publish_dialog"))
    assert "Draft, 45 changes since version 1" in text(client, url(five_stages, "draft_state"))


def test_the_state_of_the_draft_follows_what_is_published_changed_and_due(client_for, viewer, five_stages, who):
    client = client_for(viewer)
    assert text(client, url(five_stages, "draft_state")) == "Map Draft"
    five_stages.publish("", **who)
    assert text(client, url(five_stages, "draft_state")) == "Map Draft · version 1 published"
    first_card(five_stages).edit({"title": "Another"}, **who)
    assert text(client, url(five_stages, "draft_state")) == "Map Draft, 1 change since version 1"
    five_stages.edit({"review_on": timezone.localdate() - timedelta(days=3)}, **who)
    assert text(client, url(five_stages, "draft_state")) == "Map Draft, 1 change since version 1 · review was due 3 days ago"


def test_a_version_shows_the_map_and_the_names_of_then(client_for, viewer, five_stages, who):
    five_stages.publish("The first one\n\nwith <b> in it", **who)
    card = first_card(five_stages)
    was = card.title
    card.edit({"title": "Another title"}, **who)
    Role.objects.get(name="Support").rename("Helpers")
    five_stages.publish("", **who)
    client = client_for(viewer)
    page = client.get(url(five_stages, "version", 1)).content.decode()
    assert was in page
    assert "Another title" not in page
    assert "Support" in page
    assert "Helpers" not in page
    assert "<p>with &lt;b&gt; in it</p>" in page
    assert 'data-access="viewer"' in page
    page = client.get(url(five_stages, "version", 2)).content.decode()
    assert "Another title" in page
    assert "Helpers" in page
    told = text(client, url(five_stages, "versions"))
    assert told.index("Version 2") < told.index("Version 1") < told.index("The first one")
    for number in (0, 3, 10**30):
        assert client.get(url(five_stages, "version", number)).status_code == 404


def test_a_field_that_cards_have_got_since_is_unsaid_in_an_old_version(client_for, owner, five_stages, who):
    version = five_stages.publish("", **who)
    old = {id: {k: v for k, v in row.items() if k != "notes"} for id, row in version.document["touchpoints"].items()}
    later = Version.objects.freeze(five_stages, version.document | {"touchpoints": old}, version.names, "", **who)
    assert client_for(owner).get(url(five_stages, "version", later.number)).status_code == 200
    assert "version 2 published" in text(client_for(owner), url(five_stages, "draft_state"))


def test_versions_are_paged(client_for, owner, five_stages, who):
    card = first_card(five_stages)
    for n in range(32):
        card.edit({"title": f"Call {n}"}, **who)
        five_stages.publish(f"Note {n}", **who)
    client = client_for(owner)
    assert "Page 1 of 2" in text(client, url(five_stages, "versions"))
    assert "Note 0" in text(client, url(five_stages, "versions") + "?page=2")
    assert "Page 1 of 2" in text(client, url(five_stages, "versions") + "?page=%00")


@pytest.mark.parametrize("member", ["viewer", "contributor"])
def test_who_only_looks_sees_versions_and_publishes_none(client_for, five_stages, who, member, request):
    five_stages.publish("", **who)
    client = client_for(request.getfixturevalue(member))
    for name, *args in (("versions",), ("version", 1), ("draft_state",), ("about",)):
        assert client.get(url(five_stages, name, *args)).status_code == 200
    assert client.get(url(five_stages, "publish_dialog")).status_code == 403
    assert client.post(url(five_stages, "publish"), {"note": "No"}).status_code == 403
    assert client.post(url(five_stages, "edit_about"), {"title": "No"}).status_code == 403
    assert "data-publish" not in client.get(url(five_stages, "canvas")).content.decode()


def test_a_version_of_another_workspace_does_not_exist(client_for, stranger, five_stages, who):
    five_stages.publish("", **who)
    client = client_for(stranger)
    for slug in (five_stages.segment.workspace.slug, stranger.workspace.slug):
        for name, args in (("versions", []), ("version", [1]), ("draft_state", []), ("about", [])):
            address = reverse(f"journeys:{name}", args=[slug, five_stages.pk, *args])
            assert client.get(address).status_code == 404


def edit_about(client, journey, **values):
    return client.post(url(journey, "edit_about"), values)


def test_what_a_map_says_about_itself_is_saved_field_by_field(client_for, owner, editor, journey):
    client = client_for(editor)
    for values in ({"title": "Another"}, {"summary": "What we do"}, {"owner": editor.pk}, {"review_on": "2027-03-01"}):
        assert edit_about(client, journey, **values).status_code == 200
    found = Journey.objects.get(pk=journey.pk)
    assert (found.title, found.summary, found.owner, found.review_on) == ("Another", "What we do", editor, date(2027, 3, 1))
    labels = list(Change.objects.of(journey).order_by("revision").values_list("label", flat=True))
    assert labels[1:] == [
        "renamed the journey to Another",
        "edited what the journey says about itself",
        "changed the owner of the journey",
        "set the review to 1 March 2027",
    ]
    page = client.get(url(journey, "about")).content.decode()
    assert 'value="2027-03-01"' in page
    edit_about(client, journey, review_on="")
    edit_about(client, journey, owner="")
    found = Journey.objects.get(pk=journey.pk)
    assert (found.owner, found.review_on) == (None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"summary": "a\0b"}, "summary"),
        ({"summary": "x" * 4001}, "summary"),
        ({"review_on": "31.12.2026x"}, "review_on"),
        ({"review_on": "0002-12-01"}, "review_on"),
        ({"review_on": "9999-12-31"}, "review_on"),
        ({"review_on": "\0"}, "review_on"),
        ({"owner": "nobody"}, "owner"),
    ],
)
def test_what_a_map_cannot_say_is_refused_at_its_field(client_for, owner, journey, values, field):
    answer = edit_about(client_for(owner), journey, **values)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_nobody_of_another_workspace_and_nobody_who_has_left_becomes_the_owner(client_for, owner, stranger, editor, journey, who):
    editor.remove(**who)
    for member in (stranger, editor):
        assert edit_about(client_for(owner), journey, owner=member.pk).json()["field"] == "owner"


def test_home_says_the_version_and_that_a_review_is_due(client_for, viewer, five_stages, who):
    home = reverse("journeys:home", args=[viewer.workspace.slug])
    client = client_for(viewer)
    assert "Draft" in text(client, home)
    five_stages.publish("", **who)
    five_stages.edit({"review_on": timezone.localdate() - timedelta(days=1)}, **who)
    for address in (home, reverse("journeys:segment_journeys", args=[viewer.workspace.slug, five_stages.segment_id])):
        told = text(client, address)
        assert "Version 1" in told
        assert "Review was due 1 day ago" in told


def test_open_pages_are_told(client_for, owner, five_stages, django_capture_on_commit_callbacks):
    from journeys.live.telling import listeners

    heard = []
    listeners.append(heard.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            client_for(owner).post(url(five_stages, "publish"), {"note": ""})
    finally:
        listeners.remove(heard.append)
    assert heard == [{"journey": str(five_stages.pk), "event": "published", "data": {"number": 1}}]
