"""Lists, a page at a time, by where the last one ended: nothing is missed or seen twice while others add and remove."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Expression, F, FloatField, Func, IntegerField, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan
from rest_framework.response import Response

from accounts import values
from accounts.api.problems import Problem

Read = TypeVar("Read")


class Pair(Func):
    """(a, b), which PostgreSQL compares as it sorts."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


USUAL, MOST = 50, 200
#: bytes of a page whose rows are weighed
HEAVIEST = 4 * 1024 * 1024
#: parameters that are the list's own, not filters
OWN = {"cursor", "limit", "order", "fields"}


def listed(
    request: Any,
    rows: QuerySet[Any],
    fields: Sequence[str],
    orders: Mapping[str, str],
    *,
    shape: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    shown: Sequence[str] | None = None,
    weight: Expression | None = None,
    usual: str = "",
) -> Response:
    """`{"results": [...], "next": address or null}`. `fields`: what of each row is shown; `orders`: name in the address -> the
    field, which has no NULL in the rows; `-name` turns it round; `usual`: the order where none is said, if not the first one;
    `shape`: what becomes of each row; `shown`: what the fields are called then, in their order; `weight`: its bytes, where there
    may be many: then a page ends at HEAVIEST. Raises Problem for what makes no sense."""
    wanted = _wanted(request, fields, shown or fields)
    limit = limit_of(request)
    order = request.query_params.get("order", usual or next(iter(orders)))
    field, down = orders.get(order.removeprefix("-")), order.startswith("-")
    if field is None:
        raise refused("order", f"It is one of {', '.join(orders)}, with “-” in front to turn it round.")
    if (cursor := request.query_params.get("cursor")) is not None:
        rows = _after(rows, cursor, field, order, down)
    tail = [F(name).desc() if down else F(name).asc() for name in dict.fromkeys((field, "pk"))]
    rows = rows.order_by(*tail)
    if weight is not None:
        limit = _as_many_as_fit(rows.values_list(weight, flat=True)[:limit])
    found = list(rows.values(*dict.fromkeys([*wanted, field, "pk"]))[: limit + 1])
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        query = {name: value for name, value in request.query_params.items() if name != "cursor"}
        query["cursor"] = _written([order, last[field], last["pk"]])
        following = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    return Response({"results": [shape({name: row[name] for name in wanted}) for row in found[:limit]], "next": following})


def _wanted(request: Any, fields: Sequence[str], shown: Sequence[str]) -> list[str]:
    """The fields that the address asks for; all of them if it does not say."""
    if (said := request.query_params.get("fields")) is None:
        return list(fields)
    known = dict(zip(shown, fields, strict=True))
    if unknown := [name for name in said.split(",") if name not in known]:
        raise refused("fields", f"There is no “{unknown[0][:40]}”. There are {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(said.split(","))]


def know_all(request: Any, names: Iterable[str]) -> None:
    """Raise Problem for a parameter that is none of these, or is there twice: neither one that is mistyped nor one that would be
    lost is to be passed over."""
    if unknown := set(request.query_params) - set(names):
        name = min(unknown)
        raise refused(name, f"There is no parameter “{name}”. There are {', '.join(sorted(names)) or 'none'}.")
    if twice := [name for name, said in request.query_params.lists() if len(said) > 1]:
        raise refused(min(twice), f"“{min(twice)}” is said more than once. It is said once, or left out.")


def refused(name: str, said: str) -> Problem:
    """A parameter of the address that makes no sense."""
    return Problem(400, "bad-parameter", "A parameter of the address makes no sense", said, more={"parameter": name})


def id_of(said: str, name: str) -> UUID:
    """The id that a parameter says. Raises Problem."""
    return _read(values.an_id, said, name)


def day_of(said: Mapping[str, str], name: str) -> date | None:
    """The day that a parameter says; None where it is not there. Raises Problem."""
    return _read(values.day, said[name], name) if name in said else None


def moment_of(said: Mapping[str, str], name: str) -> datetime | None:
    """The instant that a parameter says; None where it is not there. Raises Problem."""
    found = _read(values.instant, said[name], name, " (a “+” is written “%2B”)") if name in said else None
    if found and not 1900 <= found.year <= 2200:
        raise refused(name, "A year between 1900 and 2200, please.")
    return found


def choice_of(said: Mapping[str, str], name: str, known: Iterable[str]) -> str | None:
    """The one of these values that a parameter says; None where it is not there. Raises Problem."""
    return _read(lambda value: str(values.one_of(value, list(known))), said[name], name) if name in said else None


def _read(read: Callable[[str], Read], said: str, name: str, more: str = "") -> Read:
    try:
        return read(said)
    except ValueError as trouble:
        raise refused(name, f"{str(trouble).removesuffix('.')}{more}.") from trouble


def flag_of(request: Any, name: str) -> bool:
    said = request.query_params.get(name, "false")
    if said not in ("true", "false"):
        raise refused(name, "It is true or false.")
    return bool(said == "true")


def limit_of(request: Any, usual: int = USUAL, most: int = MOST) -> int:
    said = request.query_params.get("limit", str(usual))
    if not said.isascii() or not said.isdigit() or not 1 <= int(said[:9]) <= most:
        raise refused("limit", f"It is a number from 1 to {most}.")
    return int(said[:9])


def _as_many_as_fit(weights: Iterable[int]) -> int:
    """How many rows of these weights go into a page; the first one always."""
    sums = list(accumulate(weights))
    return max(1, sum(whole <= HEAVIEST for whole in sums))


def _field(rows: QuerySet[Any], name: str) -> Any:
    field: Any = rows.model._meta.get_field(name)
    return getattr(field, "output_field", None) or field


def _can_be(field: Any, value: Any) -> bool:
    """Whether a field may ever have held that: cursors can be made up."""
    if isinstance(field, IntegerField):
        return type(value) is int and abs(value) < 2**63
    if isinstance(field, FloatField):
        return type(value) in (int, float) and abs(value) < 1e15
    return isinstance(value, str) and "\0" not in value


def _after(rows: QuerySet[Any], cursor: str, field: str, order: str, down: bool) -> QuerySet[Any]:
    try:
        said, value, pk = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        if said != order or not _can_be(rows.model._meta.pk, pk) or (field != "pk" and not _can_be(_field(rows, field), value)):
            raise ValueError(cursor)
        than = "lt" if down else "gt"
        same = rows.model._meta.get_field(field).to_python(value) if field != "pk" else None
        if field == "pk":
            return rows.filter(**{f"pk__{than}": rows.model._meta.pk.to_python(pk)})
        tail = rows.model._meta.pk.to_python(pk)
        # Compared as a pair, for which an index of both knows where to begin: "or" would have it look through all before.
        last = Pair(Value(same, rows.model._meta.get_field(field)), Value(tail, rows.model._meta.pk))
        return rows.filter((LessThan if down else GreaterThan)(Pair(F(field), F("pk")), last))
    except (ValueError, TypeError, ValidationError) as trouble:
        raise refused("cursor", "Take “next” as the page before said it, with the same order.") from trouble


def _written(parts: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts, default=_plain)).decode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
