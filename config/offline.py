"""The script that shows a map when there is no connection.

A service worker sees what lies beneath its address, so it has one at the root.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.doors import door

WORKER = settings.BASE_DIR / "static" / "js" / "offline_worker.js"


@door("GET", access="public")
def offline_worker(request: HttpRequest) -> HttpResponse:
    """As it is in the sources, in production too: it imports nothing, and its name must stay."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})
