"""What a program draws through the API is seen at once, and taken back like any other act."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.api.conftest import token_of
from tests.api.test_walk import blocks, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walk(web, journey, editor):
    given = {"URL": web.url, "TOKEN": token_of(editor, "write")}
    yield given
    if "api" in given:
        given["api"].close()


def test_what_a_program_draws_is_seen_at_once_on_a_page_that_is_open(walk, visit, editor):
    found = list(blocks())
    drawing = next(number for number, block in enumerate(found) if "done" in block.co_names)
    for block in found[:drawing]:
        run(block, walk)
    page = visit(editor, reverse("journeys:canvas", args=["northwind", walk["id"]]), width=1440, height=900)
    expect(page.locator("#gap-count")).to_be_attached()
    card = page.locator(".card", has_text="Kickoff call")
    assert not card.count()
    run(found[drawing], walk)
    expect(card).to_be_visible()
    page.keyboard.press("Control+z")
    expect(card).to_have_count(0)
