"""A conflict as a page shows it: what the field said at first, what they and you have made of it, and both together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import naturaltime

from accounts.models import Member
from journeys.conflicts import Conflict, called
from journeys.forms import CHOOSING, AboutForm, ConnectorForm, ElementForm, EmotionForm, HandoffForm, StageForm, TouchpointForm
from journeys.merging import marks, merge
from journeys.models import Journey
from journeys.models.element import Element

FORMS: dict[str, type[ElementForm]] = {
    "stage": StageForm,
    "touchpoint": TouchpointForm,
    "emotion": EmotionForm,
    "connector": ConnectorForm,
    "handoff": HandoffForm,
}
NOTHING = "Nothing"


def both_sides(conflict: Conflict, member: Member) -> dict[str, Any]:
    """The answer to an edit that somebody else was quicker with.

    `yours`, `theirs` and `was` are what one reads, `values` what a page sends; `marks` say how each differs from `was`. Where
    `is_text`, one may write it together; `merged` is a proposal, None where both touch the same words.
    """
    field = FieldInWords(conflict.subject, conflict.field, member)
    sides = {"was": conflict.was, "yours": conflict.yours, "theirs": conflict.theirs}
    said = {name: field.said(value) for name, value in sides.items()}
    return {
        "field": field.name,
        "message": conflict.message,
        "label": field.label,
        "called": called(conflict.subject),
        **said,
        "values": {name: sent(value) for name, value in sides.items()},
        "by": conflict.by,
        "at": conflict.at.isoformat() if conflict.at else None,
        "ago": str(naturaltime(conflict.at)) if conflict.at else "",
        "is_text": field.is_text,
        "merged": merge(said["was"], said["yours"], said["theirs"]) if field.is_text else None,
        "marks": {
            name: marks(said["was"], said[name]) if field.is_text else [["same", said[name]]] for name in ("yours", "theirs")
        },
    }


class FieldInWords:
    """A field of an element as people know it: its label, and what a value of it says."""

    def __init__(self, subject: Element | Journey, attribute: str, member: Member):
        form = AboutForm if isinstance(subject, Journey) else FORMS.get(subject.kind_name)
        self.name = attribute.removesuffix("_id") if attribute.removesuffix("_id") in CHOOSING else attribute
        self._field = form(instance=subject, by=member).fields.get(self.name) if form else None
        self.label = str(self._field.label) if self._field else self.name.replace("_", " ").capitalize()

    @property
    def is_text(self) -> bool:
        return self.name in ("name", "title") or type(self._field) is forms.CharField

    def said(self, value: Any) -> str:
        if isinstance(value, list):
            return (
                "\n".join(" · ".join(filter(None, map(str, row.values()))) for row in value if isinstance(row, dict)) or NOTHING
            )
        text = sent(value)
        if isinstance(self._field, forms.BooleanField):
            return "Yes" if text == "true" else "No"
        if isinstance(self._field, forms.ModelChoiceField):
            return self._choices().get(text, NOTHING if not text else "One that exists no more")
        if isinstance(self._field, forms.ChoiceField):
            return self._choices().get(text, text or NOTHING)
        return text if self.is_text else text or NOTHING

    def _choices(self) -> dict[str, str]:
        field: Any = self._field
        return {str(key): str(name) for key, name in field.choices}


def sent(value: Any) -> Any:
    """A value as a page sends it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return value
    return "" if value is None else str(value).replace("\r\n", "\n")
