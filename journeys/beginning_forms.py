"""What people type to begin a journey, to copy one, and about a template. Forms validate; beginning and keeping persist."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from accounts.models import Member
from journeys.models import JourneyTemplate, Segment
from journeys.starting_points import NoSuchStart, Start, start_of, suggested_title

#: a form bears the id of what it makes, so that one that is sent twice makes one journey
OUT_OF_DATE = {"invalid": "This page is out of date. Load it again."}


class NewJourneyForm(forms.Form):
    """The title follows what one begins with as long as it is the one that was `suggested`. `cleaned_data["start"]` is what the
    key stands for, None for the empty map."""

    title = forms.CharField(max_length=200, required=False)
    start = forms.CharField(max_length=200, required=False)
    suggested = forms.CharField(max_length=200, required=False)
    id = forms.UUIDField(required=False, error_messages=OUT_OF_DATE)

    def __init__(self, *args: Any, segment: Segment, by: Member, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.segment, self.by = segment, by

    def clean_start(self) -> Start:
        try:
            return start_of(self.cleaned_data["start"], by=self.by)
        except NoSuchStart:
            raise forms.ValidationError("That is no longer there. Choose something else to begin with.") from None

    def clean(self) -> None:
        said, suggested = (self.cleaned_data.get(name, "") for name in ("title", "suggested"))
        if "title" in self.cleaned_data and "start" in self.cleaned_data and said in ("", suggested):
            self.cleaned_data["title"] = suggested_title(self.cleaned_data["start"], self.segment)


class CopyJourneyForm(forms.Form):
    segment = forms.ModelChoiceField(queryset=Segment.objects.none(), empty_label=None, label="For the segment")
    title = forms.CharField(max_length=200, label="Title of the copy")
    id = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages=OUT_OF_DATE)

    def __init__(self, *args: Any, by: Member, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]


class TemplateForm(forms.ModelForm):
    class Meta:
        model = JourneyTemplate
        fields = ("name", "summary")
        widgets: ClassVar[dict[str, Any]] = {"summary": forms.Textarea(attrs={"rows": 3})}
