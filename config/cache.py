"""The cache in Redis, without which everything goes on, only slower: what cannot be fetched was not there, what cannot be kept is
made again. Whoever must not lose a thing keeps it in PostgreSQL.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.functional import cached_property

#: seconds for which a Redis that does not answer is not asked again
PAUSE = 2.0
log = logging.getLogger(__name__)


class Forgiving(RedisCacheClient):
    silent_until = 0.0

    def __init__(self, *given: Any, **options: Any):
        super().__init__(*given, **options)
        self._clients: dict[int, redis.Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        # Django makes a new one for each call, which takes as long as the call.
        index = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]

    def _try(self, otherwise: Any, ask: Callable[..., Any], *given: Any) -> Any:
        if time.monotonic() < self.silent_until:
            return otherwise
        try:
            return ask(*given)
        except redis.RedisError as error:
            type(self).silent_until = time.monotonic() + PAUSE
            log.warning("The cache does not answer: %s", error)
            return otherwise

    def add(self, key: Any, value: Any, timeout: Any) -> Any:
        return self._try(True, super().add, key, value, timeout)

    def get(self, key: Any, default: Any) -> Any:
        return self._try(default, super().get, key, default)

    def set(self, key: Any, value: Any, timeout: Any) -> Any:
        return self._try(None, super().set, key, value, timeout)

    def touch(self, key: Any, timeout: Any) -> Any:
        return self._try(False, super().touch, key, timeout)

    def delete(self, key: Any) -> Any:
        return self._try(False, super().delete, key)

    def get_many(self, keys: Any) -> Any:
        return self._try({}, super().get_many, keys)

    def has_key(self, key: Any) -> Any:
        return self._try(False, super().has_key, key)

    def incr(self, key: Any, delta: Any) -> Any:
        return self._try(delta, super().incr, key, delta)

    def set_many(self, data: Any, timeout: Any) -> Any:
        return self._try(None, super().set_many, data, timeout)

    def delete_many(self, keys: Any) -> Any:
        return self._try(None, super().delete_many, keys)


class ForgivingCache(RedisCache):
    _class: type[RedisCacheClient]
    _servers: list[str]
    _options: dict[str, Any]

    def __init__(self, server: str, params: dict[str, Any]):
        super().__init__(server, params)
        self._class = Forgiving

    @cached_property
    def _cache(self) -> RedisCacheClient:
        # Each request has a context of its own and in it Django makes the cache anew. The connections last.
        return _client(tuple(self._servers), tuple(sorted(self._options.items())))


@cache
def _client(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> Forgiving:
    return Forgiving(list(servers), **dict(options))
