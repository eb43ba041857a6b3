"""Acts over HTTP as bad lines send them: twice, at the same instant, cut off before the answer, given up halfway."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from accounts.ids import id_text
from tests.live_editing.page import TOKEN, Page

#: how often which way, in a hundred
WAYS = {"once": 60, "again": 14, "together": 12, "cut": 9, "given up": 5}


@dataclass
class Answer:
    status: int
    said: dict[str, Any]

    @property
    def done(self) -> bool:
        return self.status == 200


@dataclass
class Sent:
    """One act: what was asked, and every answer that arrived, in order of arrival."""

    path: str
    values: dict[str, str]
    member: str
    way: str = "once"
    id: str = field(default_factory=id_text)
    answers: list[Answer] = field(default_factory=list)

    @property
    def last(self) -> Answer:
        return self.answers[-1]

    def __str__(self) -> str:
        told = "; ".join(f"{answer.status} {answer.said}" for answer in self.answers)
        return f"{self.id} {self.way} {self.member[-6:]} {self.path} {self.values} -> {told}"


class Sender:
    """Sends the acts of one page; every other one through another process."""

    def __init__(self, page: Page, rng: random.Random):
        self.page, self.rng = page, rng
        self.count = 0

    def send(self, path: str, values: dict[str, str]) -> Sent:
        way = self.rng.choices([*WAYS], [*WAYS.values()])[0]
        sent = Sent(path, values, self.page.member, way)
        if way == "together":
            start = threading.Barrier(2)
            other = threading.Thread(target=self._post, args=(sent, start))
            other.start()
            self._post(sent, start)
            other.join()
        elif way == "cut":
            self._begin(sent, whole=True)
            time.sleep(self.rng.choice([0, 0, 0.005, 0.05]))
            self._post(sent)
        elif way == "given up":
            self._begin(sent, whole=False)
            self._post(sent)
        else:
            self._post(sent)
        if way == "again":
            for _ in range(self.rng.randint(1, 2)):
                self._post(sent)
        return sent

    def _post(self, sent: Sent, start: threading.Barrier | None = None) -> None:
        self.count += 1
        body, headers = self._request(sent)
        if start:
            start.wait(20)
        status, _, text = self.page.request("POST", sent.path, body, headers, on=self.count)
        try:
            said = json.loads(text)
        except ValueError:
            said = {"message": "", "page": text[:300]}
        sent.answers.append(Answer(status, said))

    def _request(self, sent: Sent) -> tuple[str, dict[str, str]]:
        headers = {"Act-Id": sent.id, "Act-By": self.page.member, "X-CSRFToken": TOKEN}
        return urlencode(sent.values), headers | {"Content-Type": "application/x-www-form-urlencoded"}

    def _begin(self, sent: Sent, *, whole: bool) -> None:
        """Send it, or a part of it, and hang up without having heard."""
        body, headers = self._request(sent)
        self.count += 1
        address = urlsplit(self.page.webs[self.count % len(self.page.webs)])
        head = {"Host": address.netloc, "Cookie": self.page.cookie, "Content-Length": str(len(body)), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        raw = f"POST {self.page.path}{sent.path} HTTP/1.1\r\n{lines}\r\n{body}".encode()
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=20) as line:
            line.sendall(raw if whole else raw[: -max(len(body) // 2, 10)])
