"""Every screen, light and dark: nothing serious or critical for axe-core."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Webhook, WebhookDelivery
from customers.models import Request
from journeys.ready_made import ready_made
from playbooks.models import Playbook
from tests.browser.troubles import OF_COLOURS, serious_troubles
from tests.touchpoints.sheets import START, enrolled, published
from touchpoints.models import EnrolmentRule, Passage, PlanningJob, Reminder, ScheduledTouchpoint
from touchpoints.passing import open_days
from touchpoints.reminding.mails import unsubscribe_token

pytestmark = pytest.mark.django_db(transaction=True)


def reminding(member, row):
    """How one is reminded, with days off; what did not arrive; where the link of a mail leads."""
    slug, now = member.workspace.slug, timezone.now()
    Absence.objects.add(member, first_on=now.date(), last_on=now.date(), stand_in=None, by=member, at=now)
    Reminder.objects.create(
        workspace=member.workspace, member=member, subject=member, channel="email", kind="due", scheduled=row, due_on=row.due_on,
        day=row.due_on, owed_at=now, remind_at=now, state="failed", error="550 No such mailbox", attempts=10,
    )  # fmt: skip
    yield reverse("touchpoints:reminders", args=[slug])
    yield reverse("touchpoints:undelivered", args=[slug])
    yield reverse("unsubscribe", args=[unsubscribe_token(member.pk, "digest")])


def webhooks(member):
    """Where they are listed and added, and one that was turned off, with something of each state in its log."""
    slug, now = member.workspace.slug, timezone.now()
    hook = Webhook.objects.make("https://1.1.1.1/hook", types=["role.made"], by=member, at=now)
    for _ in range(2):
        ping = WebhookDelivery.objects.ping(hook, at=now)
        WebhookDelivery.objects.take(ping.pk, at=now).note_taken(200, "thanks", at=now)
    WebhookDelivery.objects.take(WebhookDelivery.objects.ping(hook, at=now).pk, at=now).note_failed(
        "It answered 500: out.", at=now
    )
    hook.rotate(by=member, at=now)
    hook.disable("It answered 410.", at=now)
    yield reverse("accounts:webhooks", args=[slug])
    yield reverse("accounts:webhook", args=[slug, hook.pk])


def screens(journey):
    slug = journey.segment.workspace.slug
    yield reverse("account_login")
    yield reverse("profile")
    yield reverse("workspaces")
    for name in ("home", "new_segment"):
        yield reverse(f"journeys:{name}", args=[slug])
    yield reverse("journeys:segment_journeys", args=[slug, journey.segment_id])
    yield reverse("journeys:canvas", args=[slug, journey.pk])
    yield reverse("journeys:versions", args=[slug, journey.pk])
    yield reverse("journeys:compare_maps", args=[slug])
    yield reverse("journeys:print_map", args=[slug, journey.pk])
    yield reverse("journeys:new_journey", args=[slug, journey.segment_id])
    yield reverse("journeys:copy_journey", args=[slug, journey.pk])
    yield reverse("journeys:templates", args=[slug])
    yield reverse("journeys:template", args=[slug, next(iter(ready_made()))])
    for name in ("members", "notices", "roles", "settings", "calendar", "audit", "tokens"):
        yield reverse(f"accounts:{name}", args=[slug])
    yield from webhooks(journey.owner)
    yield reverse("playbooks:playbooks", args=[slug])
    playbook = Playbook.objects.visible_to(journey.owner).in_order().first()
    yield reverse("playbooks:playbook", args=[slug, playbook.pk])
    yield reverse("playbooks:playbook_versions", args=[slug, playbook.pk])
    yield reverse("playbooks:playbook_version", args=[slug, playbook.pk, playbook.freeze(at=timezone.now()).number])
    _, version = published("gitlab-onboarding", journey.owner)
    enrolment = enrolled(version, journey.owner, renewal_on=START, health=1)
    customer = enrolment.customer_id
    job = PlanningJob.objects.ask_to_enrol([customer], version, START, by=journey.owner, at=timezone.now())
    for name in ("customers", "new_customer", "import_customers"):
        yield reverse(f"customers:{name}", args=[slug])
    for name in ("customer", "edit_customer"):
        yield reverse(f"customers:{name}", args=[slug, customer])
    rule = {"by": journey.owner, "at": timezone.now()}
    EnrolmentRule.objects.make(version.journey.segment, version.journey, EnrolmentRule.Starts.ADDED, **rule)
    for name in ("enrol_segment", "enrol_list", "enrolment_rules", "planning_jobs"):
        yield reverse(f"touchpoints:{name}", args=[slug])
    for name in ("enrol_customer", "plan"):
        yield reverse(f"touchpoints:{name}", args=[slug, customer])
    yield reverse("touchpoints:timeline", args=[slug, enrolment.pk])
    yield reverse("touchpoints:timeline_card", args=[slug, enrolment.pk, next(iter(version.document["touchpoints"]))])
    for name in ("travel", "move_to_stage", "move_over", "leave"):
        yield reverse(f"touchpoints:{name}", args=[slug, enrolment.pk])
    renewed = f"?on={START}&stage={enrolment.stage_id}&renewal_on=2030-01-01"
    yield reverse("touchpoints:renew", args=[slug, enrolment.pk]) + renewed
    row = next(row for row in ScheduledTouchpoint.objects.of(enrolment).in_order() if row.playbook)
    row.begin(by=journey.owner, at=timezone.now())
    yield reverse("touchpoints:delivery", args=[slug, row.pk])
    yield reverse("touchpoints:move_all_over", args=[slug, enrolment.journey_id])
    yield reverse("touchpoints:planning_job", args=[slug, job.pk])
    open_days(at=timezone.now() + timedelta(days=30))
    passage = Passage.objects.get(customer=customer)
    for name in ("today", "week", "team", "all_of_today", "rearrange_today", "saved_today_views", "done_today", "calendar_feed"):
        yield reverse(f"touchpoints:{name}", args=[slug])
    yield reverse("touchpoints:sendings", args=[slug])
    yield reverse("touchpoints:sendings", args=[slug]) + "?show=log"
    asked = Request.objects.log(
        enrolment.customer, "Who does the handover?", by=journey.owner, on=timezone.now().date(), at=timezone.now()
    )
    yield reverse("touchpoints:requests", args=[slug]) + f"?customer={customer}"
    yield reverse("touchpoints:customer_request", args=[slug, asked.pk])
    yield reverse("touchpoints:request_measures", args=[slug])
    yield reverse("touchpoints:handoffs", args=[slug]) + "?show=open"
    yield reverse("touchpoints:handoff_passage", args=[slug, passage.pk])
    yield from reminding(journey.owner, row)
    passage.offer(by=journey.owner, at=timezone.now())
    yield reverse("touchpoints:handoff_passage", args=[slug, passage.pk])


@pytest.mark.parametrize("width", [1440, 390])
def test_no_screen_has_a_serious_trouble(visit, web, owner, five_stages, width):
    found = []
    page = visit(owner, reverse("profile"), width=width, height=900)
    for path in screens(five_stages):
        page.emulate_media(color_scheme="light")
        page.goto(web.url + path)  # one page for all: a new one for each takes three times as long
        if path.endswith(f"/journeys/{five_stages.pk}/"):
            page.locator(".card").first.click()
            page.locator(".panel__head").wait_for()
            page.locator(".card").nth(1).focus()
            page.keyboard.press("Space")
            page.locator("#selection").wait_for()
        found += [("light", path, *one) for one in serious_troubles(page)]
        page.emulate_media(color_scheme="dark")
        page.evaluate(SETTLED)
        found += [("dark", path, *one) for one in serious_troubles(page, **OF_COLOURS)]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{path} scrolls sideways"
    assert found == []


def test_naming_the_stages_of_an_empty_map_has_no_serious_trouble(visit, owner, journey):
    page = visit(owner, reverse("journeys:canvas", args=[owner.workspace.slug, journey.pk]), width=1440, height=900)
    for step in ("empty", "naming"):
        if step == "naming":
            page.get_by_role("button", name="Name the stages").click()
            page.get_by_role("textbox", name="Name of the new stage").wait_for()
        assert serious_troubles(page) == [], step


#: until what moves has come to rest; one that was hidden in the middle of it never does
SETTLED = """() => Promise.race([new Promise((resolve) => setTimeout(resolve, 3000)),
    Promise.allSettled(document.getAnimations().map((one) => one.finished))])"""


@pytest.mark.parametrize(
    "opened", ["?", "1", "p", "]", "Control+k", "Filter", "Break down…", "Paste lines as cards…", "Save as a template…"]
)
def test_what_opens_on_the_canvas_has_no_serious_trouble(visit, owner, five_stages, opened):
    page = visit(owner, reverse("journeys:canvas", args=[owner.workspace.slug, five_stages.pk]), width=1440, height=900)
    page.emulate_media(reduced_motion="reduce")  # nothing is looked at while it fades in
    page.locator(".card").first.focus()
    page.keyboard.press("Control+a")
    if len(opened) == 1 or "+" in opened:
        page.keyboard.press(opened)
        if opened == "p":
            page.get_by_role("region", name="Presentation").wait_for()
        if "+" in opened:
            page.locator("#find-0").wait_for()
    elif opened == "Filter":
        page.get_by_role("button", name="Filter").click()
        page.get_by_role("checkbox", name="Operations").check()
    else:
        if opened.startswith(("Paste", "Save")):
            page.get_by_label("More").click()
        page.locator("summary, button", has_text=opened).click()
    # Half faded in, a text has less contrast than it will have.
    page.evaluate(SETTLED)
    assert serious_troubles(page) == []
