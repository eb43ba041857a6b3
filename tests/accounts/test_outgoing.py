"""Posting to addresses that people have typed, against real servers on this machine."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from accounts.outgoing import Refused, Unreachable, check, is_public, post
from tests.serving import free_port

SLOW = 1.0


@contextmanager
def web_server(answer):
    """Answers each POST with `answer(handler)`; gives the address and the posts so far: (path, headers, body)."""
    posts = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            posts.append((self.path, dict(self.headers), body))
            answer(self)

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}", posts
    finally:
        server.shutdown()
        server.server_close()


def say(status, text, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


@pytest.fixture
def allow(settings):
    def add(host):
        settings.OUTGOING_ALLOWED_HOSTS = [*settings.OUTGOING_ALLOWED_HOSTS, host]

    return add


def test_what_is_posted_arrives_as_it_is_and_the_answer_comes_back(allow):
    with web_server(say(202, "taken")) as (host, posts):
        allow(host)
        answer = post(f"http://{host}/hook/ä b?x=ö", b'{"text": "x"}', {"Content-Type": "application/json", "X-Id": "7"})
    assert (answer.status, answer.text) == (202, "taken")
    ((path, headers, body),) = posts
    assert path == "/hook/%C3%A4%20b?x=%C3%B6"
    assert (headers["X-Id"], headers["Host"], body) == ("7", host, b'{"text": "x"}')


def test_a_private_host_is_refused_and_nothing_is_sent_unless_it_is_allowed_by_name(allow):
    with web_server(say(200, "ok")) as (host, posts):
        with pytest.raises(Refused, match="private network"):
            post(f"http://{host}/", b"", {})
        allow("example.com")
        with pytest.raises(Refused, match="private network"):
            post(f"http://localhost:{host.partition(':')[2]}/", b"", {})
        assert posts == []
        allow("127.0.0.1")
        assert post(f"http://{host}/", b"", {}).status == 200


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]",
     "[64:ff9b::a9fe:a9fe]", "169.254.169.254", "10.1.2.3", "100.64.0.1", "0", "224.0.0.1", "[fe80::1]", "[fd00::1]",
     "[ff02::1]", "localhost"],
)  # fmt: skip
def test_an_address_inside_is_refused_however_it_is_written(host):
    with pytest.raises((Refused, Unreachable)):
        check(f"http://{host}/")


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.100.100.200", "192.0.2.1", "198.18.0.1",
     "0.0.0.1", "224.0.1.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:192.168.0.1",
     "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fe80::1%eth0", "fec0::1", "fd12::1",
     "ff0e::1", "2001:db8::1"],
)  # fmt: skip
def test_these_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_these_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.com/", "begin with https"),
        ("file:///etc/passwd", "begin with https"),
        ("example.com/hook", "begin with https"),
        ("", "begin with https"),
        ("http://", "begin with https"),
        ("http://[::1", "not a web address"),
        ("http://example.com:99999/", "not a web address"),
        ("http://a..b.example/", "not a web address"),
        ("http://me:secret@example.com/", "name or a password"),
        ("http://example.com:25/", "Port 25"),
    ],
)
def test_what_is_no_address_for_a_webhook_is_refused_and_says_why(url, said):
    with pytest.raises(Refused, match=said):
        post(url, b"", {})


def test_a_redirect_is_not_followed(allow):
    with web_server(say(200, "inside")) as (inside, reached), web_server(say(302, "", Location=f"http://{inside}/")) as (host, _):
        allow(host)
        with pytest.raises(Refused, match="sends on to another"):
            post(f"http://{host}/", b"", {})
        assert reached == []


def test_a_server_that_sends_a_byte_now_and_then_does_not_keep_us(allow):
    def drip(handler):
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)

    with web_server(drip) as (host, _):
        allow(host)
        begun = time.monotonic()
        with pytest.raises(Unreachable, match=r"longer than 1 seconds|as a web server does"):
            post(f"http://{host}/", b"", {}, timeout=SLOW)
        assert time.monotonic() - begun < SLOW * 3


def test_what_is_said_before_the_answer_is_none(allow):
    def answer(handler):
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" + hints * 3)
        handler.wfile.flush()
        time.sleep(0.05)
        handler.wfile.write(hints + b"HTTP/1.1 503 Busy\r\nContent-Length: 9\r\nRetry-After: 7\r\n\r\nLater")

    with web_server(answer) as (host, _):
        allow(host)
        answer = post(f"http://{host}/", b"x", {})
    assert (answer.status, answer.text, answer.retry_after) == (503, "Later", 7)


def test_of_an_answer_without_end_only_the_beginning_is_read(allow):
    def without_end(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            return

    with web_server(without_end) as (host, _):
        allow(host)
        assert post(f"http://{host}/", b"", {}, timeout=5).text == "x" * 500


def test_where_nobody_listens_is_said(allow):
    port = free_port()
    allow("127.0.0.1")
    with pytest.raises(Unreachable, match=f"does not answer on port {port}"):
        post(f"http://127.0.0.1:{port}/", b"", {})
    with pytest.raises(Unreachable, match="no host called"):
        post("http://nowhere.invalid/", b"", {})


def test_a_server_that_speaks_no_tls_is_no_secure_address(allow):
    with web_server(say(200, "ok")) as (host, posts):
        allow(host)
        with pytest.raises(Unreachable, match="as a web server does"):
            post(f"https://{host}/", b"secret", {}, timeout=SLOW)
        assert posts == []
