"""Twenty pages of five people on two web processes, a thousand random acts on bad lines; at the end all see the same, and the log
has each act that was answered exactly once.

    python -m tests.live_editing.simulation --seeds 50 [--first 1] [--acts 1000]

One line a seed; the first that fails is told with what was done (as far as threads allow it can be done again).
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.live_editing.deeds import Deed, Hand
from tests.live_editing.page import Page
from tests.live_editing.sending import Sender, Sent
from tests.live_editing.standing_alone import new_workspace, standing_alone

if TYPE_CHECKING:
    from tests.serving import Web

#: what is done instead of an act, in a thousand
DROP, COME_BACK, LOAD = 40, 250, 15
#: what a page may be told instead of "done"
REFUSALS = {404, 409, 410, 422}


@dataclass
class Client:
    """One page and who sits before it."""

    page: Page
    rng: random.Random
    roles: list[str]
    done: list[tuple[Deed, Sent]] = field(default_factory=list)
    trouble: BaseException | None = None

    def work(self, acts: int) -> None:
        hand, sender = Hand(self.page, self.rng, self.roles), Sender(self.page, self.rng)
        self.page.connect()
        is_here = True
        try:
            for _ in range(acts):
                chance = self.rng.randrange(1000)
                if is_here and chance < DROP:
                    self.page.drop()
                    is_here = False
                elif not is_here and chance < COME_BACK:
                    self.page.connect()
                    is_here = True
                elif chance >= 1000 - LOAD:
                    self.page.load()
                self.page.say()
                self._do(hand.choose(), sender)
        except BaseException as trouble:  # told by whoever waits for the thread
            self.trouble = trouble
        if not is_here:
            self.page.connect()

    def _do(self, deed: Deed, sender: Sender) -> None:
        sent = sender.send(deed.path, deed.values)
        self.done.append((deed, sent))
        if done := [answer for answer in sent.answers if answer.done]:
            self.page.reach(max(answer.said["revision"] for answer in done))
        elif sent.last.status == 409 and "theirs" in sent.last.said and self.rng.random() < 0.5:
            # Both texts are shown; this one insists.
            name = sent.last.said["field"]
            values = deed.values | {f"was-{name}": sent.last.said["values"]["theirs"]}
            self._do(Deed(deed.path, values, deed.wants, deed.may_rest), sender)
        elif sent.last.status == 410 and self.rng.random() < 0.3:
            # Whoever wrote into it, or moved it, brings it back with that.
            address = sent.last.said["deleted"]
            is_edit = deed.path == f"{address}edit/"
            wants = deed.wants if is_edit else [(address.split("/")[0], address.split("/")[1], {})]
            self._do(Deed(f"{address}bring-back/", deed.values if is_edit else {}, wants), sender)


def simulate(
    webs: list[str], path: str, people: list[tuple[str, str]], roles: list[str], *, seed: int, acts: int
) -> list[Client]:
    """Do it. `people` are (member, session), each with four pages. Returns the clients, whose pages have all come to rest."""
    clients = [
        Client(Page(webs[n % 2 :] + webs[: n % 2], path, *people[n % len(people)]), random.Random(seed * 1000 + n), roles)
        for n in range(20)
    ]
    threads = [threading.Thread(target=client.work, args=(acts // len(clients),)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        if client.trouble:
            raise client.trouble
    return clients


def wait_for(pages: list[Page], revision: int, seconds: float = 30) -> None:
    """Until the streams have brought all pages to a revision."""
    deadline = time.monotonic() + seconds
    for page in pages:
        with page.lock:
            while page.revision < revision and not page.troubles:
                left = deadline - time.monotonic()
                assert left > 0, f"A page stays at {page.revision} of {revision} ({page.streams} streams, {page.steps} steps)"
                page.changed.wait(left)


def tally(clients: list[Client]) -> str:
    ways, answers = Counter[str](), Counter[int]()
    for client in clients:
        for _, sent in client.done:
            ways[sent.way] += 1
            answers.update(answer.status for answer in sent.answers)
    pages = [client.page for client in clients]
    streamed = f"{sum(page.steps for page in pages)} steps, {sum(page.deltas for page in pages)} deltas"
    lines = f"{sum(page.streams for page in pages)} streams, {sum(page.loads for page in pages)} loads"
    told = lambda counter: ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))  # noqa: E731
    return f"{told(ways)}; answers {told(answers)}; {streamed}, {lines}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--acts", type=int, default=1000)
    given = parser.parse_args()
    with standing_alone(durable=False) as (_, webs):
        for seed in range(given.first, given.first + given.seeds):
            begun = time.monotonic()
            said = run(webs, seed, given.acts)
            print(f"seed {seed}: {time.monotonic() - begun:.1f} s; {said}", flush=True)
    return 0


def run(webs: list[Web], seed: int, acts: int) -> str:
    from tests.live_editing.cast import map_with_cards, people, setting
    from tests.live_editing.verdict import judge

    owner, *others = people(new_workspace(f"Northwind-{seed}"), ("Edda", "Emil", "Enno", "Elsa"))
    journey = map_with_cards(owner)
    clients = simulate([web.url for web in webs], **setting(owner, others, journey), seed=seed, acts=acts)
    try:
        seen = judge(journey, clients)
        for web in webs:
            _, trouble, more = web.log.read_text().partition("ERROR")
            assert not trouble, (trouble + more)[:5000]
    except AssertionError:
        path = Path(tempfile.gettempdir()) / f"touchline-simulation-{seed}.log"
        path.write_text("\n".join(str(sent) for client in clients for _, sent in client.done))
        print(f"seed {seed} failed; what was done is in {path}", flush=True)
        raise
    finally:
        for client in clients:
            client.page.drop()
    return f"{seen}; {tally(clients)}"


if __name__ == "__main__":
    raise SystemExit(main())
