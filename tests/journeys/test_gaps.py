"""Each rule finds what it is for, and leaves the near miss alone."""

from __future__ import annotations

import pytest

from journeys.gaps import RULES, find_gaps
from tests.journeys.drawn_maps import ROLES, Map, complete_map


def gaps(drawn, rule=None):
    return [gap for gap in find_gaps(drawn.document, ROLES).gaps if rule in (None, gap.rule.slug)]


@pytest.fixture
def drawn():
    return complete_map()


def test_a_complete_map_has_no_gap_and_a_hundred_points(drawn):
    report = find_gaps(drawn.document, ROLES)
    assert report.gaps == ()
    assert (report.points, report.word) == (100, "nothing is missing")


def test_an_empty_map_has_no_points_and_no_gap():
    report = find_gaps(Map().document, ROLES)
    assert (report.gaps, report.points, report.word) == ((), 0, "a first sketch")


def make(fields, kind="touchpoint", lane="role"):
    def draw(drawn):
        drawn.card("Call", "Start", lane, kind=kind, **fields)

    return draw


BARE = {"owner_id": None, "playbook_id": None, "customer_view": " ", "criterion": ""}
SILENT = {"owner_id": None, "playbook_id": None, "customer_view": ""}


@pytest.mark.parametrize(
    ("draw", "found"),
    [
        (make(BARE), {"owner", "playbook", "customer-view"}),
        (make(BARE | {"delivery": "automated"}), {"customer-view"}),
        (make(BARE | {"delivery": "self_serve"}), {"customer-view"}),
        (make(BARE | {"importance": "could"}), {"owner", "customer-view"}),
        (make(BARE | {"child_id": "journey"}), {"owner", "customer-view"}),
        (make(BARE, lane="customer"), set()),
        (make(BARE, kind="milestone", lane="customer"), {"criterion"}),
        (make(SILENT, kind="milestone", lane="customer"), set()),
        (make(BARE, kind="event", lane="outside"), {"event-answer"}),
        (make(BARE | {"playbook_id": "book"}, kind="event", lane="outside"), set()),
        (make({"anchor": "after"}), {"follows-nothing"}),
        (make({"anchor": "after"}, kind="event"), set()),
    ],
)
def test_what_a_card_must_say_depends_on_what_it_is(drawn, draw, found):
    draw(drawn)
    assert {gap.rule.slug for gap in gaps(drawn)} == found
    for gap in gaps(drawn):
        assert (gap.subject, gap.go) == ("Call", "touchpoints/Call/")
        assert gap.text.startswith("Call, in Start: ")
        assert gap.field in drawn.document["touchpoints"]["Call"] or f"{gap.field}_id" in drawn.document["touchpoints"]["Call"]


@pytest.mark.parametrize(("source", "target", "kind"), [("New boss", "Review", "sequence"), ("Review", "New boss", "unordered")])
def test_an_event_is_answered_by_what_it_leads_to(drawn, source, target, kind):
    drawn.card("New boss", "Live", "outside", kind="event", anchor="event", playbook_id=None)
    assert [gap.subject for gap in gaps(drawn)] == ["New boss"]
    drawn.arrow(source, target, kind)
    assert gaps(drawn) == []


@pytest.mark.parametrize(("level", "answer", "found"), [(-2, "", 1), (-2, "We call", 0), (-1, "", 0)])
def test_a_strong_bad_feeling_needs_an_answer(drawn, level, answer, found):
    drawn.emotion("Lost", "Start", level, answer)
    assert [gap.subject for gap in gaps(drawn, "emotion-answer")] == ["Lost"] * found


def test_an_empty_stage_is_empty_and_one_with_a_single_card_is_thin(drawn):
    later = drawn.stage("Later", days=7)
    assert [(gap.rule.slug, gap.go) for gap in gaps(drawn)] == [("empty-stage", "stages/Later/")]
    drawn.card("One", later)
    assert [gap.rule.slug for gap in gaps(drawn)] == ["thin-stage"]
    drawn.card("Two", later)
    assert gaps(drawn) == []


