"""Whatever is below /api/ and is nothing. The hint says what was probably meant."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.urls import resolve

from accounts.api.problems import Problem
from accounts.api.views import ApiView

ROOT = "/api/v1/"
SOME_ID = str(UUID(int=0))


class NoSuchAddress(ApiView):
    authentication_classes = ()
    schema = None  # type: ignore[assignment]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        raise Problem(404, "not-found", "There is no such address", hint=what_helps(request.path))


def what_helps(path: str) -> str:
    if not path.startswith(ROOT):
        return f"All addresses begin with {ROOT}; {ROOT}docs shows them."
    if path.endswith("/") and _is_something(path.rstrip("/")):
        return f"Addresses end without a slash: {path.rstrip('/')}."
    steps = path.removeprefix(ROOT).rstrip("/").split("/")
    if steps == ["journeys", "by-external-id"]:
        return f"Say of which system the ids are: {ROOT}journeys/by-external-id/{{source}} lists the maps by their ids there."
    meant = [SOME_ID if number % 2 else step for number, step in enumerate(steps)]
    if _is_something(ROOT + "/".join(meant)):
        return (
            "Ids in an address are UUIDs, in small letters and with their hyphens. By ids of your own: "
            f"{ROOT}customers?external_id=… and {ROOT}journeys/by-external-id/{{source}}/{{external_id}}/document."
        )
    return f"All addresses: {ROOT}docs, and {ROOT}schema for programs."


def _is_something(path: str) -> bool:
    return re.fullmatch(r"[!-~]+", path) is not None and getattr(resolve(path).func, "cls", None) is not NoSuchAddress
