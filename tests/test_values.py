"""Values that programs say are taken as they are, or refused in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts import values
from journeys.models import Emotion, Stage, Touchpoint

TAKEN = [
    (values.day, "2027-01-31", date(2027, 1, 31)),
    (values.instant, "2027-01-31T08:00:00Z", datetime(2027, 1, 31, 8, tzinfo=UTC)),
    (values.whole, 3.0, 3),
    (values.flag, False, False),
    (values.text, " a ", " a "),
]
REFUSED = [
    (values.day, "2027-W05-1", "It is a date"),
    (values.day, "2027-02-30", "It is a date"),
    (values.day, 20270131, "It is a date"),
    (values.instant, "2027-W05-1T08:00:00Z", "It is an instant"),
    (values.instant, "2027-01-31T08:00:00", "It is an instant"),
    (values.whole, "3", "It is a whole number"),
    (values.whole, True, "It is a whole number"),
    (values.whole, 1.5, "It is a whole"),
    (values.whole, float("inf"), "It is a whole number"),
    (values.flag, 1, "It is true or false"),
    (values.text, 7, "It is text"),
    (values.text, "a\0b", "cannot be kept"),
    (values.text, "\ud800", "cannot be kept"),
    (values.some_text, "  ", "It is empty"),
    (values.an_id, "x", "It is an id"),
    (values.an_id, None, "It is an id"),
]


@pytest.mark.parametrize(("read", "said", "found"), TAKEN)
def test_what_is_of_the_kind_is_taken(read, said, found):
    assert read(said) == found


@pytest.mark.parametrize(("read", "said", "words"), REFUSED)
def test_what_is_of_another_kind_is_refused_and_not_made_to_fit(read, said, words):
    with pytest.raises(ValueError, match=words):
        read(said)


@pytest.mark.parametrize(
    ("model", "name", "value", "words"),
    [
        (Stage, "name", "x" * 201, "has at most"),
        (Stage, "name", " ", "It is empty"),
        (Stage, "name", None, "It cannot be null"),
        (Touchpoint, "importance", "zz", "It is one of must, should, could"),
        (Touchpoint, "slot", "4", "It is a whole number"),
        (Touchpoint, "moment_of_truth", "true", "It is true or false"),
        (Emotion, "level", 9, "It is one of"),
    ],
)
def test_a_field_says_what_it_holds(model, name, value, words):
    field = model._meta.get_field(name)
    with pytest.raises(ValueError, match=words):
        values.of_field(field, value)
    if field.null:
        assert values.of_field(field, None) is None


def test_a_field_takes_what_it_holds():
    assert values.of_field(Touchpoint._meta.get_field("effort_min"), None) is None
    assert values.of_field(Touchpoint._meta.get_field("importance"), "must") == "must"
    assert values.of_field(Emotion._meta.get_field("level"), -2) == -2
