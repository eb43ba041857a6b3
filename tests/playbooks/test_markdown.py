"""Guidance is Markdown, and no more than that."""

from __future__ import annotations

import pytest

from playbooks.markdown import rendered


def test_it_shows_lists_tables_and_what_is_struck_out():
    html = rendered("- *one*\n- ~~two~~\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    for part in ("<ul>", "<em>one</em>", "<s>two</s>", "<table>", "<td>1</td>"):
        assert part in html


def test_its_headings_stand_below_those_of_the_page():
    assert rendered("# One\n\n## Two") == "<h3>One</h3>\n<h4>Two</h4>\n"


def test_a_link_opens_a_page_of_its_own():
    assert rendered("[here](https://example.com)") == (
        '<p><a href="https://example.com" target="_blank" rel="noopener noreferrer">here</a></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,xxxx)",
        "<javascript:alert(1)>",
        '[x](https://a.example "\\" onmouseover=alert(1) x=\\"")',
    ],
)
def test_nothing_in_it_can_run_or_call_elsewhere(text):
    html = rendered(text)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert '" onmouseover' not in html
