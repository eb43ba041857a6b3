from django import forms


class PlaybookForm(forms.Form):
    title = forms.CharField(max_length=200)
    summary = forms.CharField(
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="How this is delivered, in a few sentences.",
    )


class NewPlaybookForm(forms.Form):
    title = forms.CharField(max_length=200, label="New playbook")
