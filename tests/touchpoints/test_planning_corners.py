"""Corners of planning that test_planning_properties.py has found, each as small as it was told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tests.touchpoints.travels import CHILD, USUAL, document_of, row
from touchpoints.planning.plan import LAST_DAY, Traveller, plan
from touchpoints.planning.route import compile_route

FIRST, SECOND, A, B, C = (str(UUID(int=n)) for n in range(100, 105))
START = date(2026, 11, 30)


def due(document, look={}.get, **facts):
    """Id of the card (or of the one inside) -> the days on which it is due."""
    found = {}
    for card, _, day in plan(compile_route("version", document, look), Traveller(START.toordinal(), **facts), USUAL):
        found.setdefault(card.id, []).append(date.fromordinal(day))
    return found


def test_an_arrow_back_from_a_later_stage_loses_nobody():
    """The first stage ends by A, A waits for B, and B for its stage to begin, which is when the first one ends."""
    cards = {A: row(FIRST, 0), B: row(SECOND, 0, offset=1), C: row(FIRST, 1, offset=7)}
    assert due(document_of({FIRST: None, SECOND: None}, cards, [(B, A)])) == {
        C: [date(2026, 12, 7)],
        B: [date(2026, 12, 8)],
        A: [date(2026, 12, 8)],
    }


def test_a_circle_of_arrows_is_cut_at_the_same_place_whatever_the_order_of_the_rows():
    cards = {A: row(FIRST, 0, offset=3), B: row(FIRST, 1, offset=2), C: row(FIRST, 2, offset=1)}
    arrows = [(A, B), (B, C), (C, A), (B, A), (C, B)]
    plans = [due(document_of({FIRST: None}, cards, order)) for order in (arrows, arrows[::-1], arrows[2:] + arrows[:2])]
    assert plans == plans[:1] * 3


def test_what_is_inside_of_a_recurring_card_stays_when_the_card_is_done_before_it():
    inside = document_of({SECOND: None}, {B: row(SECOND, 0), C: row(SECOND, 1, offset=2)})
    document = document_of({FIRST: None}, {A: row(FIRST, 0, repeat_days=7, child_id=CHILD)})
    look = {CHILD: ("child", inside)}.get
    renewal = date(2026, 12, 15).toordinal()
    second, third = date(2026, 12, 7), date(2026, 12, 14)
    before = due(document, look, renewal=renewal)
    assert before[B] == [START, second, third]
    done = {(UUID(A), 0): (START.toordinal(),) * 2, (UUID(A), 1): (second.toordinal(),) * 2}
    after = due(document, look, renewal=renewal, settled=done)
    assert after == before | {A: [third]}


def test_a_chain_that_leads_past_all_days_ends_on_the_last():
    cards = {str(UUID(int=n)): row(FIRST, n, "after" if n > 1 else "enrolment", 3650, repeat_days=3650) for n in range(1, 60)}
    found = due(document_of({FIRST: None}, cards))
    assert len(found) == 59
    assert max(max(days) for days in found.values()) == date.fromordinal(USUAL.on_or_before(LAST_DAY))
