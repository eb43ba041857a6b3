"""The score for any map: within bounds, the same for the same map, and higher with every gap that is mended or set aside."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.ids import id_text
from benchmarks.stage import median_ms
from journeys.document import KEYS, empty_document
from journeys.gaps import find_gaps
from journeys.gaps.days import Days
from journeys.import_plan import plan_import
from journeys.sheets import read_sheet
from tests.journeys.drawn_maps import ROLES, Map

TEXT = st.sampled_from(["", "said"])
DAYS = st.none() | st.integers(0, 120)
CARD = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["touchpoint", "touchpoint", "touchpoint", "milestone", "event"]),
        "anchor": st.sampled_from(["enrolment", "stage", "stage", "renewal", "after", "event"]),
        "offset_days": st.integers(-20, 60),
        "repeat_days": st.none() | st.integers(1, 40),
        "delivery": st.sampled_from(["person", "person", "automated"]),
        "importance": st.sampled_from(["must", "could"]),
        "owner_id": st.sampled_from([None, "csm", "ae"]),
        "playbook_id": st.sampled_from([None, "book"]),
        "customer_view": TEXT,
        "criterion": TEXT,
        "effort_min": st.none() | st.integers(0, 500),
    }
)
STAGE = st.fixed_dictionaries({"length_days": DAYS, "goal": TEXT, "feeling": TEXT, "success": TEXT})


@st.composite
def maps(draw):
    drawn = Map()
    for n in range(draw(st.integers(0, 4))):
        drawn.stage(f"Stage {n}", **{"days" if name == "length_days" else name: value for name, value in draw(STAGE).items()})
    stages = list(drawn.document["stages"])
    cards = []
    for n in range(draw(st.integers(0, 9)) if stages else 0):
        lane = draw(st.sampled_from(["role", "role", "customer"]))
        cards.append(drawn.card(f"Card {n}", draw(st.sampled_from(stages)), lane, **draw(CARD)))
    for n, card in enumerate(cards):
        for other in draw(st.lists(st.sampled_from(cards[n + 1 :]), max_size=2, unique=True)) if cards[n + 1 :] else []:
            ends = (card, other) if draw(st.booleans()) else (other, card)
            drawn.arrow(*ends, draw(st.sampled_from(["sequence", "unordered"])))
        if draw(st.booleans()):
            drawn.handoff(card, package=draw(st.sampled_from([[], [{"item": "Goals", "where": "", "reader": ""}]])))
    if stages and draw(st.booleans()):
        drawn.emotion("Lost", draw(st.sampled_from(stages)), draw(st.integers(-2, 2)), draw(TEXT))
    return drawn


def mend(drawn, gap):
    """Do what the gap's hint says. False where that would move cards to other days, which may open a silence elsewhere."""
    document, subject = drawn.document, gap.subject
    match gap.rule.slug:
        case "owner":
            document["touchpoints"][subject]["owner_id"] = "csm"
        case "playbook" | "event-answer":
            document["touchpoints"][subject]["playbook_id"] = "book"
        case "customer-view" | "criterion":
            document["touchpoints"][subject][gap.field] = "said"
        case "emotion-answer":
            document["emotions"][subject]["answer"] = "said"
        case "package":
            document["handoffs"][subject]["package"] = [{"item": "Goals", "where": "", "reader": ""}]
        case "success" | "brief":
            document["stages"][subject] |= {"success": "said", "goal": "said", "feeling": "said"}
        case "length":
            document["stages"][subject]["length_days"] = 70
        case "empty-stage":
            drawn.card("First", subject, offset_days=3, playbook_id=None, customer_view="")
        case "thin-stage":
            drawn.card("Second", subject, offset_days=3)
        case "silence":
            spans = Days(document).spans
            furthest = max((span.end, id) for id, span in spans.items() if span.end is not None)[1]
            drawn.card("Often", furthest, anchor="enrolment", repeat_days=7, delivery="automated")
        case "contradiction":
            if document["touchpoints"][document["connectors"][subject]["target_id"]]["anchor"] == "after":
                return False
            document["connectors"][subject]["kind"] = "unordered"
        case "overload":
            for card in document["touchpoints"].values():
                card["delivery"] = "automated" if card["owner_id"] == subject else card["delivery"]
        case "feelings":
            drawn.emotion("Glad", next(iter(document["stages"])), 1)
        case "shown-success":
            if not document["touchpoints"]:
                return False
            next(iter(document["touchpoints"].values()))["moment_of_truth"] = True
        case _:
            return False
    return True


