from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms

from accounts.models import Access, Member, Role

#: years from today between which a day makes sense
FAR = 10


class DayInput(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value


class NearDateField(forms.DateField):
    """A day within ten years of today, as the form knows it: see NearDays."""

    def __init__(self, **more: Any):
        super().__init__(widget=DayInput(), **more)
        self.today = date.min

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and self.today > date.min and abs((day - self.today).days) > FAR * 365:
            raise forms.ValidationError(f"Within {FAR} years of today, please.")
        return day


class NearDays(forms.Form):
    """A form with days that are near. `today` is what the workspace's zone says."""

    def __init__(self, *args: Any, today: date, **more: Any):
        super().__init__(*args, **more)
        self.today = today
        for field in self.fields.values():
            if isinstance(field, NearDateField):
                field.today = today


class NameForm(forms.Form):
    """What we ask beside e-mail and password when somebody signs up (allauth puts it in front of its own fields)."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "email", "password1")

    def signup(self, request: Any, user: Any) -> None:
        """allauth calls this; the adapter has saved the name already."""


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=120)
    time_zone = forms.ChoiceField(choices=_zones)
    mention_mails = forms.BooleanField(
        required=False,
        label="Mail me when somebody mentions me",
        help_text="Only what you have not read here within two minutes.",
    )


class WorkspaceForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name of the workspace", help_text="Usually your company's name.")


class WorkspaceSettingsForm(WorkspaceForm):
    time_zone = forms.ChoiceField(choices=_zones)


class RoleForm(forms.Form):
    name = forms.CharField(max_length=120, label="Role")


class RolesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class InviteForm(forms.Form):
    email = forms.EmailField(max_length=254, label="E-mail")
    access = forms.ChoiceField(choices=Access.choices, initial=Access.EDITOR)
    roles = RolesField(queryset=Role.objects.none(), required=False)

    def __init__(self, *args: Any, by: Member, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = Role.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
        self.fields["access"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Access.choices if Access(value).rank <= by.rank
        ]


class MemberForm(forms.Form):
    access = forms.ChoiceField(choices=Access.choices)
    roles = RolesField(queryset=Role.objects.none(), required=False)

    def __init__(self, *args: Any, by: Member, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = Role.objects.visible_to(by).in_order()  # type: ignore[attr-defined]
