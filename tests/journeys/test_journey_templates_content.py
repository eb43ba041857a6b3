"""What the built-in journey templates promise: complete, dated without contradiction or silence, and readable as a picture."""

import itertools
import json
import re
import textwrap
from collections import Counter
from pathlib import Path

import pytest

import journeys
from accounts.ids import id_text
from journeys.circles import find_circle
from journeys.layout import Metrics, lay_grid
from journeys.models import Stage
from journeys.portable import KINDS, LEFT_OUT, NAMED, REFERENCES, named_in
from journeys.unpacking import to_document

FOLDER = Path(journeys.__file__).parent / "journey_templates"
FILES = sorted(FOLDER.glob("*.json"))
#: the longest time without hearing from us, in days: in the first 90, and later
SILENCE_EARLY, EARLY, SILENCE_LATER = 21, 90, 60
#: minutes one role may spend on one customer within seven days
WEEK = 480
#: how much of all work for a customer may lie on one role
SHARE = 0.6
#: letters on a line of a card and of a cloud, of which each shows two; the sides of an event are slanted
LINE, EVENT_LINE = 18, 15
NOT_OURS = re.compile(
    r"—|!|\b(?:QBR|EBR|TTV|NPS|CSAT|CSM|KPI|ROI|[Ss]ynerg\w*|[Ll]everag\w*|[Ss]eamless\w*|[Uu]tili[sz]e\w*|[Bb]est.in.class"
    r"|\w+(?:ize|ized|izes|izing|ization)|[Cc]olor|[Bb]ehavior|[Cc]enter|[Pp]rogram|[Ff]avor|[Ff]ulfill|[Ee]nrollment)\b"
)
BRITISH_ANYWAY = {"size", "sized", "prize", "seize", "resize"}


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def told(request):
    return json.loads(request.param.read_text())


def windows(told):
    """The first and the last day of each stage, counted from enrolment."""
    ends = list(itertools.accumulate(stage["length_days"] for stage in told["stages"]))
    return {stage["id"]: (end - stage["length_days"], end) for stage, end in zip(told["stages"], ends, strict=True)}


def renewal_day(told):
    """A day on which the renewal may fall so that all work around it lies in its stage, or None without such work."""
    stages = windows(told)
    rows = [row for row in (*told["touchpoints"], *told["emotions"]) if row["anchor"] == "renewal"]
    if not rows:
        return None
    earliest = max(stages[row["stage"]][0] - row["offset_days"] for row in rows)
    latest = min(stages[row["stage"]][1] - row["offset_days"] for row in rows)
    assert earliest <= latest, "the renewal cannot be on one day for all that is anchored to it"
    return earliest


def sequences(told):
    return [(row["source"], row["target"]) for row in told["connectors"] if row["kind"] == "sequence"]


def days(told):
    """The day of each card, by id, as (clock, day): by the calendar from enrolment, or since the event."""
    stages, renewal = windows(told), renewal_day(told)
    cards = {card["id"]: card for card in told["touchpoints"]}
    before = {id: [source for source, target in sequences(told) if target == id] for id in cards}

    def day(id):
        card = cards[id]
        offset, anchor = card["offset_days"], card["anchor"]
        if anchor == "after":
            assert before[id], f"{id} comes after nothing"
            clocks, latest = zip(*(day(source) for source in before[id]), strict=True)
            assert len(set(clocks)) == 1, f"{id} comes after cards of different clocks"
            return clocks[0], max(latest) + offset
        if anchor == "event":
            return "event", offset
        return "calendar", offset + {"enrolment": 0, "stage": stages[card["stage"]][0], "renewal": renewal}[anchor]

    return {id: day(id) for id in cards}


def occurrences(told):
    """(day, card) of each time a dated card comes round; repeats go on until their stage ends."""
    stages = windows(told)
    for card in told["touchpoints"]:
        clock, first = days(told)[card["id"]]
        if clock == "calendar":
            step = card.get("repeat_days")
            for day in range(first, stages[card["stage"]][1] + 1, step) if step else [first]:
                yield day, card


def by_person(card):
    return card.get("kind", "touchpoint") == "touchpoint" and card["delivery"] == "person"


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def test_there_are_six_and_each_says_whom_it_suits():
    heads = [json.loads(file.read_text())["template"] for file in FILES]
    assert sorted(head["order"] for head in heads) == [1, 2, 3, 4, 5, 6]
    assert len({head["name"] for head in heads}) == 6
    assert all(set(head) == {"name", "summary", "for", "order"} and head["summary"] and head["for"] for head in heads)


def test_no_brief_is_said_twice():
    briefs = Counter(
        stage[part] for file in FILES for stage in json.loads(file.read_text())["stages"] for part in Stage.brief[1:]
    )
    assert [brief for brief, times in briefs.items() if times > 1] == []


