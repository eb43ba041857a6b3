"""The signs of static/img/icons.svg that a drawing uses, as path data in 16 x 16 units."""

from __future__ import annotations

from functools import cache

from defusedxml import ElementTree
from django.conf import settings

_SYMBOL = "{http://www.w3.org/2000/svg}symbol"


@cache
def icons() -> dict[str, str]:
    """Name -> path data, from the same file as the pages'."""
    sprite = ElementTree.parse(settings.BASE_DIR / "static/img/icons.svg")
    return {symbol.get("id", ""): symbol[0].get("d", "") for symbol in sprite.iter(_SYMBOL)}
