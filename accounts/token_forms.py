from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Member, Scope

DAYS = ((30, "30 days"), (90, "90 days"), (365, "a year"))


class ApiTokenForm(forms.Form):
    name = forms.CharField(max_length=100, label="What is it for?", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    scope = forms.ChoiceField(label="It may", widget=forms.Select)
    days = forms.TypedChoiceField(label="It is good for", choices=DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, member: Member, **more: Any):
        super().__init__(*args, **more)
        # Nobody is offered what they may not have.
        scopes = [(scope.value, scope.label) for scope in Scope if member.rank >= scope.least.rank]
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
