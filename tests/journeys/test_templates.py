"""Templates of a workspace, and a new journey begun with one, with nothing, or as a copy."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.ids import id_text, new_id
from journeys.keeping import keep_as_template
from journeys.models import Change, Journey, JourneyTemplate, Segment, Stage, Touchpoint
from journeys.models.journey_template import NameTaken
from journeys.reading import read_document
from journeys.sketching import sketch
from journeys.thumbnails import thumbnail

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def drawn(journey, owner):
    """A small map: a stage with a brief, a role's card with an external id, a customer's card."""
    stage = journey.add_stage("Onboard", by=owner, at=NOW, goal="Be up and running", length_days=30)
    support = owner.workspace.roles.get(name="Support")
    lane = journey.add_lane("", role=support, by=owner, at=NOW)
    card = Touchpoint.catch(journey, "Kick-off <b>", stage, lane, 0, by=owner, at=NOW)
    card.edit({"external_id": "CRM-1", "customer_view": "We meet"}, by=owner, at=NOW)
    return journey


@pytest.fixture
def kept(drawn, owner):
    return keep_as_template(drawn, "Our onboarding", "How we begin", by=owner, at=NOW)


def new_journey(segment):
    return reverse("journeys:new_journey", args=[segment.workspace.slug, segment.pk])


def begin(client, segment, **said):
    return client.post(new_journey(segment), said)


def test_a_template_stays_as_it_is_when_its_map_changes(kept, drawn, owner):
    was = kept.content
    drawn.add_stage("Later", by=owner, at=NOW)
    kept.refresh_from_db()
    assert kept.content == was
    assert [stage["name"] for stage in kept.content["stages"]] == ["Onboard"]
    assert {card["external_id"] for card in kept.content["touchpoints"]} == {""}
    assert str(kept.numbers) == "1 stage, 1 touchpoint, 1 role"


def test_one_of_that_name_is_replaced_only_if_that_was_said(kept, drawn, owner):
    drawn.add_stage("Later", by=owner, at=NOW)
    with pytest.raises(NameTaken):
        keep_as_template(drawn, "OUR onboarding ", "", by=owner, at=NOW)
    again = keep_as_template(drawn, "OUR onboarding ", "New", replace=True, by=owner, at=NOW)
    assert (again.pk, again.name, again.summary, again.stages) == (kept.pk, "OUR onboarding", "New", 2)
    assert JourneyTemplate.objects.count() == 1


def test_two_workspaces_may_use_one_name(kept, stranger):
    theirs = Journey.objects.begin(
        Segment.objects.make(stranger.workspace, "Theirs", at=NOW), "Theirs", by=stranger, at=NOW
    )  # fmt: skip
    keep_as_template(theirs, "Our onboarding", "", by=stranger, at=NOW)
    assert JourneyTemplate.objects.visible_to(stranger).count() == 1


def test_a_template_is_renamed_and_not_to_a_name_that_is_taken(client_for, editor, kept, drawn, owner):
    keep_as_template(drawn, "Another", "", by=owner, at=NOW)
    url = reverse("journeys:edit_template", args=[owner.workspace.slug, kept.pk])
    answer = client_for(editor).post(url, {"name": "another", "summary": ""})
    assert (answer.status_code, "called “another” already" in answer.content.decode()) == (422, True)
    assert client_for(editor).post(url, {"name": " Onboarding ", "summary": "x"}).status_code == 302
    kept.refresh_from_db()
    assert (kept.name, kept.summary) == ("Onboarding", "x")


def test_deleting_a_template_leaves_the_journeys_that_were_begun_with_it(client_for, editor, kept, journey):
    begin(client_for(editor), journey.segment, start=kept.key, title="Begun")
    client_for(editor).post(reverse("journeys:remove_template", args=[editor.workspace.slug, kept.pk]))
    assert not JourneyTemplate.objects.exists()
    assert Stage.objects.filter(journey__title="Begun").count() == 1


def save(client, journey, **said):
    return client.post(reverse("journeys:save_as_template", args=[journey.segment.workspace.slug, journey.pk]), said)


def test_saving_says_where_it_was_refused(client_for, editor, kept, drawn):
    client = client_for(editor)
    refused = save(client, drawn, name=kept.name, summary="")
    assert (refused.status_code, refused.json()["field"]) == (422, "replace")
    assert save(client, drawn, name=" ", summary="").json()["field"] == "name"
    assert save(client, drawn, name="x" * 121, summary="").json()["field"] == "name"
    assert save(client, drawn, name="x\0", summary="").json()["field"] == "name"
    assert save(client, drawn, name=kept.name, summary="new", replace="on").status_code == 200
    kept.refresh_from_db()
    assert (kept.summary, kept.made_by) == ("new", editor)


def test_saving_changes_nothing_on_the_map(client_for, editor, drawn):
    revision = drawn.revision
    drawn.refresh_from_db()
    assert save(client_for(editor), drawn, name="One", summary="").json()["revision"] == drawn.revision >= revision
    assert Change.objects.of(drawn).count() == drawn.revision


def test_a_template_of_another_workspace_does_not_exist(client_for, kept, stranger):
    client = client_for(stranger)
    slug = stranger.workspace.slug
    theirs = Segment.objects.make(stranger.workspace, "Theirs", at=NOW)
    assert client.get(reverse("journeys:template", args=[slug, kept.key])).status_code == 404
    for name in ("edit_template", "remove_template"):
        assert client.post(reverse(f"journeys:{name}", args=[slug, kept.pk])).status_code == 404
    answer = begin(client, theirs, start=kept.key, title="Mine")
    assert (answer.status_code, "no longer there" in answer.content.decode()) == (422, True)
    assert "Our onboarding" not in client.get(reverse("journeys:templates", args=[slug])).content.decode()
    assert "Our onboarding" not in client.get(new_journey(theirs) + f"?start={kept.key}").content.decode()


def test_a_journey_of_another_workspace_cannot_be_copied(client_for, drawn, stranger):
    client, theirs = client_for(stranger), Segment.objects.make(stranger.workspace, "Theirs", at=NOW)
    assert client.get(reverse("journeys:copy_journey", args=[stranger.workspace.slug, drawn.pk])).status_code == 404
    assert begin(client, theirs, start=str(drawn.pk), title="Mine").status_code == 422
    assert "Enterprise journey" not in client.get(new_journey(theirs) + "?q=Enterprise").content.decode()
    assert not Journey.objects.visible_to(stranger).exists()


def test_a_journey_is_not_copied_to_a_segment_of_another_workspace(client_for, editor, drawn, stranger):
    theirs = Segment.objects.make(stranger.workspace, "Theirs", at=NOW)
    url = reverse("journeys:copy_journey", args=[editor.workspace.slug, drawn.pk])
    answer = client_for(editor).post(url, {"segment": theirs.pk, "title": "Theirs now"})
    assert (answer.status_code, "field__error" in answer.content.decode()) == (422, True)
    assert not Journey.objects.filter(title="Theirs now").exists()


def test_a_viewer_looks_at_templates_and_is_offered_no_way_to_use_them(client_for, viewer, kept):
    client, slug = client_for(viewer), viewer.workspace.slug
    assert "Rename or delete" not in client.get(reverse("journeys:templates", args=[slug])).content.decode()
    page = client.get(reverse("journeys:template", args=[slug, kept.key])).content.decode()
    assert "Use this template" not in page
    assert client.get(reverse("journeys:new_journey", args=[slug, new_id()])).status_code == 403


def test_a_journey_is_copied_to_another_segment_by_the_page(client_for, editor, drawn):
    digital = Segment.objects.make(editor.workspace, "Digital", at=NOW)
    url = reverse("journeys:copy_journey", args=[editor.workspace.slug, drawn.pk])
    page = client_for(editor).get(url)
    assert "Copy of Enterprise journey" in page.content.decode()
    said = {"segment": digital.pk, "title": "Digital journey", "id": page.context["form"]["id"].value()}
    first, second = (client_for(editor).post(url, said) for _ in range(2))
    made = Journey.objects.get(segment=digital)
    assert first["Location"] == second["Location"] == reverse("journeys:canvas", args=[editor.workspace.slug, made.pk])
    assert [stage.name for stage in Stage.objects.filter(journey=made)] == ["Onboard"]


@pytest.mark.parametrize("what", ["nothing", "a template", "a copy"])
def test_a_form_that_is_sent_twice_begins_one_journey(client_for, editor, drawn, kept, what):
    start = {"nothing": "", "a template": kept.key, "a copy": str(drawn.pk)}[what]
    client, id = client_for(editor), id_text()
    answers = [begin(client, drawn.segment, start=start, title="Once", id=id) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {reverse("journeys:canvas", args=[editor.workspace.slug, id])}
    stages = [stage["name"] for stage in read_document(Journey.objects.get(title="Once"))["stages"].values()]
    assert stages == ([] if what == "nothing" else ["Onboard"])


def test_the_title_follows_what_one_begins_with_until_one_types_another(client_for, editor, drawn, kept):
    client = client_for(editor)
    digital = Segment.objects.make(editor.workspace, "Digital", at=NOW)
    suggested = client.get(new_journey(digital)).context["suggested"]
    assert suggested == "Digital journey"
    cases = [
        ({"start": "", "title": suggested}, "Digital journey"),
        ({"start": kept.key, "title": suggested}, "Our onboarding"),
        ({"start": kept.key, "title": "  "}, "Our onboarding"),
        ({"start": kept.key, "title": "My own"}, "My own"),
        ({"start": str(drawn.pk), "title": suggested}, "Enterprise journey"),
    ]
    for said, title in cases:
        begin(client, digital, suggested=suggested, **said)
        assert digital.journeys.latest_first().first().title == title
    begin(client, drawn.segment, start=str(drawn.pk))
    assert drawn.segment.journeys.filter(title="Copy of Enterprise journey").exists()


def test_a_refused_form_keeps_what_was_chosen_and_typed(client_for, editor, kept, journey):
    answer = begin(client_for(editor), journey.segment, start=kept.key, title="x" * 201, id=id_text())
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "x" * 201 in page
    assert "at most 200 characters" in page
    assert answer.context["key"] == kept.key


def test_journeys_to_copy_are_found_by_title_and_paged_and_the_chosen_one_is_there(client_for, editor, owner, drawn):
    for n in range(8):
        Journey.objects.begin(drawn.segment, f"Plan {n}", by=owner, at=NOW)
    client = client_for(editor)
    first = client.get(new_journey(drawn.segment))
    assert first.context["copies"].paginator.num_pages == 2
    found = client.get(new_journey(drawn.segment) + "?q=plan+3")
    assert [point.name for point in found.context["journeys"]] == ["Plan 3"]
    listed = {point.key for point in first.context["journeys"]}
    other = Journey.objects.exclude(pk__in=listed).first()
    chosen = client.get(new_journey(drawn.segment) + f"?start={other.pk}")
    assert chosen.context["journeys"][0].key == chosen.context["key"] == str(other.pk)
    assert "No journey is called that." in client.get(new_journey(drawn.segment) + "?q=nothing").content.decode()


def test_the_numbers_of_a_journey_are_those_of_the_template_it_would_make(client_for, editor, drawn, kept):
    page = client_for(editor).get(new_journey(drawn.segment))
    (point,) = page.context["journeys"]
    assert point.numbers == kept.numbers


def test_a_picture_is_drawn_once_and_then_the_maps_are_not_read(client_for, editor, kept):
    client, url = client_for(editor), reverse("journeys:templates", args=[editor.workspace.slug])
    assert thumbnail(sketch(kept.content)) in client.get(url).content.decode()
    with CaptureQueriesContext(connection) as queries:
        assert thumbnail(sketch(kept.content)) in client.get(url).content.decode()
    assert not any('"content"' in query["sql"] for query in queries)


def test_a_replaced_template_gets_a_new_picture(client_for, editor, kept, drawn, owner):
    client, url = client_for(editor), reverse("journeys:templates", args=[editor.workspace.slug])
    client.get(url)
    drawn.add_stage("Later", by=owner, at=NOW)
    later = keep_as_template(drawn, kept.name, "", replace=True, by=owner, at=timezone.now())
    assert thumbnail(sketch(later.content)) in client.get(url).content.decode()


def test_new_journey_asks_as_many_questions_for_many_journeys_as_for_one(client_for, editor, owner, drawn):
    client, url = client_for(editor), new_journey(drawn.segment)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for n in range(12):
        keep_as_template(drawn, f"Template {n}", "", by=owner, at=NOW)
        Journey.objects.begin(drawn.segment, f"Plan {n}", by=owner, at=NOW)
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few) + 1  # the templates themselves, now that there are any


def test_the_preview_shows_the_map_and_its_words_and_leads_back_with_it_chosen(client_for, editor, kept, drawn):
    url = reverse("journeys:template", args=[editor.workspace.slug, kept.key])
    page = client_for(editor).get(url + f"?segment={drawn.segment_id}").content.decode()
    assert 'class="card card--touchpoint"' in page
    assert "Be up and running" in page
    assert "“We meet”" in page
    assert "Kick-off &lt;b&gt;" in page
    assert "Kick-off <b>" not in page
    back = f"{new_journey(drawn.segment)}?start={kept.key}"
    assert back in page
    assert client_for(editor).get(back).context["key"] == kept.key
    Segment.objects.make(editor.workspace, "Digital", at=NOW)
    assert page.count("?start=") == 1
    assert client_for(editor).get(url).content.decode().count("?start=") == 2


def test_without_a_segment_one_makes_it_first_and_then_begins(client_for, owner, drawn, stranger):
    client, slug = client_for(stranger), stranger.workspace.slug
    home = client.get(reverse("journeys:home", args=[slug])).content.decode()
    assert "Make the first segment" in home
    answer = client.post(reverse("journeys:new_segment", args=[slug]), {"name": "First"})
    first = Segment.objects.visible_to(stranger).get()
    assert answer["Location"] == new_journey(first)
    assert client.post(reverse("journeys:new_segment", args=[slug]), {"name": "Second"})["Location"].endswith(f"/w/{slug}/")
    chosen = client.post(reverse("journeys:new_segment", args=[slug]) + "?start=x-y", {"name": "Third"})
    assert chosen["Location"].endswith("/journeys/new/?start=x-y")


def test_what_is_chosen_by_a_made_up_key_is_nothing(client_for, editor, journey):
    client = client_for(editor)
    for key in ("nothing-like-it", id_text(), "%00", "../../x", "²"):
        answer = client.get(new_journey(journey.segment) + f"?start={key}")
        assert (answer.status_code, answer.context["key"]) == (200, "")
        assert begin(client, journey.segment, start=key, title="x").status_code == 422
