"""What a page needs that shows a map read-only, from its document: the picture, and beside it the map in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import mark_safe

from journeys.document import Document
from journeys.forms import StageForm
from journeys.in_words import in_words
from journeys.models import Stage
from journeys.rendering import draw, page_parts
from journeys.views.canvas import GUIDES


def previewed(document: Document, names: Mapping[str, str]) -> dict[str, Any]:
    """`names`: id -> name of the roles and playbooks in the document."""
    labels = {name: str(StageForm.base_fields[name].label) for name in Stage.brief if name != "length_days"}
    return {
        # Every text in the picture has been escaped where it was put together.
        "parts": {name: mark_safe(html) for name, html in page_parts(draw(document, dict(names), room=0)).items()},  # noqa: S308  # nosec
        "guides": GUIDES,
        "stages": in_words(document, names, labels),
        "lanes": [(id, lane["name"]) for id, lane in document["lanes"].items()],
    }
