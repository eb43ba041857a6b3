"""What the cells of a customer sheet say. Each raises ValueError with a sentence where a cell says nothing or two things."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from customers.models import Health

HEALTH = {
    "good": Health.GOOD, "green": Health.GOOD, "3": Health.GOOD, "healthy": Health.GOOD,
    "watch": Health.WATCH, "amber": Health.WATCH, "yellow": Health.WATCH, "2": Health.WATCH,
    "at risk": Health.RISK, "risk": Health.RISK, "red": Health.RISK, "1": Health.RISK,
}  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T].*)?$", re.ASCII)
_DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})$", re.ASCII)
_SLASHED = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})$", re.ASCII)
_PLAIN = re.compile(r"\d{1,30}(?:[.,]\d{1,30})?$", re.ASCII)
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?$", re.ASCII)
_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?$", re.ASCII)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}$", re.ASCII)
_AROUND = re.compile(r"[\s$€£]|\b(?:EUR|USD|GBP|CHF)\b", re.IGNORECASE)


def day(text: str) -> date:
    """2026-12-31, 31.12.2026, and 12/31/2026 where only one of the two orders is a date."""
    try:
        if found := _ISO.match(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED.match(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _SLASHED.match(text):
            first, second, year = map(int, found.groups())
            if first <= 12 and second <= 12 and first != second:
                raise ValueError(f"{text} may be two dates; write it as 2026-12-31.")
            return date(year, first, second) if first <= 12 else date(year, second, first)
    except ValueError as error:
        if "two dates" in str(error):
            raise
    raise ValueError(f"{text[:40]} is no date; write it as 2026-12-31.")


def money(text: str) -> Decimal:
    """1234.50, 1.234,50 and 1,234.50. A lone group of three (1,234) may be either, so it is refused."""
    plain = _AROUND.sub("", text)
    if _EITHER.match(plain):
        raise ValueError(f"{text[:40]} may be a thousand or a fraction; write it as {re.sub('[.,]', '', plain)}.00.")
    if _COMMAS.match(plain):
        plain = plain.replace(",", "")
    elif _POINTS.match(plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif _PLAIN.match(plain):
        plain = plain.replace(",", ".")
    else:
        raise ValueError(f"{text[:40]} is no amount; write it as 1234.50.")
    amount = round(Decimal(plain), 2)
    if amount >= Decimal(10) ** 12:
        raise ValueError(f"{text[:40]} is more than any customer pays.")
    return amount


def health(text: str) -> int:
    found = HEALTH.get(text.casefold())
    if found is None:
        raise ValueError(f"{text[:40]} is not known; write good, watch or at risk.")
    return int(found)
