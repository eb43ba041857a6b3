"""The list of customers a page at a time, at any depth for the price of the first page.

A page begins behind a customer, named by what the list is sorted by and its id, and not behind so many others: nothing has to be
counted to find it. Those of which that is not known (no renewal date, no health, no value) come last whichever way the list
runs, so a list is two ranges, one behind the other, each of which an index holds in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, Lookup, UUIDField, Value
from django.db.models.lookups import GreaterThan, LessThan

if TYPE_CHECKING:
    from customers.models.customer import CustomerQuerySet

PER_PAGE = 50
#: of each row: plain values, as instances of four models take longer than the question
COLUMNS = (
    "pk", "key", "name", "segment__name", "owner_id", "owner__user__name", "owner__user__email", "owner__removed_at", "health",
    "renewal_on", "value",
)  # fmt: skip
#: to count further than that takes longer than to show the page; the less where each has to be looked up elsewhere
COUNTED, COUNTED_WHERE_DEAR = 10_000, 1_000


def _health(text: str) -> int:
    return {"1": 1, "2": 2, "3": 3}[text]


def _value(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite() or abs(found) >= 10**12:
        raise ValueError(text)
    return found


@dataclass(frozen=True)
class Order:
    """What a list is sorted by, and whether downwards. `read` turns what an address says back into such a value."""

    by: Any
    read: Callable[[str], Any]
    down: bool = False
    always_known: bool = False


ORDERS = {
    f"{sign}{name}": Order(by, read, down != (sign == "-"), name == "name")
    for name, by, read, down in (
        ("name", F("name_key"), str, False),
        ("renewal", F("renewal_on"), date.fromisoformat, False),
        ("health", F("health"), _health, False),
        ("value", F("value"), _value, True),
    )
    for sign in ("", "-")
}


@dataclass(frozen=True)
class Place:
    """A customer's place in a list. Of `key` None: among those of which it is not known."""

    pk: UUID
    key: Any

    def __str__(self) -> str:
        return str(self.pk) if self.key is None else f"{self.pk}~{self.key}"

    @classmethod
    def read(cls, text: str, order: Order) -> Place | None:
        """What an address says; None if that makes no sense."""
        pk, has_key, key = text.replace("\0", "").partition("~")
        try:
            if not has_key and order.always_known:
                return None
            return cls(UUID(pk), order.read(key[:200]) if has_key else None)
        except (ValueError, KeyError, InvalidOperation):
            return None


@dataclass(frozen=True)
class ListPage:
    """`before` and `after` name the neighbouring pages, "" where there is none."""

    rows: list[Any]
    before: str
    after: str


def read_page(found: CustomerQuerySet, order: Order, *, before: str = "", after: str = "", size: int = PER_PAGE) -> ListPage:
    """The page of `found` behind the place `after`, or in front of `before`; the first one where neither makes sense."""
    back = Place.read(before, order) if before else None
    if back:
        rows = _walk(found, order, back, size + 1, backwards=True)
        if len(rows) >= size:
            first = len(rows) > size
            rows = rows[:size][::-1]
            return ListPage(rows, _place(rows[0]) if first else "", _place(rows[-1]))
        # Fewer than a page: that is the first page, which is shown whole.
    start = Place.read(after, order) if after and not back else None
    rows = _walk(found, order, start, size + 1)
    there_is_more, rows = len(rows) > size, rows[:size]
    return ListPage(rows, _place(rows[0]) if start and rows else "", _place(rows[-1]) if there_is_more else "")


def count(found: CustomerQuerySet, most: int) -> int:
    """How many there are, but never more than one above `most`."""
    return found.order_by()[: most + 1].count()


def few_or_many(found: CustomerQuerySet, most: int) -> tuple[int, CustomerQuerySet]:
    """(how many there are, but never more than one above `most`; the same customers).

    For what is looked up elsewhere. Are they few, they are named from now on: sorting them is quick, whereas along the order of
    the list they may lie far between. Are there many, the next ones along that order are not far.
    """
    ids = list(found.order_by().values_list("pk", flat=True)[: most + 1])
    return len(ids), found if len(ids) > most else type(found)(found.model).filter(_is_one_of(ids))


class _IsOneOf(Lookup):
    """`= ANY(an array)`: one value to hand over, where `IN` would have Django prepare a thousand."""

    lookup_name = "is_one_of"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_values, *right_values)


def _is_one_of(ids: list[UUID]) -> _IsOneOf:
    return _IsOneOf(F("pk"), Value(ids, ArrayField(UUIDField())))


def _place(row: Any) -> str:
    return str(Place(row.pk, row.key))


def _walk(found: CustomerQuerySet, order: Order, start: Place | None, limit: int, *, backwards: bool = False) -> list[Any]:
    """So many from a place on, exclusive, in the order of the list or against it."""
    customers: Any = type(found)(found.model)
    found = found.annotate(key=order.by)
    upwards = order.down == backwards
    known = found if order.always_known else found.filter(key__isnull=False)
    ranges = [(True, known)] if order.always_known else [(True, known), (False, found.filter(key__isnull=True))]
    if backwards:
        ranges.reverse()
    rows: list[Any] = []
    for is_known, rest in ranges:
        if start and is_known == (start.key is not None):
            rest, start = rest.filter(_beyond(order, start, upwards)), None
        elif start:
            continue  # the range in front of the one it is in
        if len(rows) < limit:
            # Within a range nothing is unknown: NULLS FIRST or LAST does not matter, and the index serves both ways.
            terms = [term if upwards else f"-{term}" for term in (["key"] if is_known else []) + ["pk"]]
            # Which ones, and only then what is shown of them: for the first the index is often enough.
            ids = rest.order_by(*terms).values("pk")[: limit - len(rows)]
            shown: Any = customers.filter(pk__in=ids).annotate(key=order.by)
            rows += shown.order_by(*terms).values_list(*COLUMNS, named=True)
    return rows


def _beyond(order: Order, place: Place, upwards: bool) -> Any:
    """(key, id) > (…, …), which is one condition on the index; `a > x OR (a = x AND …)` would be none."""
    lookup = GreaterThan if upwards else LessThan
    if place.key is None:
        return lookup(F("pk"), Value(place.pk))
    return lookup(_row(order.by, F("pk")), _row(Value(place.key), Value(place.pk)))


def _row(*parts: Any) -> Func:
    return Func(*parts, function="ROW", output_field=BooleanField())
