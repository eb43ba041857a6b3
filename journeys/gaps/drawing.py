"""Rules about what is drawn and said: on cards, stages, feelings, handoffs, and on the map as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from journeys.gaps.rule import Miss
from journeys.gaps.survey import Survey

#: a stage with fewer cards than this has little in it
FEW = 2
UPSET = -2


def cards(survey: Survey) -> Iterable[str]:
    """Every card, though not every card needs all: who automates one, or turns it into a milestone, loses nothing by it."""
    return survey.cards


def owner(survey: Survey, card: str) -> Miss | None:
    """What a person delivers is somebody's."""
    if survey.cards[card]["owner_id"] or card not in survey.delivered:
        return None
    return Miss(survey.place(card), "nobody owns it", field="owner")


def playbook(survey: Survey, card: str) -> Miss | None:
    """What a person must or should deliver has one. A card with a journey inside says there how it is done."""
    row = survey.cards[card]
    if row["playbook_id"] or row["importance"] == "could" or row["child_id"] or card not in survey.delivered:
        return None
    return Miss(survey.place(card), "no playbook says how to deliver it", field="playbook")


def customer_view(survey: Survey, card: str) -> Miss | None:
    if survey.cards[card]["customer_view"].strip() or card not in survey.ours:
        return None
    return Miss(survey.place(card), "the customer’s view of it is missing", field="customer_view")


def events(survey: Survey) -> Iterable[str]:
    return survey.of_kind("event")


def event_answer(survey: Survey, card: str) -> Miss | None:
    """An event is answered by a playbook, or by what an arrow leads to."""
    row = survey.cards[card]
    if row["playbook_id"] or row["child_id"] or card in survey.answered:
        return None
    return Miss(survey.place(card), "nothing says how we answer it", field="playbook")


def milestones(survey: Survey) -> Iterable[str]:
    return survey.of_kind("milestone")


def criterion(survey: Survey, card: str) -> Miss | None:
    if survey.cards[card]["criterion"].strip():
        return None
    return Miss(survey.place(card), "nothing says when it is reached", field="criterion")


def stages(survey: Survey) -> Iterable[str]:
    return survey.order


def empty(survey: Survey, stage: str) -> Miss | None:
    return None if survey.cards_on[stage] else Miss(survey.stages[stage]["name"], "nothing happens in it")


def thin(survey: Survey, stage: str) -> Miss | None:
    """Little in it. What is empty is said by the rule for that."""
    if not 0 < survey.cards_on[stage] < FEW:
        return None
    return Miss(survey.stages[stage]["name"], "it holds one card only")


def success(survey: Survey, stage: str) -> Miss | None:
    if survey.stages[stage]["success"].strip():
        return None
    return Miss(survey.stages[stage]["name"], "it does not say what success looks like", field="success")


#: what a brief must say at least, and how a gap calls it
BRIEF = {"goal": "what the customer wants", "feeling": "how they should feel", "experience": "what they experience"}


def brief(survey: Survey, stage: str) -> Miss | None:
    row = survey.stages[stage]
    missing = [name for name in BRIEF if not row[name].strip()]
    if not missing:
        return None
    told = [BRIEF[name] for name in missing]
    what = " or ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
    return Miss(row["name"], f"its brief does not say {what}", field=missing[0])


def emotions(survey: Survey) -> Iterable[str]:
    return survey.document["emotions"]


def emotion_answer(survey: Survey, emotion: str) -> Miss | None:
    """A strong bad feeling, which is -2, is answered."""
    row = survey.document["emotions"][emotion]
    if row["level"] > UPSET or row["answer"].strip():
        return None
    stage = survey.stages[row["stage_id"]]["name"]
    return Miss(f"{row['title']}, in {stage}", "a strong feeling, and nothing says how we answer it", field="answer")


def handoffs(survey: Survey) -> Iterable[str]:
    return survey.document["handoffs"]


def package(survey: Survey, handoff: str) -> Miss | None:
    row = survey.document["handoffs"][handoff]
    if row["package"]:
        return None
    to = survey.roles.get(row["to_role_id"], "another role")
    near = f"touchpoints/{row['touchpoint_id']}/"
    return Miss(f"{survey.place(row['touchpoint_id'])}, handed over to {to}", "its package is empty", field="item", near=near)


def whole_map(survey: Survey) -> Iterable[str]:
    return [""] if survey.stages else []


def feelings(survey: Survey, _: str) -> Miss | None:
    if survey.document["emotions"] or any(card["emotion"] is not None for card in survey.cards.values()):
        return None
    return Miss("The whole map", "it says nowhere how the customer feels", near="feel")


def shown_success(survey: Survey, _: str) -> Miss | None:
    if any(card["kind"] == "milestone" or card["moment_of_truth"] for card in survey.cards.values()):
        return None
    last = f"stages/{survey.order[-1]}/"
    return Miss("The whole map", "no milestone and no moment of truth shows that the customer succeeds", go=last, near=last)
