"""Begin a journey with a template, by keyboard alone and after a look at it; save one's own."""

from django.urls import reverse
from playwright.sync_api import expect

from journeys.models import Journey, JourneyTemplate, Stage
from journeys.ready_made import ready_made


def new_journey(journey):
    return reverse("journeys:new_journey", args=[journey.segment.workspace.slug, journey.segment_id])


def test_a_template_is_picked_by_keyboard_and_the_title_follows_until_one_types(visit, owner, five_stages):
    first, second = list(ready_made().values())[:2]
    page = visit(owner, new_journey(five_stages), width=1440, height=900)
    title = page.get_by_role("textbox", name="Title")
    expect(title).to_have_value("Enterprise journey")
    page.get_by_role("radio", name="Empty map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name=first.name, exact=True)).to_be_checked()
    expect(title).to_have_value(first.name)
    page.keyboard.press("ArrowRight")
    expect(title).to_have_value(second.name)
    page.keyboard.press("Enter")
    expect(page.locator("#journey-title")).to_have_text(second.name)
    expect(page.locator(".stage")).to_have_count(len(second.content["stages"]))
    assert Journey.objects.get(title=second.name).segment == five_stages.segment


def test_a_look_at_a_template_leads_back_with_it_chosen(visit, owner, five_stages):
    template = next(iter(ready_made().values()))
    stage = template.content["stages"][0]
    card = next(card for card in template.content["touchpoints"] if card["customer_view"])
    page = visit(owner, new_journey(five_stages), width=1440, height=900)
    page.get_by_role("link", name=f"Preview {template.name}").click()
    expect(page.locator(".map .card")).to_have_count(len(template.content["touchpoints"]))
    expect(page.locator("[data-zoom-shown]")).not_to_have_text("100 %")  # it fits the view once its script runs
    page.get_by_role("button", name=stage["name"], exact=True).click()
    about = page.get_by_role("region", name=stage["name"])
    expect(about).to_be_focused()
    expect(about).to_contain_text(stage["success"])
    page.locator(".map .card", has_text=card["title"]).first.click()
    expect(page.get_by_role("article", name=card["title"]).first).to_be_in_viewport()
    expect(page.get_by_role("article", name=card["title"]).first).to_contain_text(card["customer_view"])
    expect(page.locator(".toolbar")).to_be_in_viewport()
    page.get_by_role("link", name="Use this template").click()
    expect(page.get_by_role("radio", name=template.name, exact=True)).to_be_checked()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#journey-title")).to_have_text(template.name)


def test_a_search_for_a_journey_to_copy_keeps_what_was_typed(visit, owner, five_stages):
    page = visit(owner, new_journey(five_stages), width=1440, height=900)
    page.get_by_role("textbox", name="Title").fill("My own title")
    search = page.get_by_role("searchbox", name="Search journeys by title")
    search.fill("nothing like it")
    search.press("Enter")
    expect(page.get_by_text("No journey is called that.")).to_be_visible()
    search.fill("enterprise")
    search.press("Enter")
    page.get_by_role("radio", name="Enterprise journey").check()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#journey-title")).to_have_text("My own title")
    assert Stage.objects.filter(journey__title="My own title").count() == 5


def test_a_journey_saved_as_a_template_replaces_one_of_its_name_only_when_told(visit, owner, five_stages):
    page = visit(owner, reverse("journeys:canvas", args=[owner.workspace.slug, five_stages.pk]), width=1440, height=900)
    dialog = page.get_by_role("dialog", name="Save as a template")
    for summary in ("First", "Second"):
        page.get_by_label("More", exact=True).click()
        page.get_by_role("button", name="Save as a template…").click()
        expect(dialog.get_by_label("Put this one in its place")).to_be_hidden()  # until it has been refused
        dialog.get_by_label("Name").fill("Ours")
        dialog.get_by_label("What it is good for").fill(summary)
        dialog.get_by_role("button", name="Save").click()
        if summary == "Second":
            expect(dialog.get_by_role("alert")).to_contain_text("called “Ours” already")
            assert JourneyTemplate.objects.get().summary == "First"
            dialog.get_by_label("Put this one in its place").check()
            dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_be_hidden()
    expect(page.locator("#announcer")).to_contain_text("Saved as the template Ours")
    assert JourneyTemplate.objects.get().summary == "Second"


def test_a_journey_is_copied_from_its_card_on_the_home_page(visit, owner, five_stages):
    page = visit(owner, reverse("journeys:home", args=[owner.workspace.slug]), width=1440, height=900)
    page.get_by_label("More about Enterprise journey").click()
    page.get_by_role("link", name="Copy the whole journey…").click()
    page.get_by_label("Title of the copy").fill("Another one")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#journey-title")).to_have_text("Another one")
    expect(page.locator(".stage")).to_have_count(5)
