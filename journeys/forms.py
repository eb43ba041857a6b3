"""What people may type about the parts of a map. Forms validate; the models' acts persist."""

from __future__ import annotations

from copy import copy
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from django import forms
from django.db import models

from accounts.models import Member, Role
from journeys.models import Connector, Emotion, Handoff, Journey, Segment, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.models.version import LONGEST_NOTE
from journeys.sheets import MAX_BYTES
from playbooks.models import Playbook

#: fields of a form that choose a row
CHOOSING = ("owner", "playbook", "to_role")


def attribute(name: str) -> str:
    """The attribute of an element that a field of its form sets."""
    return f"{name}_id" if name in CHOOSING else name


def origins(data: Any) -> dict[str, str]:
    """What the submitted fields said when the page read them, by attribute: "was-title" is the origin of "title"."""
    return {attribute(name.removeprefix("was-")): text for name, text in data.items() if name.startswith("was-")}


class ElementForm(forms.ModelForm):
    """A form over one element. Choices among roles and playbooks are those of the member's workspace."""

    #: what a choice says that has not been made
    empty_labels: ClassVar[dict[str, str]] = {"owner": "Nobody yet", "playbook": "None yet", "to_role": "Choose a role"}
    #: fields that stand within a sentence, and have a name of their own beside it
    in_sentences: ClassVar[set[str]] = {"offset_days", "anchor", "repeat_days", "effort_min"}

    def __init__(self, *args: Any, by: Member, **kwargs: Any):
        super().__init__(*args, **{"auto_id": "panel-%s", "label_suffix": ""} | kwargs)
        for name in ("owner", "to_role"):
            if name in self.fields:
                self.fields[name].queryset = Role.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
        if "playbook" in self.fields:
            self.fields["playbook"].queryset = Playbook.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2
            if name in self.in_sentences:
                field.widget.attrs["aria-label"] = field.label
            empty = self.empty_labels.get(name, "Not said")
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = empty
            elif isinstance(field, forms.ChoiceField) and not field.required:
                field.choices = [(value, label if value else empty) for value, label in field.widget.choices]

    @classmethod
    def changes(cls, element: Any, data: Any, by: Member) -> dict[str, Any]:
        """The submitted fields as {attribute: value}; raises ActRefused, naming the field, for a bad one."""
        form = _only(cls, frozenset(name for name in cls.base_fields if name in data))(data, instance=copy(element), by=by)
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            raise ActRefused(str(errors[0]), field)
        return {
            attribute(name): value.pk if isinstance(value, models.Model) else value for name, value in form.cleaned_data.items()
        }


@lru_cache(512)
def _only(form: type[ElementForm], names: frozenset[str]) -> type[ElementForm]:
    """The form with these fields and no others: whoever saves one field holds the map while the form is made."""
    made: Any = type(form.__name__, (form,), {})
    made.base_fields = {name: field for name, field in form.base_fields.items() if name in names}
    return made


#: (level as text, level in words), from bad to good
FEELINGS = [(str(level), Emotion(level=level).feeling) for level in sorted(Emotion.Level.values)]


class StageForm(ElementForm):
    class Meta:
        model = Stage
        fields = ("name", *Stage.brief)
        labels = {
            "length_days": "Length in days",
            "goal": "What the customer wants",
            "feeling": "How we want them to feel",
            "experience": "The designed experience",
            "success": "What success looks like",
            "starts_when": "What starts it",
            "completes_when": "What completes it",
        }


class TouchpointForm(ElementForm):
    emotion = forms.TypedChoiceField(
        choices=[("", ""), *FEELINGS], coerce=int, empty_value=None, required=False, label="How it feels"
    )

    class Meta:
        model = Touchpoint
        fields = (
            "title", "kind", "customer_view", "owner", "channel", "delivery", "importance", "anchor", "offset_days",
            "repeat_days", "effort_min", "emotion", "moment_of_truth", "criterion", "playbook", "notes",
        )  # fmt: skip
        labels = {
            "customer_view": "Customer’s view",
            "anchor": "Counted from",
            "offset_days": "Due, in days",
            "repeat_days": "Every … days",
            "effort_min": "Effort in minutes",
            "criterion": "Reached when",
        }
        widgets: ClassVar[dict[str, Any]] = {"kind": forms.RadioSelect}


class ConnectorForm(ElementForm):
    class Meta:
        model = Connector
        fields = ("kind", "label")
        labels = {"label": "Words on the arrow"}
        widgets: ClassVar[dict[str, Any]] = {"kind": forms.RadioSelect}


class EmotionForm(ElementForm):
    level = forms.TypedChoiceField(choices=FEELINGS, coerce=int, widget=forms.RadioSelect, label="How it feels")

    class Meta:
        model = Emotion
        fields = ("title", "level", "why", "answer")
        labels = {"title": "What the customer feels", "answer": "How we answer it"}


class HandoffForm(ElementForm):
    class Meta:
        model = Handoff
        fields = ("to_role", "accept_within_days", "note")
        labels = {"to_role": "To", "accept_within_days": "Accept within … days"}


class DismissalForm(forms.Form):
    """A gap of a rule at a subject, and why it is none here."""

    rule = forms.CharField(max_length=40)
    subject = forms.CharField(max_length=40, required=False)
    reason = forms.CharField(max_length=500, error_messages={"required": "Say why it is no gap here."})


class AboutForm(ElementForm):
    """What a map says about itself."""

    class Meta:
        model = Journey
        fields = ("title", "summary", "owner", "review_on")
        labels = {"summary": "What it is about", "review_on": "Next review"}
        widgets: ClassVar[dict[str, Any]] = {"review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, by: Member, **kwargs: Any):
        super().__init__(*args, by=by, **kwargs)
        if "owner" in self.fields:
            self.fields["owner"].queryset = Member.objects.visible_to(by).in_order()  # type: ignore[attr-defined]

    def clean_review_on(self) -> date | None:
        day: date | None = self.cleaned_data["review_on"]
        if day and not 2000 <= day.year <= 2199:
            raise forms.ValidationError("A year between 2000 and 2199, please.")
        return day


class PublishForm(forms.Form):
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class SegmentForm(forms.ModelForm):
    class Meta:
        model = Segment
        fields = ("name", "expected_customers", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}


class ImportForm(forms.Form):
    segment = forms.ModelChoiceField(queryset=Segment.objects.none(), empty_label=None)
    title = forms.CharField(
        max_length=200,
        required=False,
        label="Title of the journey",
        help_text="A sheet brings the journey of this title up to date, or makes it. Empty: the title in the file, or its name.",
    )
    file = forms.FileField(
        label="Journey sheet (CSV or XLSX), journey (JSON) or Mermaid diagram",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json,.mmd,.txt,text/csv,application/json"}),
        error_messages={"empty": "The file is empty."},
    )

    def __init__(self, *args: Any, by: Member, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it.")
        return file
