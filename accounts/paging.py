"""Every list is read a page at a time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any, per_page: int = PER_PAGE, parameter: str = "page") -> Page[Any]:
    """The page that ?page= asks for; a page that does not exist is the nearest one.

    A second list on the same screen takes a parameter of its own: `_pager.html` keeps the others as they are.
    """
    page = Paginator(rows, per_page).get_page(request.GET.get(parameter))
    page.parameter = parameter  # type: ignore[attr-defined]
    return page
