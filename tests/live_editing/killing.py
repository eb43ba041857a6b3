"""People draw while Valkey, a web process and PostgreSQL are killed and come back. Run by tests/process/test_killing.py."""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.live_editing.deeds import Deed, Hand
from tests.live_editing.page import Page
from tests.live_editing.sending import Sender, Sent
from tests.live_editing.simulation import Client, tally
from tests.live_editing.standing_alone import new_workspace, standing_alone

WRITERS = 5
#: seconds; between two tries to be answered, and until a writer gives up
PAUSE, PATIENCE = 0.2, 60.0


class Stubborn(Sender):
    """Asks again until it is answered."""

    def _post(self, sent: Sent, start: threading.Barrier | None = None) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                super()._post(sent, start)
            except (OSError, http.client.HTTPException):
                pass
            else:
                if not any(answer.status >= 500 for answer in sent.answers):
                    return
                sent.answers = [answer for answer in sent.answers if answer.status < 500]
            assert time.monotonic() < deadline, f"Never answered: {sent}"
            time.sleep(PAUSE)

    def _begin(self, sent: Sent, *, whole: bool) -> None:
        with suppress(OSError):
            super()._begin(sent, whole=whole)


class Writers:
    """Five pages that are drawn on until one says stop."""

    def __init__(self, webs: list[str], path: str, people: list[tuple[str, str]], roles: list[str]):
        self.stopped = threading.Event()
        pages = [Page(webs[n % 2 :] + webs[: n % 2], path, *people[n]) for n in range(WRITERS)]
        self.clients = [Client(page, random.Random(n), roles) for n, page in enumerate(pages)]
        self.threads = [threading.Thread(target=self._write, args=(client,)) for client in self.clients]
        for client, thread in zip(self.clients, self.threads, strict=True):
            client.page.connect()
            thread.start()

    def _write(self, client: Client) -> None:
        hand, sender = Hand(client.page, client.rng, client.roles), Stubborn(client.page, client.rng)
        try:
            while not self.stopped.is_set():
                deed = self._choose(hand)
                sent = sender.send(deed.path, deed.values)
                client.done.append((deed, sent))
                if sent.last.done:
                    client.page.reach(sent.last.said["revision"])
                time.sleep(0.03)
        except BaseException as trouble:
            client.trouble = trouble

    def _choose(self, hand: Hand) -> Deed:
        while True:
            try:
                return hand.choose()
            except (OSError, http.client.HTTPException):  # a panel that could not be read
                time.sleep(PAUSE)

    def acknowledged(self) -> int:
        return sum(sent.last.done for client in self.clients for _, sent in client.done)

    def go_on(self, acts: int, seconds: float = 30) -> None:
        """Until so many more acts have been acknowledged."""
        wanted, deadline = self.acknowledged() + acts, time.monotonic() + seconds
        while self.acknowledged() < wanted:
            assert time.monotonic() < deadline, f"Nothing goes on: {self.acknowledged()} acts after {seconds} s"
            time.sleep(0.05)

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        for client in self.clients:
            if client.trouble:
                raise client.trouble

    def failures(self, since: float) -> list[str]:
        return [told for client in self.clients for at, told in client.page.failures if at >= since]


def kill(services: Any, name: str) -> None:
    """SIGKILL. Of PostgreSQL the postmaster, whose children then go by themselves."""
    pid = next(pid for pid, (called, _) in services.starters.items() if called == name)
    if name == "PostgreSQL":
        pid = int((services.data / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    next(process for process in services.processes if process.pid == pid).wait(10)


def without_valkey(services: Any, writers: Writers) -> None:
    """Acts go on, pages load, and what one does reaches the others."""
    kill(services, "Valkey")
    begun = time.monotonic()
    writers.go_on(40)
    page = writers.clients[0].page
    with page.lock:
        steps = page.steps
    writers.go_on(10)
    page.load()
    deadline = time.monotonic() + 6
    while page.steps == steps:
        assert time.monotonic() < deadline, "Without Valkey nothing reaches a page"
        time.sleep(0.05)
    time.sleep(max(0, begun + 3 - time.monotonic()))
    assert not writers.failures(begun), writers.failures(begun)
    assert services.revive() == ["Valkey"]


def main() -> None:
    with standing_alone(durable=True) as (services, webs):
        import redis
        from django.conf import settings
        from django.db import connection

        from tests.live_editing.cast import map_with_cards, people, setting
        from tests.live_editing.verdict import judge

        owner, *others = people(new_workspace("Northwind"), ("Edda", "Emil", "Enno", "Elsa"))
        journey = map_with_cards(owner)
        writers = Writers([web.url for web in webs], **setting(owner, others, journey))
        begun = time.monotonic()

        def tell(what: str) -> None:
            print(f"{time.monotonic() - begun:5.1f} s, {writers.acknowledged()} acts: {what}", flush=True)

        def after_that(what: str, work: Callable[[], Any]) -> None:
            tell(what)
            work()
            writers.go_on(40)

        try:
            writers.go_on(40)
            after_that("FLUSHALL", redis.Redis.from_url(settings.REDIS_URL).flushall)
            after_that("Valkey is killed", lambda: without_valkey(services, writers))
            after_that("Valkey is back; a web process is killed", webs[0].kill)
            after_that("it is back", webs[0].start)
            tell("PostgreSQL is killed")
            kill(services, "PostgreSQL")
            time.sleep(1)
            after_that("PostgreSQL comes back", services.revive)
            tell("enough")
        finally:
            writers.stop()
        connection.close()  # of before PostgreSQL died
        print(judge(journey, writers.clients, may_fail=True), tally(writers.clients), sep="\n")
        tell("all pages show the map, and the log has each answered act once")
        for client in writers.clients:
            client.page.drop()


if __name__ == "__main__":
    main()
