"""What a giver says of the items of a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from customers.forms import one_kind_of_lines
from touchpoints.models import Passage
from touchpoints.models.passage import Filling, WrittenMeanwhile


@dataclass(slots=True)
class Line:
    """An item with its fields, and what it was when the page was made: the one who is slower is told."""

    item: dict[str, Any]
    value: forms.BoundField
    there: forms.BoundField | None
    was_value: str
    was_there: bool
    number: int


class PackageForm(forms.Form):
    """One text and, where the map says where the item lives, one tick for each item. What it began with travels along hidden."""

    def __init__(self, data: Any = None, *, of: Passage):
        initial: dict[str, Any] = {}
        for place, one in enumerate(of.items):
            initial |= {f"value-{place}": one["value"], f"there-{place}": one["there"]}
        super().__init__(data, initial=initial)
        self.of = of
        for place, one in enumerate(of.items):
            area = forms.Textarea(attrs={"rows": 1, "aria-describedby": f"about-{place}"})
            self.fields[f"value-{place}"] = forms.CharField(label=one["item"], required=False, max_length=4000, widget=area)
            if one["where"]:
                where = f"It is in {one['where']}"
                self.fields[f"there-{place}"] = forms.BooleanField(label=where, required=False)

    def lines(self) -> list[Line]:
        return [
            Line(
                one, self[f"value-{place}"], self[f"there-{place}"] if one["where"] else None, one["value"], one["there"], place
            )
            for place, one in enumerate(self.of.items)
        ]  # fmt: skip

    @property
    def given(self) -> dict[int, Filling]:
        said = self.cleaned_data
        return {
            place: (one_kind_of_lines(said[f"value-{place}"]), said.get(f"there-{place}", False))
            for place in range(len(self.of.items))
        }

    @property
    def was(self) -> dict[int, Filling]:
        said = self.data
        return {
            place: (one_kind_of_lines(said.get(f"was-value-{place}", "")), said.get(f"was-there-{place}") == "on")
            for place in range(len(self.of.items))
        }

    @property
    def unsaved(self) -> list[str]:
        """What was written in it."""
        was = self.was
        return [value for place, (value, _) in self.given.items() if value and value != was[place][0]]

    def refuse(self, written: WrittenMeanwhile) -> None:
        for place, (value, there) in written.now.items():
            now = f"“{value}”" if value else "ticked" if there else "empty"
            text = f"Somebody has changed this since you opened it. Now it is: {now}. Bring both together, then save."
            self.add_error(f"value-{place}", text)


class AnswerForm(forms.Form):
    """What the receiver says with an answer."""

    text = forms.CharField(
        label="What you want to say", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="To ask for more, say what is missing.",
    )  # fmt: skip

    def clean_text(self) -> str:
        return one_kind_of_lines(self.cleaned_data["text"])

    @property
    def unsaved(self) -> list[str]:
        return [text] if (text := self.cleaned_data["text"]) else []

    def needs_text(self) -> bool:
        """Whether it says something; if not, that is an error at the field."""
        if self.is_valid() and not self.cleaned_data["text"]:
            self.add_error("text", "Say what is missing: the giver reads it here.")
        return not self.errors