def test_it_loads_and_says_nothing_that_would_be_lost(told):
    roles, playbooks = ({name.casefold(): id_text() for name in names} for names in named_in(told))
    document = to_document(told, roles, playbooks, id_text)
    assert not told.get("dismissals"), "what was set aside on a map is no business of a template"
    for model in KINDS:
        key = model.document_key
        if key == "dismissals":
            continue
        assert len(document[key]) == len(told[key]) > 0
        names = {"id"} | {(NAMED.get(a) or REFERENCES.get(a) or (a,))[0] for a in model.logged if a not in LEFT_OUT}
        assert [(row["id"], set(row) - names) for row in told[key] if set(row) - names] == []


def test_the_lanes_are_the_customer_the_roles_and_the_world_outside(told):
    first, *roles, last = told["lanes"]
    assert (first["name"], first["kind"], last["name"], last["kind"]) == ("Customer", "customer", "Outside", "outside")
    assert all(lane["kind"] == "role" and lane["name"] == lane["role"] for lane in roles)
    assert 4 <= len(told["lanes"]) <= 8
    assert {card["lane"] for card in told["touchpoints"]} == {lane["id"] for lane in told["lanes"]}


def test_every_stage_has_its_whole_brief_and_enough_in_it(told):
    assert 4 <= len(told["stages"]) <= 7
    standing = Counter(card["stage"] for card in told["touchpoints"] if card.get("kind", "touchpoint") == "touchpoint")
    for stage in told["stages"]:
        assert all(stage[part] for part in Stage.brief), stage["id"]
        assert standing[stage["id"]] >= 3, stage["id"]
        assert re.search(r"\b(?:we|us|our)\b", stage["goal"], re.IGNORECASE), stage["goal"]


def test_nothing_about_a_touchpoint_is_left_to_guess(told):
    lanes = {lane["id"]: lane for lane in told["lanes"]}
    assert 18 <= len(told["touchpoints"]) <= 40
    for card in told["touchpoints"]:
        lane, kind = lanes[card["lane"]], card.get("kind", "touchpoint")
        assert card["customer_view"], card["id"]
        assert card.get("owner", "") == lane.get("role", ""), card["id"]
        if kind == "touchpoint":
            assert card["channel"], card["id"]
            assert (card["delivery"] == "self_serve") == (lane["kind"] == "customer"), card["id"]
            assert (card["effort_min"] > 0) == by_person(card), card["id"]
            assert card.get("playbook") or not by_person(card), card["id"]
        else:
            assert lane["kind"] == {"milestone": "customer", "event": "outside"}[kind], card["id"]
    assert len({card["customer_view"] for card in told["touchpoints"]}) == len(told["touchpoints"])


def test_not_everything_is_a_must(told):
    levels = Counter(card["importance"] for card in told["touchpoints"] if card.get("kind", "touchpoint") == "touchpoint")
    assert set(levels) == {"must", "should", "could"}
    assert levels["must"] <= 0.75 * levels.total()


def test_milestones_and_moments_of_truth_say_how_one_knows(told):
    milestones = [card for card in told["touchpoints"] if card.get("kind") == "milestone"]
    truths = [card for card in told["touchpoints"] if card.get("moment_of_truth")]
    assert len(milestones) >= 2
    assert 1 <= len(truths) <= 4
    assert all(card["criterion"] for card in (*milestones, *truths))
    assert any(card.get("notes") for card in told["touchpoints"])


def test_every_day_lies_in_its_stage(told):
    stages, dated = windows(told), days(told)
    for card in told["touchpoints"]:
        clock, day = dated[card["id"]]
        first, last = stages[card["stage"]]
        assert clock == "event" or first <= day <= last, (card["id"], day, (first, last))
        assert not card.get("repeat_days") or day + card["repeat_days"] <= last, f"{card['id']} never comes round"


def test_arrows_close_no_circle_lead_right_and_agree_with_the_days(told):
    assert find_circle(sequences(told)) == []
    dated, cards = days(told), {card["id"]: card for card in told["touchpoints"]}
    columns = {id: (box.column, box.stage_id) for id, box in grid_of(told).cards.items()}
    for source, target in sequences(told):
        assert not cards[source].get("repeat_days"), f"{source} is never over, so nothing can wait for it"
        assert dated[source][0] == dated[target][0], (source, target)
        assert dated[source][1] <= dated[target][1], (source, target)
        assert columns[source][0] < columns[target][0], (source, target)
    assert {row["kind"] for row in told["connectors"]} == {"sequence", "unordered"}
    assert any(row.get("label") for row in told["connectors"])
    assert all(len(row.get("label", "")) <= 24 for row in told["connectors"])


