"""Two questions a machine asks: are you alive, and can you serve?"""

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.doors import door


@door("GET", access="public")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, or a slow database would get it killed."""
    return JsonResponse({"alive": True})


@door("GET", access="public")
def readyz(request: HttpRequest) -> HttpResponse:
    """PostgreSQL and Redis answer too; 503 names what does not."""
    down = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        down.append("postgresql")
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError:
        down.append("redis")
    return JsonResponse({"ready": not down, "down": down}, status=503 if down else 200)
