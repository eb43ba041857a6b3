"""Pages as PDF and as a picture, typeset in a process of its own from the same SVG that browsers get."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, time
from pathlib import Path

from journeys.exports.drawing import View
from journeys.exports.measuring import FONTS
from journeys.exports.pages import A3, A4, natural_page, stage_pages, whole_page
from journeys.exports.primitives import Page
from journeys.exports.subject import Subject
from journeys.exports.svg import write_svg

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent.parent
#: a picture is twice the map's size, but no side and no area is larger than programs open without trouble
SHARP, MOST_SIDE, MOST_PIXELS = 144, 16_000, 60_000_000
TIMEOUT = 60


class ExportFailed(Exception):
    """The file could not be made. The message says what one can do."""


def write_pdf(subject: Subject, *, by_stage: bool = False) -> bytes:
    """The whole journey on one A3 page; or by stage: A4, the whole journey first. Raises ExportFailed."""
    view = View.of(subject)
    pages = [whole_page(view, A4), *stage_pages(view, A4)] if by_stage else [whole_page(view, A3)]
    return _typeset("pdf", subject, pages, SHARP)


def write_png(subject: Subject) -> bytes:
    """The whole journey in one row. Raises ExportFailed."""
    page = natural_page(View.of(subject))
    return _typeset("png", subject, [page], sharpness(page))


def sharpness(page: Page) -> float:
    """Pixels per inch of a picture of the page."""
    longest, area = max(page.width, page.height), page.width * page.height
    return min(SHARP, 72 * MOST_SIDE / longest, 72 * (MOST_PIXELS / area) ** 0.5)


def _typeset(format: str, subject: Subject, pages: list[Page], ppi: float) -> bytes:
    job = {
        "format": format,
        "title": subject.title,
        "ppi": ppi,
        "fonts": str(FONTS),
        "at": int(datetime.combine(subject.on, time(12), UTC).timestamp()),
        "pages": [
            {"width": page.width, "height": page.height, "title": page.title, "svg": write_svg(page, fitted=False)}
            for page in pages
        ],
    }
    command = [sys.executable, "-m", "journeys.exports.typesetting"]
    try:
        child = subprocess.run(
            command, input=json.dumps(job).encode(), capture_output=True, timeout=TIMEOUT, check=True, cwd=ROOT
        )
    except (subprocess.SubprocessError, OSError) as error:
        log.error("Typesetting %s failed: %s", format, (getattr(error, "stderr", None) or b"")[-2000:].decode(errors="replace"))
        raise ExportFailed("This journey could not be typeset. Try by stage, or SVG or PowerPoint.") from error
    return child.stdout
