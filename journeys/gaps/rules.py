"""The table of rules: what each looks at, how much it weighs, how soon one should mend it, and what one can do.

Mending a gap raises the score, so a weight outweighs what the mending may uncover: an owner (4) may turn out to be overloaded
(3), the first card of a stage (10) is alone (2), maybe without owner (4), playbook (2) and view (2). A length says of its stage
and of those after it whether they are silent; their weights lie on the first stage without one until then. What moves cards to
other days, or says for the first time on which they are, may show another silence or contradiction: that counts as a new gap.
"""

from __future__ import annotations

from journeys.gaps import drawing, rhythm
from journeys.gaps.rule import Rule, Severity

FIRST, NEXT, LATER = Severity

RULES = (
    Rule(
        "owner", "touchpoint", 4, FIRST, drawing.cards, drawing.owner,
        "touchpoints have no owner", "Choose the role that delivers it, or move it to that role’s lane.",
    ),
    Rule(
        "event-answer", "touchpoint", 4, FIRST, drawing.events, drawing.event_answer,
        "events have no answer", "Give it a playbook, or draw an arrow to the touchpoint that answers it.",
    ),
    Rule(
        "emotion-answer", "emotion", 3, FIRST, drawing.emotions, drawing.emotion_answer,
        "strong feelings have no answer", "Say what we do when they feel so.",
    ),
    Rule(
        "empty-stage", "stage", 10, FIRST, drawing.stages, drawing.empty,
        "stages are empty", "Add the touchpoints that belong here, or take the stage away.",
    ),
    Rule(
        "silence", "stage", rhythm.SILENCE_WEIGHT, FIRST, rhythm.stages_with_rhythm, rhythm.silence,
        "stages are too quiet", "Add a touchpoint in between: a call, a mail, something useful to read.",
    ),
    Rule(
        "contradiction", "connector", 4, FIRST, rhythm.sequences, rhythm.contradiction,
        "arrows contradict the days", "Turn the arrow round, say that both have no set order, or change the days.",
    ),
    Rule(
        "follows-nothing", "touchpoint", 3, NEXT, rhythm.following, rhythm.follows_nothing,
        "touchpoints follow nothing", "Draw an arrow from the touchpoint before, or count from something else.",
    ),
    Rule(
        "package", "handoff", 3, NEXT, drawing.handoffs, drawing.package,
        "handoffs have no package", "List what must travel, where it lives and who reads it.",
    ),
    Rule(
        "success", "stage", 3, NEXT, drawing.stages, drawing.success,
        "stages do not say what success looks like", "Say how one sees that the customer got what they came for.",
    ),
    Rule(
        "brief", "stage", 3, NEXT, drawing.stages, drawing.brief,
        "stages have no complete brief", "Write it in a sentence or two.",
    ),
    Rule(
        "overload", "role", 3, NEXT, rhythm.owners, rhythm.overload,
        "owners are overloaded", "Let somebody else deliver some of it, automate it, or spread it over more days.",
    ),
    Rule(
        "feelings", "", 4, NEXT, drawing.whole_map, drawing.feelings,
        "maps say nothing about feelings", "Click on the row under the map and type what they feel.",
    ),
    Rule(
        "length", "stage", 1, NEXT, rhythm.stages_but_the_last, rhythm.length,
        "stages have no length", "Until it says how long it takes, nobody sees where the journey falls silent.",
    ),
    Rule(
        "playbook", "touchpoint", 2, NEXT, drawing.cards, drawing.playbook,
        "touchpoints have no playbook", "Choose a playbook; a draft with three steps is a beginning.",
    ),
    Rule(
        "customer-view", "touchpoint", 2, LATER, drawing.cards, drawing.customer_view,
        "touchpoints have no customer’s view", "Say in their words what they notice of it; set aside what they never see.",
    ),
    Rule(
        "criterion", "touchpoint", 2, LATER, drawing.milestones, drawing.criterion,
        "milestones have no criterion", "Say what must be true for it to count as reached.",
    ),
    Rule(
        "thin-stage", "stage", 2, LATER, drawing.stages, drawing.thin,
        "stages hold one card only", "Is that all that happens here? Add what is missing, or join it with its neighbour.",
    ),
    Rule(
        "shown-success", "", 3, LATER, drawing.whole_map, drawing.shown_success,
        "maps show no success", "Turn the card that shows it into a milestone, or mark it as a moment of truth.",
    ),
)  # fmt: skip
