from django import forms


class NewPlaybookForm(forms.Form):
    title = forms.CharField(max_length=200, label="New playbook")
