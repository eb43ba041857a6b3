"""A day's work in the browser: by thumb on a phone, by keys at a desk, and over a line that comes and goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Notice
from tests.browser.troubles import serious_troubles
from tests.today.cast import put, today_of, with_work
from touchpoints.models import ScheduledTouchpoint, SentAct

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
LINE_IS_GONE = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch", "404"]


@pytest.fixture
def work(transactional_db, owner):
    """Four rows: one overdue, two of today, one of tomorrow."""
    _, rows = with_work(owner)
    today = today_of(owner)
    for n, row in enumerate(rows):
        put(row, today + timedelta((-1, 0, 0, 1)[n] if n < 4 else 100 + n))
    return rows[:4]


@pytest.fixture
def day(visit, owner, work):
    def open_day(**viewport):
        page = visit(owner, f"/w/{owner.workspace.slug}/today/", **(viewport or DESK))
        expect(page.get_by_role("heading", name="Today · 2")).to_be_visible()
        return page

    return open_day


def row_of(page, row):
    return page.locator(f"#row-{row.pk}")


def fresh(row):
    return ScheduledTouchpoint.objects.get(pk=row.pk)


def test_a_row_is_done_by_one_tap_and_taken_back_by_another(day, work):
    page = day(**PHONE)
    page.get_by_role("button", name=f"Done: {work[1].title}").click()
    expect(row_of(page, work[1])).to_have_count(0)
    expect(page.locator("#toast")).to_contain_text(f"{work[1].title} is done.")
    assert fresh(work[1]).state == "done"
    page.get_by_role("button", name="Undo").click()
    expect(row_of(page, work[1])).to_be_visible()
    assert fresh(work[1]).state == "planned"


def test_a_days_work_on_a_phone(day, work, owner, editor):
    page = day(**PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row_of(page, work[0]).locator(".task__title").click()
    opened = row_of(page, work[0])
    expect(opened.get_by_role("button", name="Done", exact=True)).to_be_visible()
    opened.get_by_label("What came of it").fill("They will renew")
    opened.get_by_text("+2", exact=True).click()
    opened.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator("#toast")).to_contain_text(f"{work[0].title} is done.")
    expect(row_of(page, work[0])).to_have_count(0)
    done = fresh(work[0])
    assert (done.outcome, done.felt) == ("They will renew", 2)
    row_of(page, work[1]).locator(".task__title").click()
    row_of(page, work[1]).locator("summary", has_text="Snooze").click()
    row_of(page, work[1]).get_by_role("button", name="Monday").click()
    expect(row_of(page, work[1])).to_have_count(0)
    assert fresh(work[1]).snoozed_until > timezone.now()
    row_of(page, work[2]).locator(".task__title").click()
    row_of(page, work[2]).locator("summary", has_text="Hand over").click()
    row_of(page, work[2]).get_by_label("To", exact=True).select_option(str(editor))
    row_of(page, work[2]).get_by_role("button", name="Ask them").click()
    expect(page.locator("#toast")).to_contain_text(f"{editor} has been asked")
    assert Notice.objects.filter(member=editor, kind="offer").exists()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#done-today summary").click()
    expect(page.locator("#done-today")).to_contain_text(work[0].title)
    page.locator("#done-today").get_by_role("button", name="Open again").click()
    expect(row_of(page, work[0])).to_be_visible()


def test_by_keyboard_alone(day, work):
    page = day()
    first, second = (page.locator("#day section:has(#today) .task__title").nth(n).get_attribute("href") for n in (0, 1))
    if str(work[1].pk) not in first:
        work[1], work[2] = work[2], work[1]
    assert str(work[2].pk) in second
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(row_of(page, work[1]).locator(".task__title")).to_be_focused()
    page.keyboard.press("e")
    expect(row_of(page, work[1])).to_have_count(0)
    expect(row_of(page, work[2]).locator(".task__title")).to_be_focused()
    page.keyboard.press("u")
    expect(row_of(page, work[1])).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator(".task.is-open")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".task.is-open")).to_have_count(0)
    page.locator(f"#row-{work[2].pk} .task__title").focus()
    page.keyboard.press("x")
    expect(row_of(page, work[2]).get_by_label("Why", exact=True)).to_be_focused()
    page.keyboard.type("They are on holiday")
    page.keyboard.press("Enter")
    expect(row_of(page, work[2])).to_have_count(0)
    assert (fresh(work[2]).state, fresh(work[2]).outcome) == ("skipped", "They are on holiday")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_a_wrong_day_is_said_at_its_field_and_nothing_typed_is_lost(day, work):
    page = day()
    row_of(page, work[1]).locator(".task__title").click()
    opened = row_of(page, work[1])
    opened.get_by_label("What came of it").fill("Typed with care")
    opened.get_by_label("Done on").fill("2999-01-01")
    opened.get_by_role("button", name="Done", exact=True).click()
    expect(opened.get_by_text("Within 10 years of today, please.")).to_be_visible()
    expect(opened.get_by_label("What came of it")).to_have_value("Typed with care")
    assert fresh(work[1]).state == "planned"


def test_what_is_done_without_a_connection_waits_over_a_reload_and_is_sent_once(day, visit, work, context, owner):
    visit.provoked.extend(LINE_IS_GONE)
    page = day(**PHONE)
    context.set_offline(True)
    page.get_by_role("button", name=f"Done: {work[1].title}").click()
    expect(row_of(page, work[1])).to_contain_text(work[1].title)
    expect(page.locator("#toast")).to_contain_text("No connection")
    assert fresh(work[1]).state == "planned"
    context.set_offline(False)
    expect(row_of(page, work[1])).to_have_count(0, timeout=20_000)
    assert fresh(work[1]).state == "done"
    assert SentAct.objects.filter(member=owner).count() == 1


def test_what_was_answered_while_the_line_broke_is_not_done_twice(day, visit, work):
    visit.provoked.extend(LINE_IS_GONE)
    page = day()
    sent = []

    def lose(route):
        sent.append(route.request.headers["act-id"])
        if len(sent) == 1:
            route.fetch()  # the server has done it, the answer is lost
            route.abort()
        else:
            route.continue_()

    page.route("**/finish/", lose)
    page.get_by_role("button", name=f"Done: {work[1].title}").click()
    expect(page.locator("#toast")).to_contain_text("No connection")
    page.reload()
    expect(row_of(page, work[1])).to_have_count(0)
    expect(page.get_by_role("heading", name="Today · 1")).to_be_visible()
    assert len(set(sent)) == 1
    assert fresh(work[1]).state == "done"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_day_has_no_serious_trouble_for_axe(day, work, scheme):
    page = day()
    page.emulate_media(color_scheme=scheme)
    row_of(page, work[1]).locator(".task__title").click()
    expect(row_of(page, work[1]).get_by_role("button", name="Done", exact=True)).to_be_visible()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert serious_troubles(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
