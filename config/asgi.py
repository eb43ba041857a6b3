"""The web process: Django, and beside it the streams of the maps."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_asgi_application()

from journeys.live.stream import PATH, live  # noqa: E402  (models can be imported only now)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and (found := PATH.fullmatch(scope["path"])):
        await live(scope, receive, send, **found.groupdict())
    else:
        await django(scope, receive, send)