def test_a_stage_says_what_success_is_and_its_brief_names_what_is_missing(drawn):
    drawn.document["stages"]["Live"] |= {"success": " ", "feeling": "", "experience": ""}
    success, brief = gaps(drawn)
    assert (success.rule.slug, success.field, success.go) == ("success", "success", "stages/Live/")
    assert (brief.field, brief.text) == (
        "feeling", "Live: its brief does not say how they should feel or what they experience",
    )  # fmt: skip


def test_a_handoff_needs_a_package(drawn):
    full = [{"item": "Goals", "where": "CRM", "reader": "CSM"}]
    drawn.handoff("Kick-off", "csm", full)
    assert gaps(drawn) == []
    bare = drawn.handoff("Review")
    (gap,) = gaps(drawn)
    assert (gap.go, gap.near) == (f"handoffs/{bare}/", "touchpoints/Review/")
    assert gap.text == "Review, in Live, handed over to Account executive: its package is empty"


def test_an_arrow_against_the_days_is_found_and_one_that_cannot_be_compared_is_not(drawn):
    backwards = drawn.arrow("Kick-off", "Welcome")
    drawn.card("Renewal talk", "Live", anchor="renewal", offset_days=-90)
    drawn.arrow("Renewal talk", "Review")
    drawn.arrow("Review", "Training", "unordered")
    drawn.arrow("Welcome", "Training")
    (gap,) = gaps(drawn)
    assert (gap.rule.slug, gap.subject, gap.near) == ("contradiction", backwards, "touchpoints/Welcome/")
    assert gap.text == "Kick-off → Welcome: the arrow leads back: Welcome is due first (day 0 and day 7)"


def test_without_lengths_the_order_of_the_stages_counts(drawn):
    drawn.document["stages"]["Start"]["length_days"] = None
    drawn.arrow("Training", "Kick-off")
    drawn.arrow("Kick-off", "Review")
    assert ["Start" in gap.lack for gap in gaps(drawn, "contradiction")] == [True]


def test_what_follows_others_is_due_after_the_latest_of_them(drawn):
    drawn.card("Follow-up", "Live", anchor="after", offset_days=3)
    drawn.arrow("Kick-off", "Follow-up")
    drawn.arrow("Training", "Follow-up")
    drawn.card("Before that", "Live", offset_days=2)
    late = drawn.arrow("Follow-up", "Before that")
    assert [(gap.subject, "(day 16 and day 17)" in gap.text) for gap in gaps(drawn)] == [(late, True)]


def test_two_weeks_without_a_touchpoint_are_too_long_in_the_first_ninety_days():
    drawn = complete_map()
    drawn.card("Check", drawn.stage("Later", days=20), offset_days=10)
    drawn.card("Check again", "Later", offset_days=12)
    assert gaps(drawn) == []
    drawn.document["touchpoints"]["Check"]["offset_days"] = 11
    (gap,) = gaps(drawn)
    assert (gap.rule.slug, gap.subject, gap.severity, gap.go) == ("silence", "Live", 1, "touchpoints/Review/")
    assert gap.text == "Live: 15 days of silence, from Review (day 24) to Check (day 39)"
    drawn.card("Newsletter", "Later", kind="milestone", anchor="enrolment", offset_days=30)
    assert gaps(drawn) == [gap]
    drawn.card("Mail", "Later", "customer", delivery="self_serve", anchor="enrolment", offset_days=30)
    assert gaps(drawn) == []


def test_later_two_months_are_too_long_and_a_rhythm_fills_them():
    drawn = complete_map()
    drawn.card("Weekly", drawn.stage("Adoption", days=80), repeat_days=7)
    drawn.card("Mail", "Adoption", delivery="automated")
    later = drawn.stage("Later", days=61)
    drawn.card("One", later, offset_days=0)
    drawn.card("Other", later, offset_days=60)
    assert gaps(drawn) == []
    drawn.document["touchpoints"]["Other"]["offset_days"] = 61
    (gap,) = gaps(drawn)
    assert (gap.subject, gap.severity) == ("Later", 2)
    drawn.document["touchpoints"]["One"]["repeat_days"] = 60
    assert gaps(drawn) == []


