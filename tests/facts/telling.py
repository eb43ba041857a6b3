"""What the log of facts tells of an act."""

from __future__ import annotations

from contextlib import contextmanager

from django.db.models import Max

from accounts.models import Fact


@contextmanager
def telling():
    """What the log tells of the acts in the block: {"types": [...], "facts": [...]}."""
    last, told = Fact.objects.aggregate(last=Max("id"))["last"] or 0, {}
    yield told
    told["facts"] = list(Fact.objects.filter(pk__gt=last).in_order())
    told["types"] = [fact.type for fact in told["facts"]]


def types_of(act):
    with telling() as told:
        act()
    return told["types"]


def said_by(act):
    """[(type, id, body)] of what the log tells of an act."""
    with telling() as told:
        act()
    return [(fact.type, str(fact.subject), fact.body) for fact in told["facts"]]
