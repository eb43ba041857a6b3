"""Cards stay what they are wherever they go, and can be seen to go there."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journeys.models import Touchpoint
from tests.browser.test_canvas import canvas_of, card, place, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

#: notes where an element is in every frame from the one in which its place is another one, and how its arrows run. What is noted
#: is what is painted: an observer of sizes is called when a frame's callbacks are done, right before the painting.
WATCH = """
(id) => {
  const element = document.getElementById(id), was = element.style.getPropertyValue('--y');
  const wire = document.querySelector(`.wire[data-ends*="${id.slice(-8)}"] path`);
  const probe = document.body.appendChild(document.createElement('i'));
  Object.assign(probe.style, { position: 'fixed', visibility: 'hidden', height: '1px', width: '1px' });
  const seen = element.marked = window.seen = [];
  let turn = 0;
  const note = () => { probe.style.width = `${2 + turn++ % 2}px`; };
  new ResizeObserver(() => {
    const { x, y } = element.getBoundingClientRect();
    if (element.style.getPropertyValue('--y') !== was) seen.push({ x, y, d: getComputedStyle(wire).d });
    if (seen.length < 20) requestAnimationFrame(note);
    else probe.remove();
  }).observe(probe);
}
"""


def frames(page):
    page.wait_for_function("() => window.seen.length >= 20")
    return page.evaluate("() => window.seen")


def slowly(page):
    """What glides takes ten times as long, so that it is seen on the way on the busiest machine."""
    inside = page.context.new_cdp_session(page)
    inside.send("Animation.enable")
    inside.send("Animation.setPlaybackRate", {"playbackRate": 0.1})


@pytest.fixture
def page(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    expect(page.locator("#gap-count")).not_to_be_empty()
    return page


def id_of(title):
    return f"card-{Touchpoint.objects.get(title=title).pk}"


def test_a_card_that_changes_its_lane_by_keyboard_stays_the_same_keeps_the_focus_and_glides_with_its_arrows(page, five_stages):
    moved = card(page, "Discovery call,")
    moved.focus()
    start = moved.bounding_box()
    slowly(page)
    page.evaluate(WATCH, id_of("Discovery call"))
    page.keyboard.press("Shift+ArrowDown")
    seen = frames(page)
    page.evaluate("() => document.getAnimations().forEach((one) => one.finish())")
    end = moved.bounding_box()
    assert page.evaluate("() => document.activeElement.marked === window.seen")
    expect(card(page, "Discovery call, touchpoint, Pursuit, Solutions engineer")).to_be_focused()
    assert end["y"] > start["y"]
    ways = [frame["y"] for frame in seen]
    # It goes from where it was: the frame in which it begins shows it there, the first of the others on the way.
    assert start["y"] <= ways[0] < end["y"]
    assert start["y"] < ways[1] < end["y"]
    assert ways == sorted(ways)
    assert len({frame["d"] for frame in seen}) > 3  # its arrow bends along


def test_what_somebody_else_moves_glides_but_not_out_of_ones_hand(page, five_stages, owner):
    other, own = Touchpoint.objects.get(title="Contracts provided"), card(page, "Discovery call,")
    target, box = place(page, "Pursuit", "Operations", 1), own.bounding_box()
    start = page.locator(f"#card-{other.pk}").bounding_box()
    slowly(page)
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(*target, steps=6)
    held = own.bounding_box()
    page.evaluate(WATCH, f"card-{other.pk}")
    lane = Touchpoint.objects.get(title="Renewal conversation").lane
    for one, slot in ((other, other.slot), (Touchpoint.objects.get(title="Discovery call"), 2)):
        one.move_to(other.stage, lane, slot, by=owner, at=timezone.now())
    page.evaluate("() => import('/static/js/acts.js').then(({ refresh }) => refresh())")
    assert start["y"] < frames(page)[0]["y"]
    assert own.bounding_box() == pytest.approx(held)
    # What one lets go goes on from there.
    page.evaluate(WATCH, id_of("Discovery call"))
    page.mouse.up()
    let_go = frames(page)[0]
    assert abs(let_go["x"] - held["x"]) < 60
    assert abs(let_go["y"] - held["y"]) < 60
    said(page, "Moved Discovery call")


def test_who_wants_no_motion_sees_none(page, five_stages):
    page.emulate_media(reduced_motion="reduce")
    moved = card(page, "Discovery call,")
    moved.focus()
    page.evaluate(WATCH, id_of("Discovery call"))
    start = moved.bounding_box()["y"]
    page.keyboard.press("Shift+ArrowDown")
    assert {frame["y"] for frame in frames(page)} <= {start, moved.bounding_box()["y"]}
