"""What is sent when people talk about a map."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from journeys.document import KEYS
from journeys.models.comment import LONGEST
from journeys.models.thread import KINDS

#: how a page calls the kinds -> ours
BY_PATH = {KEYS[kind]: kind for kind in KINDS}


class CommentForm(forms.Form):
    """A comment and the id that the page made for it."""

    # The model counts the letters once line breaks are what they are in the text: a form's are two letters each.
    text = forms.CharField(max_length=2 * LONGEST, error_messages={"required": "Write something first."})
    comment = forms.UUIDField(required=False, error_messages={"invalid": "That is not an id."})


class ThreadForm(CommentForm):
    """The first comment of a thread, and what it is about: "touchpoints/<id>/", or nothing for the map as a whole."""

    thread = forms.UUIDField(required=False, error_messages={"invalid": "That is not an id."})
    about = forms.CharField(max_length=60, required=False)

    def clean_about(self) -> tuple[str, UUID] | None:
        about: str = self.cleaned_data["about"]
        return read_path(about) if about else None


class FilterForm(forms.Form):
    """Which threads are listed."""

    SHOW = (("open", "Open"), ("resolved", "Resolved"), ("mine", "Mine"))
    show = forms.ChoiceField(choices=SHOW)

    @classmethod
    def chosen(cls, data: Any) -> str:
        """Open, unless something else that there is was asked for."""
        form = cls(data)
        return str(form.cleaned_data["show"]) if form.is_valid() else "open"


def read_path(path: str) -> tuple[str, UUID]:
    """The element that a path names. Raises ValidationError."""
    kind, _, id = path.strip("/").partition("/")
    try:
        return BY_PATH[kind], UUID(id)
    except (KeyError, ValueError):
        raise forms.ValidationError("Nobody can comment on that.") from None
