"""A page's stream, as a client without a browser reads it."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any


class Listener:
    """Reads the stream of a map in a thread: `events` is a list of (name, id, data)."""

    def __init__(self, url: str, cookie: str, since: int, last_event_id: int | None = None):
        headers = {"Cookie": f"sessionid={cookie}", "Accept": "text/event-stream"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        request = urllib.request.Request(f"{url}live/?since={since}", headers=headers)
        self.answer = urllib.request.urlopen(request, timeout=30)
        self.url = url
        self.events: list[tuple[str, str, str]] = []
        self.ended = False
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.page = json.loads(self.wait_for(lambda name, *_: name == "live:joined")[2])["page"]

    def _read(self) -> None:
        try:
            for event in events_of(self.answer):
                with self._changed:
                    self.events.append(event)
                    self._changed.notify_all()
        except (OSError, ValueError, AttributeError):  # cut off
            pass
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait_for(self, wanted: Any, seconds: float = 10) -> tuple[str, str, str]:
        """The first event that `wanted(name, id, data)` takes."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                for event in self.events:
                    if wanted(*event):
                        return event
                assert not self.ended, f"The stream ended after {[(name, id) for name, id, _ in self.events]}"
                assert self._changed.wait(deadline - time.monotonic()), f"Not within {seconds} s: {self.events}"

    def wait_for_end(self, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        with self._changed:
            while not self.ended:
                assert self._changed.wait(deadline - time.monotonic()), "The stream goes on"

    def revisions(self) -> list[int]:
        return [int(id) for name, id, _ in self.events if not name]

    def people(self) -> dict[str, list[list[str]]]:
        """What the last roster says: name -> [[address, field], ...]."""
        rosters = [data for name, _, data in self.events if name == "live:here"]
        return {person["name"]: person["at"] for person in json.loads(rosters[-1])["people"]} if rosters else {}

    def wait_for_people(self, wanted: Any, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        with self._changed:
            while not wanted(self.people()):
                assert self._changed.wait(deadline - time.monotonic()), f"Not within {seconds} s: {self.people()}"

    def say(self, **said: str) -> None:
        body = json.dumps({"page": self.page, **said}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}live/", data=body, method="POST"), timeout=10).close()

    def close(self) -> None:
        if self.answer.fp is not None:
            self.answer.fp.raw._sock.shutdown(socket.SHUT_RDWR)  # closing alone would wait for the thread that reads
        self.answer.close()


def events_of(lines: Iterable[bytes]) -> Iterator[tuple[str, str, str]]:
    """(name, id, data) of each event of a stream, as they come."""
    name = id = ""
    data: list[str] = []
    for raw in lines:
        line = raw.decode().rstrip("\n")
        if not line and data:
            yield name, id, "\n".join(data)
            name = id = ""
            data = []
        elif line.startswith("data: "):
            data.append(line[6:])
        elif line.startswith("event: "):
            name = line[7:]
        elif line.startswith("id: "):
            id = line[4:]


def step_of(data: str) -> dict[str, Any]:
    """What an event says of its step, besides the picture."""
    return json.loads(data[4 : data.index("-->")])
