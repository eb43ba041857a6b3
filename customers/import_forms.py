from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Member
from customers.import_sheet import MOST_BYTES
from journeys.models import Segment


class CustomerImportForm(forms.Form):
    file = forms.FileField(
        label="Customers (CSV or XLSX)",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={"empty": "The file is empty."},
    )
    segment = forms.ModelChoiceField(
        queryset=Segment.objects.none(),
        required=False,
        empty_label="None: such rows are bad",
        label="Segment of new customers whose row names none",
    )

    def __init__(self, *args: Any, by: Member, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.visible_to(by).in_order()  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it.")
        return file
