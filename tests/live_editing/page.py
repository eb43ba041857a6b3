"""A page of the map without a browser: its picture and its stream, by the same rules as static/js/live.js and acts.js."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tests.live_editing.listener import events_of, step_of
from tests.live_editing.pictures import Picture, picture_of, swap

REVISION = re.compile(r'data-revision="(\d+)"')
#: what any token may be, as long as cookie and header agree
TOKEN = "s" * 32
#: seconds between two tries to have a stream
PAUSE = 0.2


class Page:
    """`webs` are the addresses of the web processes: each stream goes to the next one."""

    def __init__(self, webs: list[str], path: str, member: str, session: str):
        self.webs, self.path, self.member = webs, path, member
        self.cookie = f"sessionid={session}; csrftoken={TOKEN}"
        self.picture: Picture = {}
        #: the page's one thread, so to say: whoever reads or changes the picture holds it
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.troubles: list[str] = []
        #: answers of 500 and above, and when they came
        self.failures: list[tuple[float, str]] = []
        self.steps = self.deltas = self.loads = self.streams = 0
        self.name = ""
        self.said_at = 0.0
        self._stream: socket.socket | None = None
        self._wanted = False
        self._thread: threading.Thread | None = None
        self.load()

    @property
    def revision(self) -> int:
        found = REVISION.search(self.picture["map-size"][1])
        assert found
        return int(found[1])

    # asking

    def request(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None, on: int = 0) -> Any:
        """(status, headers, text) from one of the web processes."""
        address = urlsplit(self.webs[on % len(self.webs)])
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        try:
            connection.request(method, self.path + path, body.encode() or None, {"Cookie": self.cookie, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 500:
            self.failures.append((time.monotonic(), f"{answer.status} to {method} {path}: {text[:200]}"))
        return answer.status, answer.headers, text

    def load(self) -> None:
        """The whole page, new."""
        with self.lock:
            status, _, text = self.request("GET", "", on=self.loads)
            assert status == 200, f"{status} for the canvas"
            self.loads += 1
            self.picture = picture_of(text)
            self.changed.notify_all()

    def refresh(self) -> None:
        with self.lock:
            self.deltas += 1
            try:
                status, headers, text = self.request("GET", f"delta/?since={self.revision}", on=self.deltas)
            except (OSError, http.client.HTTPException):
                return  # as on the page: the next step, or the next stream, brings it
            if headers.get("HX-Refresh"):
                self.load()
            elif status == 200:
                swap(self.picture, text)
                self.changed.notify_all()

    def reach(self, revision: int, seconds: float = 0.4) -> None:
        """After an act: wait for the stream a moment, then ask."""
        deadline = time.monotonic() + seconds
        with self.lock:
            while self.revision < revision and self._wanted and self.changed.wait(deadline - time.monotonic()):
                pass
            for _ in range(3):
                if self.revision < revision:
                    self.refresh()

    def say(self) -> None:
        """That the page is still there, as it does every 5 seconds."""
        if self.name and time.monotonic() - self.said_at > 5:
            self.said_at = time.monotonic()
            self.request("POST", "live/", json.dumps({"page": self.name, "open": "", "field": ""}), on=self.streams + 1)

    # the stream

    def connect(self) -> None:
        self._wanted = True
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def drop(self) -> None:
        """The line goes dead. `connect` comes back with the revision that was reached."""
        self._wanted = False
        if self._stream:
            with suppress(OSError):
                self._stream.shutdown(socket.SHUT_RDWR)
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(30)
        self._thread = None

    def _follow(self) -> None:
        while self._wanted:
            try:
                self._listen()
            except (OSError, http.client.HTTPException):
                pass  # hx-sse tries again
            except AssertionError as trouble:
                self.troubles.append(str(trouble))
                return
            if self._wanted:
                time.sleep(PAUSE)

    def _listen(self) -> None:
        self.streams += 1
        address = urlsplit(self.webs[self.streams % len(self.webs)])
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=60) as self._stream:
            again = f"Last-Event-ID: {self.revision}\r\n" if self.streams > 1 else ""
            self._stream.sendall(
                f"GET {self.path}live/?since={self.revision} HTTP/1.1\r\nHost: {address.netloc}\r\n"
                f"Cookie: {self.cookie}\r\n{again}\r\n".encode()
            )
            answer = http.client.HTTPResponse(self._stream)
            answer.begin()
            if answer.status != 200:
                self.failures.append((time.monotonic(), f"{answer.status} for the stream"))
                return
            for name, id, data in events_of(answer):
                if not self._wanted:
                    return
                self._take(name, id, data)

    def _take(self, name: str, id: str, data: str) -> None:
        if name == "live:joined":
            self.name = json.loads(data)["page"]
        elif name in ("live:reload", "live:closed"):
            assert name == "live:reload", "A stream was closed that may go on"
            self.load()
        elif not name:
            with self.lock:
                self.steps += 1
                if step_of(data)["since"] == self.revision:
                    swap(self.picture, data)
                    assert self.revision == int(id), f"A step to {id} leads to {self.revision}"
                    self.changed.notify_all()
                elif int(id) > self.revision:
                    self.refresh()
