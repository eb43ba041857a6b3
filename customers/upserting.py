"""Keep many customers in step with another system, by the ids that they have there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import values
from accounts.models import Member
from customers.models import Customer, Health
from customers.writing import Plan, write_plans
from journeys.models import Segment

if TYPE_CHECKING:
    from accounts.models import Member as Actor

#: in one request
MOST = 5000
TRIES = 5
#: name outside -> attribute
NAMES = {
    "name": "name", "segment": "segment_id", "owner": "owner_id", "renewal_on": "renewal_on", "value": "value",
    "health": "health", "notes": "notes",
}  # fmt: skip
#: below a billion thousands, to the cent
AMOUNT = r"\d{1,12}(\.\d{1,2})?"
OUTSIDE = {attribute: name for name, attribute in NAMES.items()}
LONGEST = {"name": 200, "external_id": 200, "notes": 20_000}


@dataclass(slots=True)
class Item:
    """What becomes of one item. `result`: "new", "updated", "unchanged" or "bad"; `changed`: which fields; `errors`: pairs of
    (JSON pointer from the item on, what is wrong)."""

    external_id: str = ""
    result: str = ""
    pk: UUID | None = None
    changed: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)


class Refused(Exception):
    """All were wanted or none, and some are bad. `items`: what is wrong with each."""

    def __init__(self, items: list[Item]):
        super().__init__(len(items))
        self.items = items


class Busy(Exception):
    """Others bring in the same new customers again and again just now."""


def upsert(said: Sequence[Any], *, by: Actor, at: datetime, all_or_nothing: bool = False, only_look: bool = False) -> list[Item]:
    """Make the customers that are not there, and change those that are where they differ; each item for itself. `only_look`: say
    what would become of them, and change nothing. Raises Refused, Busy."""
    for last in (False,) * (TRIES - 1) + (True,):
        try:
            return _upsert(said, by, at, all_or_nothing, only_look)
        except IntegrityError as trouble:
            # Somebody has brought the same new customer in at the same moment: now it is there.
            if last:
                raise Busy from trouble
    raise Busy


def _upsert(said: Sequence[Any], by: Actor, at: datetime, all_or_nothing: bool, only_look: bool) -> list[Item]:
    reader = Reader(by)
    read = [reader.read(one) for one in said]
    with transaction.atomic():
        # Always locked in one order, so that two requests wait for each other instead of dying in each other's arms.
        ours = Customer.objects.visible_to(by).filter(external_id__in={item.external_id for item, _ in read if not item.errors})
        held = ours if only_look else ours.select_for_update(no_key=True).order_by("id")
        there = {one.external_id: one for one in held}
        plans = [_plan(item, fields, there, by) for item, fields in read]
        items = [item for item, _ in read]
        if all_or_nothing and any(item.result == "bad" for item in items):
            raise Refused(items)
        good = [plan for plan in plans if plan and plan.result in ("new", "updated")]
        if good and not only_look:
            write_plans(good, "brought in line through the API", by=by, at=at, today=by.workspace.today(at))
            for item, plan in zip(items, plans, strict=True):
                item.pk = plan.customer.pk if plan and plan.customer else None
    return items


def _plan(item: Item, fields: dict[str, Any], there: Mapping[str, Customer], by: Actor) -> Plan | None:
    found = there.get(item.external_id)
    if found is None and not item.errors:
        missing = [name for name in ("name", "segment") if NAMES[name] not in fields]
        item.errors += [(f"/{name}", "A new customer needs it.") for name in missing]
    if item.errors:
        item.result = "bad"
        return None
    if found is None:
        item.result, item.changed = "new", sorted(OUTSIDE[name] for name in fields)
        made = Customer(workspace_id=by.workspace_id, external_id=item.external_id, **fields)
        return Plan(result="new", customer=made)
    differing = {name: value for name, value in fields.items() if getattr(found, name) != value}
    item.pk, item.changed = found.pk, sorted(OUTSIDE[name] for name in differing)
    item.result = "updated" if differing else "unchanged"
    told = ", ".join(Customer.editable[name] for name in differing)
    before = {name: getattr(found, name) for name in differing}
    return Plan(result=item.result, detail=told, customer=found, before=before, after=differing)


class Reader:
    """Reads items as they come, one by one: what is wrong is said of each."""

    def __init__(self, by: Actor):
        self.segments = {str(pk): pk for pk in Segment.objects.visible_to(by).values_list("pk", flat=True)}
        self.members = {str(pk): pk for pk in Member.objects.visible_to(by).values_list("pk", flat=True)}
        self.seen: set[str] = set()
        self.reads: dict[str, Callable[[Any], Any]] = {
            "name": _name, "segment": self._segment, "owner": self._owner, "renewal_on": _day, "value": _value,
            "health": _health, "notes": _notes,
        }  # fmt: skip

    def read(self, said: Any) -> tuple[Item, dict[str, Any]]:
        item, fields = Item(), {}
        if not isinstance(said, dict):
            item.errors.append(("", "It is no object."))
            return item, {}
        try:
            if "external_id" not in said:
                raise ValueError("This field is required.")
            item.external_id = values.text(said["external_id"], LONGEST["external_id"]).strip()
            if not item.external_id:
                raise ValueError("It is empty: by it the customer is found again.")
            if item.external_id in self.seen:
                raise ValueError("It stands in this request twice.")
            self.seen.add(item.external_id)
        except ValueError as trouble:
            item.errors.append(("/external_id", str(trouble)))
        for name, value in said.items():
            if name == "external_id":
                continue
            if name not in self.reads:
                step = name[:60].replace("~", "~0").replace("/", "~1")
                item.errors.append((f"/{step}", f"There is no such field. There are {', '.join(self.reads)}."))
                continue
            try:
                fields[NAMES[name]] = self.reads[name](value)
            except ValueError as trouble:
                item.errors.append((f"/{name}", str(trouble)))
        return item, fields

    def _segment(self, value: Any) -> UUID:
        found = self.segments.get(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError("There is no such segment.")
        return found

    def _owner(self, value: Any) -> UUID | None:
        if value is None:
            return None
        found = self.members.get(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError("There is no such member.")
        return found


def _name(value: Any) -> str:
    return values.some_text(value, LONGEST["name"]).strip()


def _notes(value: Any) -> str:
    return "" if value is None else values.text(value, LONGEST["notes"])


def _day(value: Any) -> date | None:
    return None if value is None else values.day(value)


def _value(value: Any) -> Decimal | None:
    """A number or the text of one: other systems keep amounts as text, for a float is not exact. What would have to be rounded is
    refused: who reads it back would find another amount."""
    if value is None:
        return None
    said = value if isinstance(value, str) else repr(value) if type(value) in (int, float) else ""
    if re.fullmatch(AMOUNT, said, re.ASCII):
        return Decimal(said).quantize(Decimal("0.01"))
    raise ValueError("It is an amount, as 1234.50, not below 0 and with two decimals at most.")


def _health(value: Any) -> int | None:
    """As the API says it: the names of Health, in small letters."""
    if value is None:
        return None
    found = value.upper() if isinstance(value, str) else ""
    if found not in Health.names or value != value.lower():
        raise ValueError(f"It is {', '.join(HEALTH.values())} or null.")
    return int(Health[found])


HEALTH = {one.value: one.name.lower() for one in Health}
