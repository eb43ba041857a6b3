"""Public holidays of countries and their regions, as the `holidays` library knows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

import holidays
from holidays.registry import COUNTRIES as REGISTERED

#: Nothing is planned before or after. They are fixed, so that what is known of a country does not depend on who asked when.
FIRST_YEAR, LAST_YEAR = 2000, 2100
#: where the library's name, with blanks in it, is not the one that people look for
NAMES = {
    "AX": "Åland Islands",
    "BL": "Saint Barthélemy",
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "CD": "DR Congo",
    "CI": "Côte d'Ivoire",
    "CW": "Curaçao",
    "GW": "Guinea-Bissau",
    "HK": "Hong Kong",
    "RE": "Réunion",
    "ST": "São Tomé and Príncipe",
    "SY": "Syria",
    "TR": "Türkiye",
}
SMALL = {"And", "Of", "The"}


@cache
def countries() -> dict[str, str]:
    """Code -> name, in the order of the names."""
    found = {code: NAMES.get(code) or _spelled(key) for key, (_, code, *_) in REGISTERED.items()}
    return dict(sorted(found.items(), key=lambda pair: pair[1].replace("Å", "A")))


def _spelled(key: str) -> str:
    words = key.replace("_", " ").title().split()
    return " ".join(word.lower() if word in SMALL else word for word in words)


@cache
def regions(country: str) -> dict[str, str]:
    """Code -> name of the regions that have holidays of their own; empty for a country that is not known."""
    if country not in countries():
        return {}
    kind = _kind(country)
    names: dict[str, str] = {}
    for name, code in getattr(kind, "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    found = {code: names.get(code, code) for code in kind.subdivisions}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


# As many as a process of a large installation meets; each is worked out in up to a tenth of a second.
@lru_cache(maxsize=64)
def holidays_of(country: str, region: str = "") -> Mapping[date, str]:
    """Day -> name of every holiday from FIRST_YEAR to LAST_YEAR. A country or region that is not known any longer has none."""
    if country not in countries() or (region and region not in regions(country)):
        return {}
    kind = _kind(country)
    years = range(max(FIRST_YEAR, kind.start_year), min(LAST_YEAR, kind.end_year) + 1)
    language = "en_US" if "en_US" in (kind.supported_languages or ()) else None
    return dict(holidays.country_holidays(country, subdiv=region or None, years=years, language=language))


def holidays_in_words(country: str, region: str = "") -> str:
    if not country:
        return "no public holidays"
    name = countries().get(country, country)
    return f"holidays of {regions(country).get(region, region)}, {name}" if region else f"holidays of {name}"


def _kind(country: str) -> Any:
    return type(holidays.country_holidays(country))