def test_a_silence_over_several_stages_is_one_gap_that_weighs_for_each():
    drawn = complete_map()
    drawn.stage("Quiet", days=100)
    drawn.stage("Quieter", days=100)
    (gap,) = gaps(drawn, "silence")
    assert gap.text == "Live: 204 days of silence, from Review (day 24) to the end (day 228)"
    assert gap.weight == 3 * gap.rule.weight


def test_the_renewal_date_is_the_end_of_its_stage():
    drawn = complete_map()
    renewal = drawn.stage("Renewal", days=88)
    drawn.card("Talk", renewal, anchor="renewal", offset_days=-80)
    drawn.card("Proposal", renewal, anchor="renewal", offset_days=-16)
    drawn.card("Renewed", renewal, anchor="renewal")
    (gap,) = gaps(drawn)
    assert gap.text == "Renewal: 64 days of silence, from Talk (day 36) to Proposal (day 100)"


def test_a_missing_length_hides_silences_and_the_last_stage_may_stay_open():
    drawn = complete_map()
    drawn.document["stages"]["Live"]["length_days"] = None
    assert gaps(drawn) == []
    drawn.document["stages"]["Start"]["length_days"] = None
    (gap,) = gaps(drawn)
    assert (gap.rule.slug, gap.subject, gap.field) == ("length", "Start", "length_days")


@pytest.mark.parametrize(
    ("cards", "minutes", "found"), [(1, 480, 0), (2, 240, 0), (2, 241, 1), (6, 10, 0), (7, 10, 1), (7, None, 0)]
)
def test_an_owner_is_overloaded_by_more_than_a_day_or_six_touchpoints_a_week_with_one_customer(cards, minutes, found):
    drawn = complete_map()
    drawn.stage("Project", days=14)
    for n in range(cards):
        drawn.card(f"Work {n}", "Project", owner_id="ae", effort_min=minutes, offset_days=n)
    drawn.card("Mail", "Project", delivery="automated", owner_id="ae", effort_min=999)
    overload = gaps(drawn, "overload")
    assert [gap.subject for gap in overload] == ["ae"] * found
    if found:
        assert overload[0].text.startswith(f"Account executive: {cards} touchpoints and ")


def test_work_spread_over_more_than_a_week_is_no_overload(drawn):
    for n in range(14):
        drawn.card(f"Work {n}", "Live", owner_id="ae", effort_min=230, offset_days=n * 7)
    assert gaps(drawn, "overload") == []
    drawn.card("Daily", "Live", owner_id="ae", effort_min=5, repeat_days=1)
    assert [gap.subject for gap in gaps(drawn)] == ["ae"]


def test_a_map_says_how_the_customer_feels_and_what_shows_success(drawn):
    drawn.document["emotions"].clear()
    drawn.document["touchpoints"]["In use"]["kind"] = "touchpoint"
    assert {gap.rule.slug: gap.subject for gap in gaps(drawn)} == {"feelings": "", "shown-success": ""}
    drawn.document["touchpoints"]["Review"] |= {"emotion": 1, "moment_of_truth": True}
    assert gaps(drawn) == []


def test_what_was_set_aside_counts_as_mended_and_is_told_with_its_reason(drawn):
    drawn.card("Call", "Start", owner_id=None)
    before = find_gaps(drawn.document, ROLES)
    drawn.dismiss("owner", "Call", "Partners do it")
    drawn.dismiss("owner", "Welcome", "It has an owner by now")
    after = find_gaps(drawn.document, ROLES)
    assert [gap.id for gap in before.gaps] == ["owner-Call"]
    assert after.gaps == ()
    assert [(one.gap.id, one.reason) for one in after.set_aside] == [("owner-Call", "Partners do it")]
    assert before.score < after.score == 100


def test_the_most_important_come_first_and_then_from_left_to_right(drawn):
    drawn.card("Late", "Live", owner_id=None, customer_view="")
    drawn.card("Early", "Start", owner_id=None)
    assert [gap.id for gap in gaps(drawn)] == ["owner-Early", "owner-Late", "customer-view-Late"]
    assert len({rule.slug for rule in RULES}) == len(RULES)
