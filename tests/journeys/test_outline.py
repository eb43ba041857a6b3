"""What people paste becomes titles."""

from hypothesis import given
from hypothesis import strategies as st

from journeys.outline import Line, read_outline


def titles(text):
    return [line.title for line in read_outline(text)]


def test_bullets_numbers_and_boxes_are_taken_off():
    text = "- Kick-off\n* Goals\n• Plan\n1. Install\n2) Train\n[x] Go live\n– Review\n- [ ] 3. Renew\n\n   \na) Ask"
    assert titles(text) == ["Kick-off", "Goals", "Plan", "Install", "Train", "Go live", "Review", "Renew", "Ask"]


def test_a_number_that_belongs_to_the_title_stays():
    assert titles("90 days in\n1:1 with the sponsor\n-5 % churn") == ["90 days in", "1:1 with the sponsor", "-5 % churn"]


def test_indented_lines_belong_under_the_line_before():
    def indented(text):
        return [line.is_indented for line in read_outline(text)]

    assert indented("Kick-off\n\tInvite\n        Agenda\nReview") == [False, True, True, False]
    assert indented("  Kick-off\n    Invite\n  Review") == [False, True, False]


def test_cells_of_a_sheet_become_notes():
    assert read_outline("Kick-off\tMeeting\t45 min\nReview\t\t") == [Line("Kick-off", "Meeting\n45 min"), Line("Review")]


def test_a_title_that_is_too_long_is_kept_whole_in_the_notes():
    (line,) = read_outline("word " * 60)
    assert len(line.title) <= 200
    assert line.notes == ("word " * 60).strip()


@given(st.text(max_size=400))
def test_any_text_can_be_read(text):
    for line in read_outline(text):
        assert 0 < len(line.title) <= 200
        assert "\n" not in line.title
