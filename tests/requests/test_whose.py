"""Whose it is: the words of a request against the cards of a map and the names of the roles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from touchpoints.whose import OnTheMap, whose

ROLES = {"fin": "Finance", "csm": "Customer success manager", "sup": "Support", "ae": "Account executive"}
CARDS = [
    OnTheMap("Invoice change", "My invoice is right", "fin"),
    OnTheMap("Kickoff call", "We plan the project together", "csm"),
    OnTheMap("Quarterly review call", "I see what we have got out of it", "csm"),
    OnTheMap("Renewal offer", "I know what next year costs", "ae"),
]


def answers(text, cards=CARDS):
    return [(one.role, one.card, one.words) for one in whose(text, cards, ROLES)]


def test_the_card_that_speaks_of_it_says_whose_it_is_and_by_which_word():
    assert answers("Can you change the address on our invoice, please?") == [("fin", "Invoice change", ("change", "invoice"))]


def test_a_word_that_means_the_same_counts_and_is_told_as_it_was_written():
    assert answers("The last bill is wrong") == [("fin", "Invoice change", ("bill",))]
    assert answers("We were charged twice")[0] == ("fin", "Invoice change", ("charged",))


def test_a_rare_word_says_more_than_one_that_many_cards_have():
    assert [role for role, *_ in answers("Could we review the renewal")] == ["ae", "csm"]
    many = [OnTheMap(f"Review {number}", "", "csm") for number in range(9)] + [OnTheMap("Export", "", "sup")]
    assert [role for role, *_ in answers("review of the export", many)] == ["sup", "csm"]


def test_the_name_of_a_role_speaks_for_it_without_a_card():
    assert answers("We have an open ticket with support") == [("sup", "", ("ticket",))]


def test_of_what_nothing_is_said_nobody_is_named():
    assert answers("The parrot is blue") == []
    assert answers("Can you please help us with this?") == []
    assert answers("") == []


def test_a_card_whose_role_is_gone_says_nothing():
    assert answers("parrot", [OnTheMap("Parrot", "", "gone")]) == []


@given(st.text(max_size=300), st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40), st.sampled_from(sorted(ROLES)))))
def test_each_role_is_named_once_and_only_for_words_that_were_said(text, cards):
    found = whose(text, [OnTheMap(*card) for card in cards], ROLES)
    assert len({one.role for one in found}) == len(found)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    for one in found:
        assert one.words
        assert all(word in text.casefold() for word in one.words)
