from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Member


class CapacityForm(forms.Form):
    """Hours are what people say, minutes what is counted."""

    hours = forms.DecimalField(min_value=0, max_value=24, max_digits=4, decimal_places=2, label="Hours of planned work a day")
    manager = forms.ModelChoiceField(Member.objects.none(), required=False, label="Reports to", empty_label="Nobody")

    def __init__(self, data: Any = None, *, of: Member):
        hours = f"{of.capacity / 60:.2f}".rstrip("0").rstrip(".")
        super().__init__(data, initial={"hours": hours, "manager": of.manager_id})
        self.of = of
        others = Member.objects.visible_to(of).exclude(pk=of.pk).select_related("user")
        self.fields["manager"].queryset = others.order_by("user__name", "user__email", "id")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if (hours := said.get("hours")) is not None:
            said["capacity"] = round(hours * 60)
        return said

    def clean_manager(self) -> Member | None:
        manager: Member | None = self.cleaned_data["manager"]
        if manager and self.of.manages(manager):
            raise forms.ValidationError(f"{manager} reports to {self.of} already.")
        return manager
