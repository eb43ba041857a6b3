"""Reading about the API: its description, OpenAPI 3.1, and a page to leaf through it that needs nothing from elsewhere.

Everybody may: it says nothing of what is in a workspace.
"""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.shapes import Schema
from accounts.api.views import AsJson
from accounts.doors import Door

OPEN = Door(("GET",), "api")


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
