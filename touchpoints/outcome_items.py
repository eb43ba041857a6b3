"""One outcome of a scheduled touchpoint as another system says it: read, and what is wrong with it said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from accounts import values

#: in one request
MOST = 5000
LONGEST = {"external_id": 200, "outcome": 4000, "because": 4000}
#: years back at most, as on the pages
FAR = 10
NAMES = ("id", "external_id", "touchpoint", "cycle", "occurrence", "state", "on", "outcome", "because", "felt")
#: state -> what it may say besides
SAYS = {"done": ("outcome", "felt"), "skipped": ("because",)}


@dataclass(slots=True)
class Item:
    """What is said, and what becomes of it. `result`: "settled", "unchanged" or "bad"; `errors`: pairs of (JSON pointer from the
    item on, what is wrong); `pk`: of the scheduled touchpoint that was meant."""

    id: UUID | None = None
    external_id: str = ""
    touchpoint: UUID | None = None
    cycle: int | None = None
    occurrence: int | None = None
    state: str = ""
    on: date = date.min
    #: what came of it, or why it was skipped; None: not said
    outcome: str | None = None
    felt: int | None = None
    says_felt: bool = False
    customer: UUID | None = None
    result: str = ""
    pk: UUID | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        """It says which one it means, and not the next one."""
        return self.id is not None or self.occurrence is not None


class Reader:
    def __init__(self, today: date):
        self.today = today
        self.seen: set[tuple[Any, ...]] = set()

    def read(self, said: Any) -> Item:
        item = Item()
        if not isinstance(said, dict):
            item.errors.append(("", "It is no object."))
            return item
        for name in said:
            if name not in NAMES:
                step = name[:60].replace("~", "~0").replace("/", "~1")
                item.errors.append((f"/{step}", f"There is no such field. There are {', '.join(NAMES)}."))
        self._which(item, said)
        self._what(item, said)
        if not item.errors:
            key = (item.id, item.external_id, item.touchpoint, item.cycle, item.occurrence, item.state, item.on)
            if key in self.seen:
                item.errors.append(("", "It stands in this request twice."))
            self.seen.add(key)
        return item

    def _which(self, item: Item, said: dict[str, Any]) -> None:
        keys = [name for name in ("external_id", "touchpoint", "cycle", "occurrence") if said.get(name) is not None]
        if said.get("id") is not None:
            if keys:
                item.errors.append((f"/{keys[0]}", "Name it by “id”, or by “external_id” and “touchpoint”, not by both."))
            self._keep(item, "id", values.an_id, said["id"])
            return
        for name, read in (("external_id", _external_id), ("touchpoint", values.an_id)):
            if said.get(name) is None:
                item.errors.append((f"/{name}", "Name it by “id”, or by “external_id” and “touchpoint”."))
            else:
                self._keep(item, name, read, said[name])
        for name in ("cycle", "occurrence"):
            if said.get(name) is not None:
                self._keep(item, name, _number, said[name])

    def _what(self, item: Item, said: dict[str, Any]) -> None:
        state = said.get("state")
        if not isinstance(state, str) or state not in SAYS:
            item.errors.append(("/state", f"It is one of {', '.join(SAYS)}."))
            return
        item.state = state
        self._keep(item, "on", self._day, said.get("on"))
        for name in ("outcome", "because", "felt"):
            if name in said and name not in SAYS[state]:
                item.errors.append((f"/{name}", f"What is {state} has {' and '.join(SAYS[state])}."))
        if state == "skipped":
            self._keep(item, "because", _reason, said.get("because"), "outcome")
            return
        if said.get("outcome") is not None:
            self._keep(item, "outcome", _outcome, said["outcome"])
        if "felt" in said:
            self._keep(item, "felt", _felt, said["felt"])
            item.says_felt = True

    @staticmethod
    def _keep(item: Item, name: str, read: Any, value: Any, attribute: str = "") -> None:
        try:
            setattr(item, attribute or name, read(value))
        except ValueError as trouble:
            item.errors.append((f"/{name}", str(trouble)))

    def _day(self, value: Any) -> date:
        if value is None:
            raise ValueError("This field is required: the day on which it was done or skipped, as 2027-01-31.")
        day = values.day(value)
        if day > self.today:
            raise ValueError("That day is still to come.")
        if (self.today - day).days > FAR * 365:
            raise ValueError(f"Within {FAR} years of today, please.")
        return day


def _text(value: Any, name: str) -> str:
    return values.text(value, LONGEST[name]).strip()


def _external_id(value: Any) -> str:
    text = _text(value, "external_id")
    if not text:
        raise ValueError("It is empty: by it the customer is found.")
    return text


def _outcome(value: Any) -> str:
    return _text(value, "outcome")


def _reason(value: Any) -> str:
    text = "" if value is None else _text(value, "because")
    if not text:
        raise ValueError("Say why it was skipped.")
    return text


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**15:
        raise ValueError("It is a number, as the list of scheduled touchpoints says it.")
    return value


def _felt(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not -2 <= value <= 2:
        raise ValueError("It is a number from -2 to 2.")
    return value
