"""Reading about the API: its description, OpenAPI 3.1, a page to leaf through it that needs nothing from elsewhere, the walk of
docs/api.md as a page, and the client that it speaks of.

Everybody may: it says nothing of what is in a workspace.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from markdown_it import MarkdownIt
from rest_framework.authentication import SessionAuthentication
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.shapes import Schema
from accounts.api.views import AsJson
from accounts.doors import Door

OPEN = Door(("GET",), "api")
DOCS = settings.BASE_DIR / "docs"


class ApiSchema(SpectacularAPIView):
    schema = None
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = [AsJson]  # the base has a list
    door = OPEN


class ApiDocs(SpectacularSwaggerSplitView):
    schema = None
    authentication_classes = ()
    permission_classes = ()
    url = "/api/v1/schema"
    template_name = "accounts/api_docs.html"
    door = OPEN


class PublishedSchema(APIView):
    """One JSON Schema by itself."""

    schema = None
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (AsJson,)
    door = OPEN
    published: ClassVar[Schema]

    def get(self, request: Any) -> Response:
        return Response(self.published, content_type="application/schema+json")


class Guide(APIView):
    """docs/api.md as a page: who has only the installation reads it, too."""

    schema = None
    authentication_classes = (SessionAuthentication,)  # for its bar, as on any page
    permission_classes = ()
    renderer_classes = (StaticHTMLRenderer,)
    door = OPEN

    def get(self, request: Any) -> HttpResponse:
        page = MarkdownIt("commonmark", {"html": False}).enable("table").render((DOCS / "api.md").read_text())
        return render(request, "accounts/api_guide.html", {"page": mark_safe(page)})  # noqa: S308  # nosec: our own words


class SampleClient(APIView):
    """The client that the guide speaks of, to be read and taken along."""

    schema = None
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (StaticHTMLRenderer,)
    door = OPEN

    def get(self, request: Any) -> HttpResponse:
        return HttpResponse((DOCS / "mirror.py").read_text(), content_type="text/x-python; charset=utf-8")
