"""Set pages from standard input as PDF or PNG on standard output: `python -m journeys.exports.typesetting`.

A process of its own, so that nothing that people type can keep a server busy. Reads {"format": "pdf" or "png", "title", "ppi",
"fonts", "at": seconds since 1970, "pages": [{"width", "height", "title", "svg"}, ...]}, sizes in points. What people typed is
data to typst, never markup, and the folder that it may read is an empty one.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from typing import Any

SECONDS = 45
SOURCE = """
#set document(title: sys.inputs.title)
#set text(lang: "en")
#for sheet in json(bytes(sys.inputs.pages)) {
  page(width: sheet.width * 1pt, height: sheet.height * 1pt, margin: 0pt,
    image(bytes(sheet.svg), format: "svg", width: 100%, height: 100%, alt: sheet.title))
}
"""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.buffer.write(set_pages(json.load(sys.stdin)))
    return 0


def set_pages(job: dict[str, Any]) -> bytes:
    """The file: all pages of a PDF, the first one as PNG."""
    import typst

    with tempfile.TemporaryDirectory(prefix="touchline-typst-") as root:
        made = typst.compile(
            SOURCE.encode(),
            root=root,
            font_paths=[job["fonts"]],
            format=job["format"],
            ppi=job["ppi"],
            sys_inputs={"title": job["title"], "pages": json.dumps(job["pages"])},
            timestamp=job["at"],
        )
    return made[0] if isinstance(made, list) else bytes(made or b"")


if __name__ == "__main__":
    sys.exit(main())
