"""What the fields of a map's elements are called, and their values in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from journeys.forms import ConnectorForm, EmotionForm, HandoffForm, StageForm, TouchpointForm
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint

#: what people call a kind of element; a card is called by what it is
KINDS = {
    "journey": "the journey", "stage": "stage", "lane": "lane", "touchpoint": "card", "emotion": "feeling", "connector": "arrow",
    "handoff": "handoff", "dismissal": "gap set aside",
}  # fmt: skip
NOTHING = "nothing"
FORMS: dict[str, Any] = {
    "stage": StageForm, "touchpoint": TouchpointForm, "emotion": EmotionForm, "connector": ConnectorForm, "handoff": HandoffForm,
}  # fmt: skip
MODELS: dict[str, Any] = {
    model.kind_name: model for model in (Journey, Stage, Lane, Touchpoint, Emotion, Connector, Handoff)
}  # fmt: skip
#: where there is no form, or a field that is not typed into one
LABELS = {
    "role_id": "Role", "child_id": "Journey inside", "package": "What must travel", "to_touchpoint_id": "Handed over at",
    "touchpoint_id": "Handed over from", "source_id": "From", "target_id": "To", "segment_id": "Segment", "owner_id": "Owner",
    "subject_id": "About", "rule": "Rule", "reason": "Why it is no gap", "external_id": "External id", "kind": "What it is",
}  # fmt: skip


@cache
def label(kind: str, field: str) -> str:
    """ "How we answer it" for the field `answer` of an emotion."""
    form = FORMS.get(kind)
    name = field.removesuffix("_id") if field != "external_id" else field
    if form is not None and name in form.base_fields and (said := form.base_fields[name].label):
        return str(said)
    return LABELS.get(field) or name.replace("_", " ").capitalize()


def value_in_words(kind: str, field: str, value: Any, names: Mapping[str, str]) -> str:
    """`names`: id -> what it is called, of all that a field may refer to."""
    if field == "package":
        return "; ".join(_part(part) for part in value or ()) or NOTHING
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.endswith("_id") and field != "external_id":
        return names.get(value, "something that is gone")
    if kind in ("emotion", "touchpoint") and field in ("level", "emotion"):
        return Emotion(level=value).feeling
    return _choices(kind, field).get(value) or str(value)


def _part(part: Mapping[str, str]) -> str:
    """One thing that travels in a handoff: "Contract (in the CRM, for support)"."""
    more = ", ".join([part["where"]] * bool(part["where"]) + [f"for {part['reader']}"] * bool(part["reader"]))
    return f"{part['item']} ({more})" if more else part["item"]


@cache
def _choices(kind: str, field: str) -> dict[Any, str]:
    model = MODELS.get(kind)
    if model is None or field.endswith("_id"):
        return {}
    found = next((one for one in model._meta.concrete_fields if one.attname == field), None)
    return {value: str(words) for value, words in found.choices or ()} if found is not None else {}
