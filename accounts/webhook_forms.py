from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms

from accounts.facts_told import TYPES, kind_of
from accounts.outgoing import Refused, Unreachable, check


def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """What there is to be told of, by what it is about: (“Scheduled touchpoint”, [(“scheduled_touchpoint.done”, “A touch…”)])."""
    return [
        (kind.replace("_", " ").capitalize(), [(name, TYPES[name]) for name in names]) for kind, names in groupby(TYPES, kind_of)
    ]


class WebhookForm(forms.Form):
    url = forms.URLField(
        max_length=500, label="Address", assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://example.com/touchline"}),
    )  # fmt: skip
    description = forms.CharField(
        max_length=100,
        label="What is it for? (if you like)",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    types = forms.MultipleChoiceField(
        label="Only some events", required=False, choices=grouped, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, was: str = "", **more: Any):
        super().__init__(*args, **more)
        self.was = was

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url == self.was:
            return url  # it may have gone away meanwhile: that is no reason to refuse another description
        try:
            check(url)
        except (Refused, Unreachable) as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        return url

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """The boxes, by what they are about, and how many of them are ticked."""
        ticked = set(self["types"].value() or [])
        return [
            {
                "name": kind,
                "boxes": [{"value": name, "said": said, "is_ticked": name in ticked} for name, said in boxes],
                "ticked": sum(name in ticked for name, _ in boxes),
            }
            for kind, boxes in grouped()
        ]
