"""How much a client may ask: so many requests a minute, a token or a person. Told by the headers `RateLimit` and
`RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) and, when there are no more, `Retry-After`."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from accounts.api.problems import Problem

#: seconds
WINDOW = 60


class Allowance(NamedTuple):
    """What is left, and after how many seconds there is all of it again."""

    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"requests";q={settings.API_RATE};w={WINDOW}',
            "RateLimit": f'"requests";r={max(self.left, 0)};t={self.seconds}',
        }


def spend_one(request: Any) -> Allowance:
    """Raises Problem where nothing is left. While the cache is away nobody is counted."""
    who = request.auth.pk if request.auth else f"session-{request.user.pk}"
    now = time.time()
    window = int(now // WINDOW)
    key = f"api-rate:{who}:{window}"
    cache.add(key, 0, WINDOW * 2)
    try:
        spent = cache.incr(key)
    except ValueError:  # forgotten since
        spent = 1
    allowance = Allowance(settings.API_RATE - spent, WINDOW - int(now % WINDOW))
    if allowance.left < 0:
        headers = {**allowance.headers, "Retry-After": str(allowance.seconds)}
        raise Problem(429, "too-many-requests", "Too many requests", headers=headers)
    return allowance
