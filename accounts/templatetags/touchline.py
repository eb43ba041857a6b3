from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
SYMBOL = re.compile(r"<symbol.*?</symbol>", re.DOTALL)

#: app -> part of a page's name -> its entry in the navigation or in one's menu
AREAS = {
    "accounts": {
        "notice": "notices", "token": "tokens", "webhook": "webhooks", "role": "roles", "calendar": "calendar",
        "setting": "settings", "audit": "settings",
    },
    "touchpoints": {
        "today": "today", "week": "today", "team": "today", "capacity": "today", "handoff": "handoffs", "request": "requests",
        "reminder": "reminders", "undelivered": "reminders", "calendar": "feed", "sending": "sendings",
    },
}  # fmt: skip
#: what all other pages of these apps are about
REST = {"accounts": "members", "touchpoints": "customers"}


@register.simple_tag
@cache  # a page has hundreds of a dozen of them
def icon(name: str) -> SafeString:
    """A drawing from the sprite. It says nothing to a screen reader: the text beside it does."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name)


@register.simple_tag
@cache
def map_icons() -> SafeString:
    """The sprite inside of the page, each drawing named "icon-" and its name, for what is drawn thousands of times."""
    sprite = (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text()
    return mark_safe("".join(SYMBOL.findall(sprite)).replace('<symbol id="', '<symbol id="icon-'))  # noqa: S308  # nosec


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


@register.simple_tag(takes_context=True)
def page_link(context: Any, page: Any, number: int) -> str:
    """The query of another page of one list. What else the address asks for stays: a search, the page of another list."""
    parameter = getattr(page, "parameter", "page")
    query = context["request"].GET.copy()
    query[parameter] = str(number)
    # A list further down the screen says where it is, so that turning its page does not lead back to the top.
    return f"?{query.urlencode()}" + (f"#{parameter}" if parameter != "page" else "")


@register.simple_tag(takes_context=True)
def area(context: Any) -> str:
    """Which entry of the navigation, or of one's menu, the page belongs to; "" for none."""
    match = context["request"].resolver_match
    if match is None:  # an address that is none
        return ""
    app, name = match.app_name, match.url_name or ""
    return next((said for part, said in AREAS.get(app, {}).items() if part in name), REST.get(app, app))


@register.simple_tag
def mail_folder() -> str:
    """Where mail lands in embedded mode, "" where it is really sent."""
    return str(settings.EMAIL_FILE_PATH) if settings.EMBEDDED else ""


@register.filter
def as_json(value: Any) -> str:
    """Plain data as text, for an attribute: escaped like any text."""
    return orjson.dumps(value).decode()


@register.filter
def hours(minutes: int) -> str:
    """Minutes as people say them: 45 min, 2 h, 3 h 20 min."""
    whole, rest = divmod(minutes, 60)
    return " ".join([*([f"{whole} h"] if whole else []), *([f"{rest} min"] if rest or not whole else [])])
