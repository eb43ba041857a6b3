"""The bar of every page on a phone: nothing in it is cut, and what finds no room is behind one button."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = [pytest.mark.django_db(transaction=True)]
WIDE = "document.documentElement.scrollWidth"
CUT = "[...document.querySelectorAll('.bar nav')].some(nav => nav.scrollWidth > nav.clientWidth)"
#: the brand, what is in the navigation, and the buttons: from where to where
ENDS = """[...document.querySelectorAll('.bar > *, .bar nav > *')].map(one => one.getBoundingClientRect())
    .filter(box => box.width).map(box => [box.left, box.right])"""


def test_at_390_pixels_all_of_the_bar_is_seen_and_the_rest_opens(visit, journey, owner):
    slug = owner.workspace.slug
    page = visit(owner, reverse("journeys:home", args=[slug]), width=390, height=844)
    for name, *more in (
        ("journeys:home",), ("journeys:canvas", journey.pk), ("playbooks:playbooks",), ("accounts:members",),
        ("accounts:tokens",), ("accounts:webhooks",), ("touchpoints:today",),
    ):  # fmt: skip
        page.goto(page.url.split("/w/")[0] + reverse(name, args=[slug, *more]))
        assert page.evaluate(WIDE) <= 390, name
        assert not page.evaluate(CUT), name
        assert all(0 <= left < right <= 390 for left, right in page.evaluate(ENDS)), name
    page.goto(page.url.split("/w/")[0] + reverse("playbooks:playbooks", args=[slug]))
    more = page.get_by_role("navigation", name="Workspace").locator("summary")
    more.click()
    page.get_by_role("link", name="Members").click()
    page.wait_for_url("**/members/")
    more.click()
    lit = page.get_by_role("navigation", name="Workspace").locator("a[aria-current]:visible")
    assert lit.all_inner_texts() == ["Members"]
