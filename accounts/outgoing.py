"""Posting to an address that a person has typed. See docs/decisions/034.

The host is resolved once and the connection goes to the very address that was looked at: a name that means another one a moment
later leads nowhere else. Inside a private network nothing is reached unless an admin has named the host (OUTGOING_ALLOWED_HOSTS).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import SplitResult, quote, urlsplit

import h11
from django.conf import settings

#: bytes of an answer that are read, and characters of it that are told
READ, TOLD = 4096, 500
#: ports below 1024 on which people's webhooks live; the others there are mail servers and the like
WELL_KNOWN = {80, 443}
#: IPv6 networks whose addresses carry an IPv4 one, which is where it leads in the end: NAT64 and 6to4
NAT64, SIX_TO_FOUR = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("2002::/16")
#: characters of a path that stay as they were typed
KEPT = "%/:=&~+!$,;'@()*[]"


class Refused(Exception):
    """Nothing was posted, as that address is not allowed, or it sends on to another. Says why, for people."""


class Unreachable(Exception):
    """Nobody answered there as a web server does, or not in time. Says so, for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is how the answer begins, up to 500 characters, as PostgreSQL takes them; `retry_after`: the seconds after which one
    is asked to come again."""

    status: int
    text: str
    retry_after: float | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, body: bytes, headers: dict[str, str], *, timeout: float = 10) -> Answer:
    """Post to `url`; the whole of it takes `timeout` seconds at most, but for the name's resolution. Redirects are not followed.

    Raises Refused, Unreachable.
    """
    parts, host, port = _read(url)
    addresses = _resolve(host, port)
    deadline = time.monotonic() + timeout
    line = _Line(_connect(addresses, host, port, deadline))
    # A timeout of the socket is one of each reading: who sends a byte now and then would keep us for ever.
    end = threading.Timer(max(deadline - time.monotonic(), 0), line.cut)
    end.daemon = True
    end.start()
    try:
        line.sock.settimeout(timeout)
        if parts.scheme == "https":
            line.encrypt(host)
        line.say("POST", _target(parts), body, {"Host": _named(parts, host, port), **headers})
        status, text, later = line.hear(deadline)
    except ssl.SSLCertVerificationError as trouble:
        raise Unreachable(f"The certificate of {host} is not valid: {trouble.verify_message.rstrip('.')}.") from trouble
    except (OSError, h11.ProtocolError, ValueError) as trouble:
        if time.monotonic() >= deadline:
            raise Unreachable(f"{host} took longer than {timeout:g} seconds to answer.") from trouble
        raise Unreachable(f"{host} did not answer as a web server does.") from trouble
    finally:
        end.cancel()
        line.sock.close()
    if 300 <= status < 400:
        raise Refused("That address sends on to another one. Enter the one it leads to.")
    return Answer(status, text, _seconds(later))


def check(url: str) -> None:
    """Whether one may post there, as far as it can be told without doing it. Raises Refused, Unreachable."""
    _, host, port = _read(url)
    _resolve(host, port)


def _seconds(said: str) -> float | None:
    """What Retry-After says: seconds, or a date (RFC 9110, 10.2.3)."""
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        return max(parsedate_to_datetime(said).timestamp() - time.time(), 0)
    except (ValueError, OverflowError):
        return None


def _read(url: str) -> tuple[SplitResult, str, int]:
    """(parts, host, port). Raises Refused."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode() if not _is_literal(parts.hostname) else str(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as trouble:  # UnicodeError is one
        raise Refused("That is not a web address.") from trouble
    if parts.scheme not in ("http", "https") or not host:
        raise Refused("The address has to begin with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise Refused("The address must not hold a name or a password in front of an @.")
    if port < 1024 and port not in WELL_KNOWN and not _is_allowed(host, port):
        raise Refused(f"Port {port} is not one that webhooks use.")
    return parts, host, port


def _is_literal(host: str | None) -> bool:
    return ":" in (host or "")


def _is_allowed(host: str, port: int) -> bool:
    return bool({host, f"{host}:{port}"} & set(settings.OUTGOING_ALLOWED_HOSTS))


def _resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them public or allowed. Raises Refused, Unreachable."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as trouble:
        raise Unreachable(f"There is no host called {host}.") from trouble
    if not _is_allowed(host, port) and not all(is_public(address) for address in found):
        raise Refused(f"{host} is inside a private network. Whoever runs Touchline can allow it with OUTGOING_ALLOWED_HOSTS.")
    return list(dict.fromkeys(found))


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and (inner := _inside(address)):
        address = inner
    elif isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address.teredo):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in SIX_TO_FOUR:
        return address.sixtofour
    return address.ipv4_mapped


def _connect(addresses: list[str], host: str, port: int, deadline: float) -> socket.socket:
    trouble: OSError | None = None
    for address in addresses:
        if (left := deadline - time.monotonic()) <= 0:
            break
        try:
            return socket.create_connection((address, port), left)
        except OSError as error:
            trouble = error
    raise Unreachable(f"{host} does not answer on port {port}.") from trouble


class _Line:
    """What we speak over, plain and then encrypted; to be cut from another thread."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self.http = h11.Connection(h11.CLIENT)

    def encrypt(self, host: str) -> None:
        self.sock = secure = _tls().wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
        secure.do_handshake()

    def say(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> None:
        own = {"Content-Length": str(len(body)), "Accept-Encoding": "identity", "Connection": "close"}
        request = h11.Request(method=method, target=target, headers=list({**headers, **own}.items()))
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            self.sock.sendall(self.http.send(event) or b"")

    def hear(self, deadline: float) -> tuple[int, str, str]:
        """(status, how the text begins, Retry-After) of the answer; what is said before it (1xx) is none."""
        status, read, later = 0, b"", ""
        while len(read) < READ:
            try:
                event = self.http.next_event()
            except h11.RemoteProtocolError:
                if not status or time.monotonic() >= deadline:
                    raise
                break  # it has said what became of it, and less than it had announced
            if event is h11.NEED_DATA:
                self.http.receive_data(self.sock.recv(READ))
            elif isinstance(event, h11.Response):
                status = event.status_code
                later = next((value.decode("latin-1") for name, value in event.headers if name == b"retry-after"), "")
            elif isinstance(event, h11.Data):
                read += event.data
            elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                break
        return status, read[:READ].decode(errors="replace").replace("\0", "")[:TOLD], later

    def cut(self) -> None:
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _named(parts: SplitResult, host: str, port: int) -> str:
    """The Host header."""
    name = f"[{host}]" if _is_literal(host) else host
    return name if port == (443 if parts.scheme == "https" else 80) else f"{name}:{port}"


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=KEPT)
    return f"{path}?{quote(parts.query, safe=KEPT + '?')}" if parts.query else path
