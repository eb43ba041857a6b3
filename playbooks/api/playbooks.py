from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.api.resources import Listed, One
from accounts.api.shapes import ANYTHING, TEXT
from accounts.api.views import ApiRequest
from playbooks.models import Playbook

FIELDS = ("id", "title", "summary", "made_at", "changed_at")


class Playbooks(Listed):
    """Without what they say, which each has alone."""

    model = Playbook
    fields = FIELDS
    orders = {"title": "title", "changed_at": "changed_at", "id": "pk"}
    filters = {"search": TEXT}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Playbook.objects.visible_to(request.member).matching(request.query_params.get("search", "")[:200])


class OnePlaybook(One):
    """`body`: its steps, messages, links and talk track."""

    model = Playbook
    fields = (*FIELDS, "body")
    known = {"body": ANYTHING}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Playbook.objects.visible_to(request.member)
