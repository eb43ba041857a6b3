"""What a comment says: mentions, links, and nothing that could harm a page."""

from __future__ import annotations

import html
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.comment_text import as_html, as_typed, as_words, mentioned

TOM = "01a213c9-6507-770a-9a80-cd0268092aa8"
NAMES = {TOM: "Tom Okafor"}
PIECES = st.sampled_from(
    [f"@[Tom]({TOM})", "https://x.test/a", "<b>", "&amp;", '"', "'", "@", "(", ")", "[", "\n", ".", "a", " "]
)


def test_a_mention_shows_the_name_that_its_member_has_now():
    text = f"Ask @[Tommy]({TOM.upper()}), please"
    assert as_html(text, NAMES) == 'Ask <b class="mention">@Tom Okafor</b>, please'
    assert as_html(text, NAMES, me=TOM) == 'Ask <b class="mention mention--me">@Tom Okafor</b>, please'
    assert as_words(text, NAMES) == "Ask @Tom Okafor, please"
    assert mentioned(text) == {UUID(TOM)}
    assert as_typed(text, {TOM: "Tom Okafor (tom@a.test)"}) == (
        "Ask @Tom Okafor (tom@a.test), please",
        {"Tom Okafor (tom@a.test)": TOM},
    )


def test_a_mention_of_nobody_is_plain_text():
    assert as_html(f"@[<i>Nobody]({TOM})", {}) == "@&lt;i&gt;Nobody"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See https://x.test/a?b=1&c=2#d.", "https://x.test/a?b=1&c=2#d"),
        ("(https://x.test/a)", "https://x.test/a"),
        ("https://x.test/a_(b), and", "https://x.test/a_(b)"),
        ("HTTP://X.TEST!", "HTTP://X.TEST"),
    ],
)
def test_an_address_becomes_a_link_without_what_ends_its_sentence(text, link):
    found = re.search('<a href="([^"]*)" target="_blank" rel="noopener noreferrer nofollow">', as_html(text, {}))
    assert html.unescape(found[1]) == link


@pytest.mark.parametrize("text", ["javascript:alert(1)", "ftp://x.test", "https://", "www.x.test", "a@b.test"])
def test_nothing_else_becomes_one(text):
    assert "<a" not in as_html(text, {})


@given(st.lists(PIECES, max_size=20).map("".join))
def test_no_letter_is_lost_and_none_is_taken_for_markup(text):
    shown = re.sub(
        r'</?a(?: href="[^"]*" target="_blank" rel="noopener noreferrer nofollow")?>|</?b(?: class="mention")?>',
        "",
        as_html(text, NAMES),
    )
    assert "<" not in shown
    assert html.unescape(shown) == as_words(text, NAMES) == text.replace(f"@[Tom]({TOM})", "@Tom Okafor")
