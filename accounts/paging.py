"""Every list is read a page at a time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Page[Any]:
    """The page that ?page= asks for; a page that does not exist is the nearest one."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
