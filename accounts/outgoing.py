"""A plain stand-in with the interface of the one that the calendar branch brings: take that one at the merge."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings


class Refused(Exception):
    """That address is not allowed. Says why, for people."""


class Unreachable(Exception):
    """Nobody answers there. Says so, for people."""


@dataclass(slots=True)
class Answer:
    status: int
    text: str


def post(url: str, body: bytes, headers: dict[str, str], *, timeout: float = 10) -> Answer:
    """Post to the address that the host has now, which must be a public one. Raises Refused, Unreachable."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as trouble:
        raise Refused("That is not an address.") from trouble
    if parts.scheme not in ("http", "https") or not host:
        raise Refused("The address has to begin with https://.")
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
    except OSError as trouble:
        raise Unreachable(f"There is no host called {host}.") from trouble
    is_allowed = bool({host, f"{host}:{port}"} & set(settings.OUTGOING_ALLOWED_HOSTS))
    if not is_allowed and not ipaddress.ip_address(address).is_global:
        raise Refused("That address is inside a private network.")
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.sock = socket.create_connection((str(address), port), timeout)
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(2000).decode(errors="replace")[:500])
    except (OSError, http.client.HTTPException) as trouble:
        raise Unreachable(f"{host} does not answer: {trouble}") from trouble
    finally:
        connection.close()
