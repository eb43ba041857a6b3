"""Maps, calendars and travellers as Hypothesis may imagine them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hypothesis import strategies as st

from accounts.working_days import WorkingDays
from touchpoints.planning.plan import Traveller, plan
from touchpoints.planning.route import compile_route

ANCHORS = ["enrolment", "stage", "renewal", "after", "event"]
LANE = str(UUID(int=1))
#: around ends of months and years and leap days, and anything else
FIRST, LAST = date(2027, 11, 1).toordinal(), date(2028, 4, 1).toordinal()
days_of_travel = st.sampled_from(
    [date(*day).toordinal() for day in ((2027, 12, 31), (2028, 1, 1), (2028, 2, 28), (2028, 2, 29), (2028, 3, 1), (2028, 3, 31))]
) | st.integers(FIRST, LAST)
offsets = st.integers(-40, 40) | st.sampled_from([-3650, -366, -1, 0, 1, 365, 3650])
repeats = st.none() | st.integers(5, 90) | st.sampled_from([1, 365, 3650])


def row(stage, slot, anchor="stage", offset=0, **more):
    """A card of a document, as far as planning reads it."""
    usual = {
        "kind": "touchpoint", "stage_id": stage, "lane_id": LANE, "slot": slot, "anchor": anchor, "offset_days": offset,
        "repeat_days": None, "owner_id": None, "delivery": "person", "importance": "must", "playbook_id": None, "child_id": None,
    }  # fmt: skip
    return usual | more


def document_of(lengths, cards, arrows=()):
    """`lengths` of the stages, cards id -> row, arrows (source, target)."""
    return {
        "stages": {id: {"position": float(n), "length_days": length} for n, (id, length) in enumerate(lengths.items())},
        "lanes": {LANE: {"kind": "role", "position": 0.0}},
        "touchpoints": cards,
        "connectors": {str(n): {"kind": "sequence", "source_id": a, "target_id": b} for n, (a, b) in enumerate(arrows)},
    }


@st.composite
def documents(draw, base=1000, children=(), most=8, circles=True):
    """A map; ids count from `base`. With `circles` arrows go anywhere, as those between stages may."""
    made = (str(UUID(int=n)) for n in range(base, base + 900))
    lengths = {next(made): draw(st.none() | st.sampled_from([0, 1, 30, 3650])) for _ in range(draw(st.integers(1, 4)))}
    stages = list(lengths)
    cards = {
        next(made): row(
            draw(st.sampled_from(stages)), draw(st.integers(0, 3)), draw(st.sampled_from(ANCHORS)), draw(offsets),
            kind=draw(st.sampled_from(["touchpoint", "touchpoint", "milestone", "event"])), repeat_days=draw(repeats),
            playbook_id=draw(st.sampled_from([None, str(UUID(int=5))])),
            child_id=draw(st.sampled_from([None, None, *children])),
        )
        for _ in range(draw(st.integers(0, most)))
    }  # fmt: skip
    ids = list(cards)
    pairs = [(a, b) for a in ids for b in ids if (a != b if circles else a < b)]
    arrows = draw(st.lists(st.sampled_from(pairs), max_size=8, unique=True)) if pairs else []
    return document_of(lengths, cards, arrows)


CHILD, GRANDCHILD = str(UUID(int=7)), str(UUID(int=8))


@st.composite
def maps(draw, **more):
    """(document, those of its drill-downs by the id of the journey): some lead nowhere, as before it is published."""
    document = draw(documents(children=[CHILD], **more))
    inside = draw(documents(base=3000, children=[GRANDCHILD], most=4))
    return document, {CHILD: ("child", inside), GRANDCHILD: ("grandchild", draw(documents(base=5000, most=2)))}


def compiled(found):
    document, children = found
    return compile_route("version", document, children.get)


calendars = st.builds(
    WorkingDays,
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(days_of_travel.map(date.fromordinal), max_size=12),
    st.sets(days_of_travel.map(date.fromordinal), max_size=6),
)
USUAL = WorkingDays()


@dataclass
class Travel:
    route: object
    traveller: Traveller
    days: WorkingDays

    def plan(self, **changed):
        return plan(self.route, replace(self.traveller, **changed), self.days)

    def settle(self, planned, late=0):
        """Have these been done, `late` days after they were due."""
        new = {(card.spot, occurrence): (day, day + late) for card, occurrence, day in planned}
        self.traveller = replace(self.traveller, settled={**self.traveller.settled, **new})


@st.composite
def travels(draw, history=True, renewed=True):
    """Somebody on a map: in a stage or none, with a renewal or none, with events, and with some of the plan settled."""
    route = compiled(draw(maps()))
    stages = [stage.id for stage in route.stages]
    stage = draw(st.none() | st.sampled_from(stages))
    place = stages.index(stage) if stage else 0
    entered = {id: draw(days_of_travel) for id in stages[: place + 1] if draw(st.booleans())}
    triggers = [card.id for card in route.triggers]
    events = (
        [(draw(st.sampled_from(triggers)), n, draw(days_of_travel)) for n in range(draw(st.integers(0, 3)))] if triggers else []
    )
    traveller = Traveller(
        draw(days_of_travel), draw(st.none() | days_of_travel | st.integers(LAST, LAST + 800)), entered, stage,
        draw(st.none() | st.sampled_from(stages[: place + 1])) if renewed else None, events=tuple(events),
    )  # fmt: skip
    found = Travel(route, traveller, draw(calendars))
    if history:
        planned = found.plan()
        for one in draw(st.lists(st.sampled_from(planned), max_size=5, unique_by=lambda one: one[:2])) if planned else []:
            found.settle([one], late=draw(st.integers(-5, 30)))
    return found
