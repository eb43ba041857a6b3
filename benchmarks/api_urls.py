"""The site, and a door of the API that does nothing."""

from __future__ import annotations

from django.urls import path
from rest_framework.response import Response

from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from config.urls import urlpatterns as site


class Empty(ApiView):
    doors = {"GET": Access.VIEWER}

    def get(self, request: ApiRequest) -> Response:
        return Response({})


urlpatterns = [path("api/v1/empty", Empty.as_view()), *site]
