"""A page's picture of the map without a browser: DOM id -> (the id of what holds it, its own HTML), changed as htmx does."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

Picture = dict[str, tuple[str, str]]

#: what the canvas page holds fragments in; a lane holds its label besides
CONTAINERS = {"map-sizes", "map-head", "map-stripes", "map-lanes", "map-cards", "map-wires", "map-feel"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
PARTIAL = re.compile(r'<hx-partial hx-target="#([\w-]+)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL)


class Cutter(HTMLParser):
    """Cuts HTML into its elements that have ids, each without the ones in it."""

    def __init__(self, holder: str):
        super().__init__(convert_charrefs=False)
        self.found: Picture = {}
        self.open: list[tuple[str, str]] = []
        self.holders: list[tuple[str, list[str]]] = [(holder, [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        id = dict(attrs).get("id") or ""
        if id:
            self.holders.append((id, []))
        self._add(self.get_starttag_text() or "")
        if tag not in VOID:
            self.open.append((tag, id))
        elif id:
            self._close(id)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            begun, id = self.open.pop()
            if begun == tag:
                self._add(f"</{tag}>")
            if id:
                self._close(id)
            if begun == tag:
                return

    def handle_data(self, data: str) -> None:
        self._add(data)

    def handle_entityref(self, name: str) -> None:
        self._add(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._add(f"&#{name};")

    def _add(self, text: str) -> None:
        self.holders[-1][1].append(text)

    def _close(self, id: str) -> None:
        _, pieces = self.holders.pop()
        assert id not in self.found, f"{id} stands in it twice"
        self.found[id] = (self.holders[-1][0], "".join(pieces))


@lru_cache(512)
def cut(html: str, holder: str = "") -> Picture:
    cutter = Cutter(holder)
    cutter.feed(html)
    cutter.close()
    return cutter.found


def picture_of(canvas: str) -> Picture:
    """The map of a whole canvas page."""
    return {id: part for id, part in cut(canvas).items() if part[0] in CONTAINERS or part[0].startswith("lane-")}


def expected(parts: dict[str, str]) -> Picture:
    """The map that `page_parts` are put together to."""
    return {id: part for name, html in parts.items() for id, part in cut(html, name.replace("_", "-")).items()}


def swap(picture: Picture, html: str) -> None:
    """Do what the partials say, in place. Raises AssertionError where a page would stand there with two of a thing or none."""
    partials = PARTIAL.findall(html)
    for target, _, _ in partials:  # htmx looks up all of them before it swaps the first
        assert target in picture or target in CONTAINERS, f"#{target} is not on the page"
    for target, style, inner in partials:
        if style == "delete":
            del picture[target]
            for id in [id for id, (holder, _) in picture.items() if holder == target]:
                del picture[id]
        elif style == "beforeend":
            for id, part in cut(inner, target).items():
                assert id not in picture, f"#{id} would stand on the page twice"
                picture[id] = part
        else:
            assert style == "outerMorph", style
            holder, _ = picture[target]
            parts = cut(inner, holder)
            assert set(parts) == {target}, f"#{target} is morphed into {list(parts)}"
            assert "hx-morph-skip-children" in inner or not any(holder == target for holder, _ in picture.values())
            picture.update(parts)
