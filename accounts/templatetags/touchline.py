from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite. It says nothing to a screen reader: the text beside it does."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name)


@register.simple_tag
def avatar(who: Any) -> SafeString:
    """Initials on a hue that stays with the name."""
    name = str(who)
    initials = "".join(part[0] for part in name.split()[:2]).upper() or "?"
    hue = sum(name.encode()) * 47 % 360
    return format_html('<span class="avatar" style="--hue:{}" title="{}" aria-hidden="true">{}</span>', hue, name, initials)


@register.filter
def ago(instant: datetime) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', instant.isoformat(), naturaltime(instant))


@register.simple_tag
def mail_folder() -> str:
    """Where mail lands in embedded mode, "" where it is really sent."""
    return str(settings.EMAIL_FILE_PATH) if settings.EMBEDDED else ""
