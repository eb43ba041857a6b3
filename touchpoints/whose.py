"""Whose is it? What a customer asked, held against the cards of the map and the names of the roles. Pure, and explained: what
speaks for a role is the words that the request shares with a card of it, or with its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

#: how much a shared word weighs, by where it stands
TITLE, VIEW, NAME = 3.0, 1.0, 4.0
WORD = re.compile(r"[^\W\d_]{2,}")
#: words that everybody says about everything
COMMON_WORDS = """
    a an and are as at be been but by call can could customer customers did do does for from get give had has have hello help hi
    how if in is it its let like may me need new not of on one or our out please send she should so some than that the their
    them then there they this to up us was we were what when where which who why will with would you your"""
#: words that mean the same to a customer and on a map: the first one stands for all of them
FAMILIES = (
    "invoice bill billing payment pay paid charge charged refund vat tax",
    "contract agreement terms legal clause signature sign",
    "price quote offer discount proposal upgrade licence license seat",
    "support ticket bug error broken fault crash outage incident",
    "training lesson course workshop webinar onboarding teach learn",
    "security privacy gdpr audit compliance",
    "integration connect connection api interface sso technical setup install configure",
    "renewal renew cancel cancellation terminate extend",
)

COMMON = frozenset(COMMON_WORDS.split())


@dataclass(frozen=True)
class OnTheMap:
    """A card that a role owns."""

    title: str
    customer_view: str
    role: str


@dataclass(frozen=True)
class Answer:
    """A role whose it may be, how much speaks for it, and what: a card of its own ("" where its name does), and the words."""

    role: str
    weight: float
    card: str
    words: tuple[str, ...]


def whose(text: str, cards: Iterable[OnTheMap], roles: Mapping[str, str]) -> list[Answer]:
    """Of the roles (id -> name) those for which something speaks, the likeliest first. The rarer a word is among the cards, the
    more it says."""
    asked = _by_stem(text)
    owned = [card for card in cards if card.role in roles]
    stems = [(card, _by_stem(card.title).keys(), _by_stem(card.customer_view).keys()) for card in owned]
    seen = Counter(stem for _, title, view in stems for stem in title | view)
    found: list[Answer] = []
    for card, title, view in stems:
        both = [stem for stem in asked if stem in title or stem in view]
        weight = sum((TITLE if stem in title else VIEW) * _rarity(seen[stem], len(owned)) for stem in both)
        if both:
            found.append(Answer(card.role, weight, card.title, tuple(asked[stem] for stem in both)))
    for id, name in roles.items():
        if both := [stem for stem in _by_stem(name) if stem in asked]:
            found.append(Answer(id, NAME * len(both), "", tuple(asked[stem] for stem in both)))
    best: dict[str, Answer] = {}
    for answer in sorted(found, key=lambda one: (-one.weight, roles[one.role], one.card)):
        best.setdefault(answer.role, answer)
    return list(best.values())


def _by_stem(text: str) -> dict[str, str]:
    """The words of a text that say something, by their stem, as they were written first."""
    found: dict[str, str] = {}
    for word in WORD.findall(text.casefold()):
        if word not in COMMON:
            found.setdefault(_stem(word), word)
    return found


def _stem(word: str) -> str:
    bare = _bare(word)
    return MEANS.get(bare, bare)


def _bare(word: str) -> str:
    for end in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(end) and len(word) - len(end) >= 3 and not word.endswith("ss"):
            return word[: -len(end)]
    return word


MEANS = {_bare(word): _bare(family.split()[0]) for family in FAMILIES for word in family.split()}


def _rarity(seen: int, of: int) -> float:
    return 1 + log(max(of, 1) / max(seen, 1))
