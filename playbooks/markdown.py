"""Markdown to HTML that may stand on a page: CommonMark with tables and strikethrough, no HTML of its own, cleaned. Pure."""

from __future__ import annotations

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
#: a page and its sections have the first two levels
HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}


@cache
def _markdown() -> MarkdownIt:
    # Pictures are not shown: their senders would learn who reads.
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")

    def lower_headings(state: object) -> None:
        for token in state.tokens:  # type: ignore[attr-defined]
            token.tag = HEADINGS.get(token.tag, token.tag)

    made.core.ruler.push("lower_headings", lower_headings)
    return made


def rendered(text: str) -> SafeString:
    """Links open in a page of their own, which learns nothing of ours."""
    html = nh3.clean(
        _markdown().render(text),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return mark_safe(html)  # noqa: S308  # nosec: nh3 has cleaned it