def test_we_are_never_silent_for_long(told):
    roles = {lane["id"] for lane in told["lanes"] if lane["kind"] == "role"}
    heard = sorted({day for day, card in occurrences(told) if card["lane"] in roles})
    assert heard[0] == 0
    end = max(last for _, last in windows(told).values())
    for one, next_one in itertools.pairwise([*heard, end]):
        assert next_one - one <= (SILENCE_EARLY if one < EARLY else SILENCE_LATER), (one, next_one)


def test_no_role_is_overloaded(told):
    work = [(day, card["owner"], card["effort_min"]) for day, card in occurrences(told) if by_person(card)]
    total = Counter()
    for _, owner, minutes in work:
        total[owner] += minutes
    for day, owner, _ in work:
        week = sum(minutes for other, who, minutes in work if who == owner and day <= other < day + 7)
        assert week <= WEEK, (owner, day, week)
    assert max(total.values()) <= SHARE * total.total(), total


def test_feelings_go_up_and_down_and_the_bad_ones_are_answered(told):
    feelings, stages, renewal = told["emotions"], windows(told), renewal_day(told)
    assert 4 <= len(feelings) <= 9
    assert min(row["level"] for row in feelings) < 0 < max(row["level"] for row in feelings)
    assert all(row["why"] for row in feelings)
    assert all(row["answer"] for row in feelings if row["level"] < 0)
    assert len({(row["stage"], row["slot"]) for row in feelings}) == len(feelings), "two clouds in one slot"
    for row in feelings:
        first, last = stages[row["stage"]]
        zero = {"enrolment": 0, "stage": first, "renewal": renewal}.get(row["anchor"])
        assert row["anchor"] == "event" or first <= zero + row["offset_days"] <= last, row["id"]


def test_handoffs_say_what_travels_to_whom(told):
    cards, dated = {card["id"]: card for card in told["touchpoints"]}, days(told)
    assert told["handoffs"]
    for row in told["handoffs"]:
        giver, taker = cards[row["touchpoint"]], cards[row["to_touchpoint"]]
        assert row["to_role"] == taker["owner"] != giver["owner"], row["id"]
        assert dated[giver["id"]] <= dated[taker["id"]], row["id"]
        assert row["note"], row["id"]
        assert row["accept_within_days"], row["id"]
        assert 4 <= len(row["package"]) <= 7, row["id"]
        assert all(item["item"] and item["where"] and item["reader"] for item in row["package"]), row["id"]


def test_what_happens_outside_is_answered(told):
    cards = {card["id"]: card for card in told["touchpoints"]}
    events = [card for card in told["touchpoints"] if card.get("kind") == "event"]
    assert events
    for event in events:
        answers = [cards[target] for source, target in sequences(told) if source == event["id"]]
        assert event["playbook"], event["id"]
        assert event["anchor"] == "event", event["id"]
        assert answers, event["id"]
        assert all(card["anchor"] == "event" and card["playbook"] for card in answers), event["id"]


def grid_of(told):
    """The layout's grid with the ids of the file."""
    roles, playbooks = ({name.casefold(): name for name in names} for names in named_in(told))
    ids = iter(row["id"] for model in KINDS for row in told[model.document_key])
    return lay_grid(to_document(told, roles, playbooks, lambda: next(ids)), Metrics(), 0)


def lines(title, slanted=False):
    return len(textwrap.wrap(title, EVENT_LINE if slanted else LINE))


def test_it_reads_as_a_picture(told):
    grid, dated = grid_of(told), days(told)
    assert all(3 <= box.slots <= 9 for box in grid.stages.values())
    assert max(Counter((box.stage_id, box.lane_id, box.slot) for box in grid.cards.values()).values()) <= 2
    for one, other in itertools.permutations(told["touchpoints"], 2):
        if (
            one["stage"] == other["stage"]
            and one["slot"] < other["slot"]
            and dated[one["id"]][0] == dated[other["id"]][0] == "calendar"
        ):
            assert dated[one["id"]][1] <= dated[other["id"]][1], (one["id"], other["id"])
    assert [card["title"] for card in told["touchpoints"] if lines(card["title"], card.get("kind") == "event") > 2] == []
    assert [row["title"] for row in told["emotions"] if lines(f"{row['level']:+d} {row['title']}") > 2] == []
    assert [stage["goal"] for stage in told["stages"] if len(stage["goal"]) > 90] == []


def test_the_words_are_plain_and_british(told):
    found = [word for text in texts(told) for word in NOT_OURS.findall(text) if word.lower() not in BRITISH_ANYWAY]
    assert found == []
