"""What runs between the cards, as HTML: arrows with their words, handoffs with their badge."""

from __future__ import annotations

from html import escape
from typing import Any

from journeys.layout import HandoffWire, Wire
from journeys.layout.labels import ENDS, LETTER


def arrow(id: str, wire: Wire, connector: dict[str, Any]) -> str:
    """A line, the same line again, wide and unseen, to be hit, and words. Keyboards open arrows from the panel of their cards."""
    words, label = "", connector["label"]
    if wire.label:
        box = wire.label
        most = int((box.width - ENDS) / LETTER)
        text = escape(label if len(label) <= most else f"{label[: most - 1].rstrip()}…")
        words = (
            f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height}" rx="4"/>'
            f'<text x="{box.x + box.width / 2:g}" y="{box.y + 10:g}">{text}<title>{escape(label)}</title></text>'
        )
    return (
        f'<svg class="wire wire--{wire.kind}" id="wire-{id}" data-open="connectors/{id}/"'
        f' data-ends="{connector["source_id"][-8:]} {connector["target_id"][-8:]}" aria-hidden="true">'
        f'<path d="{wire.path}"/><path class="wire__hit" d="{wire.path}"/>{words}</svg>'
    )


def handoff_line(id: str, wire: HandoffWire, handoff: dict[str, Any]) -> str:
    return (
        f'<svg class="wire wire--handoff" id="handoff-wire-{id}" data-ends="{_ends(handoff)}" aria-hidden="true">'
        f'<path d="{wire.path}"/></svg>'
    )


def _ends(handoff: dict[str, Any]) -> str:
    """The ends of the ids of the cards it joins: enough to find them by."""
    return " ".join(id[-8:] for id in (handoff["touchpoint_id"], handoff["to_touchpoint_id"]) if id)


def handoff_badge(id: str, wire: HandoffWire, handoff: dict[str, Any], roles: dict[str, str], icon: str) -> str:
    role = escape(roles.get(handoff["to_role_id"], "another role"))
    x, y = wire.badge_at
    count = len(handoff["package"])
    return (
        f'<div role="row" id="handoff-{id}" data-ends="{_ends(handoff)}"><div role="gridcell">'
        f'<button class="handoff" style="--x:{x:g};--y:{y:g}"'
        f' data-open="handoffs/{id}/" aria-label="Handoff to {role}, {count} in the package" title="Handoff to {role}">'
        f"{icon}{count}</button></div></div>"
    )