@settings(max_examples=200, deadline=None)
@given(maps(), st.data())
def test_mending_any_gap_raises_the_score(drawn, data):
    before = find_gaps(drawn.document, ROLES)
    if not before.gaps:
        return
    gap = data.draw(st.sampled_from(before.gaps))
    if mend(drawn, gap):
        after = find_gaps(drawn.document, ROLES)
        assert gap.id not in {one.id for one in after.gaps}
        shown = {one.rule.slug for one in after.gaps if one.id not in {was.id for was in before.gaps}}
        # A length says on which days things are due, which may show that arrows or owners were never right.
        assert after.score > before.score or (gap.rule.slug == "length" and shown & {"contradiction", "overload"})


@settings(max_examples=100, deadline=None)
@given(maps(), st.data())
def test_setting_any_gap_aside_raises_the_score_and_taking_it_up_again_lowers_it(drawn, data):
    before = find_gaps(drawn.document, ROLES)
    if not before.gaps:
        return
    gap = data.draw(st.sampled_from(before.gaps))
    id = drawn.dismiss(gap.rule.slug, gap.subject)
    after = find_gaps(drawn.document, ROLES)
    assert after.score > before.score
    assert [one.gap for one in after.set_aside] == [gap]
    assert set(after.gaps) == set(before.gaps) - {gap}
    del drawn.document["dismissals"][id]
    assert find_gaps(drawn.document, ROLES) == before


@settings(max_examples=100, deadline=None)
@given(maps())
def test_the_report_is_the_same_for_the_same_map_and_changes_nothing_in_it(drawn):
    untouched = deepcopy(drawn.document)
    report = find_gaps(drawn.document, ROLES)
    assert find_gaps(untouched, ROLES) == report
    assert drawn.document == untouched
    ids = [gap.id for gap in report.gaps]
    assert len(ids) == len(set(ids))
    assert 0 <= report.score <= 100
    assert (report.score == 100) == (not ids and bool(drawn.document["stages"]))
    assert (report.score == 0) == (not drawn.document["stages"])


def test_a_circle_of_cards_that_follow_each_other_is_no_trap():
    drawn = Map()
    drawn.stage("Start")
    for name in "ABC":
        drawn.card(name, "Start", anchor="after")
    for arrow in ("AB", "BC", "CA"):
        drawn.arrow(*arrow)
    assert find_gaps(drawn.document, ROLES).score > 0


def test_a_thousand_cards_and_nine_hundred_arrows_take_less_than_a_tenth_of_a_second():
    lines = ["external_id,stage,lane,title,anchor,offset_days,repeat_days,after"]
    for n in range(1000):
        after, rhythm = f"c{n - 1}" if n % 10 else "", 7 if n % 9 == 1 else ""
        anchor = "after" if after else "stage"
        lines.append(f"c{n},Stage {n // 84},Role {n % 10},Card {n},{anchor},{n % 5},{rhythm},{after}")
    plan = plan_import(read_sheet("\n".join(lines).encode()), None, {}, {}, id_text)
    document = empty_document("large")
    for kind, id, fields in plan.creates:
        document[KEYS[kind]][id] = fields
    for stage in document["stages"].values():
        stage["length_days"] = 60
    assert (len(document["touchpoints"]), len(document["connectors"])) == (1000, 900)
    assert median_ms(lambda _: find_gaps(document, ROLES), 9) < 100
