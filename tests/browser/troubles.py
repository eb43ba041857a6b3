"""What axe-core finds wrong with a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

#: what is all right is not listed: with it, axe takes several times as long
ONLY_TROUBLES = {"resultTypes": ["violations"]}
#: the rules whose answer rests on colours: the others find in the dark what they find in the light
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def serious_troubles(page, **options) -> list[tuple[str, list[str]]]:
    """Each rule that is broken in a serious or critical way, with the first three places."""
    found = Axe().run(page, options=options | ONLY_TROUBLES).response["violations"]
    return [
        (one["id"], [node["html"][:140] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
