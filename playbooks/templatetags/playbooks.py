from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from playbooks.body import Item
from playbooks.markdown import rendered
from playbooks.placeholders import unknown_in

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return rendered(text)


@register.filter
def unknown_placeholders(message: Item) -> list[Any]:
    return unknown_in(message["subject"], message["text"])
