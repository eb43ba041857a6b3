"""The columns and kinds of a journey sheet, and what their cells may hold. `docs/journey-sheets.md` says what they mean."""

from __future__ import annotations

BRIEF = ("goal", "feeling", "experience", "skills", "tools", "metrics", "success", "starts_when", "completes_when")
#: in the order in which a sheet is written
COLUMNS = (
    "kind", "stage", "lane", "title", "customer_view", "owner_role", "channel", "delivery", "importance", "anchor",
    "offset_days", "repeat_days", "effort_min", "emotion", "moment_of_truth", "criterion", "playbook", "handoff_to",
    "after", "with", "to", "notes", "why", "answer", "slot", "accept_within_days", "package", "rule", "length_days", *BRIEF,
    "external_id", "id",
)  # fmt: skip

CARD_KINDS = ("touchpoint", "milestone", "event")
#: kind of a row -> kind of the lane
LANE_KINDS = {"lane": "role", "customer_lane": "customer", "outside_lane": "outside"}
#: kind of a row -> the cells that it cannot do without
NEEDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*CARD_KINDS, "emotion"), ("stage", "title")),
    "stage": ("stage",),
    **dict.fromkeys(LANE_KINDS, ("lane",)),
    "arrow": ("to",),
    "handoff": ("after", "handoff_to"),
    "dismissal": ("rule", "notes"),
    "journey": ("title",),
}

CHOICES: dict[str, tuple[str, ...]] = {
    "channel": ("email", "call", "meeting", "in_app", "web", "social", "support", "survey", "document", "other"),
    "delivery": ("person", "automated", "self_serve"),
    "importance": ("must", "should", "could"),
    "anchor": ("enrolment", "stage", "renewal", "after", "event"),
}
DEFAULTS = {"channel": "", "delivery": "person", "importance": "must", "anchor": "enrolment"}
#: column -> least, most, default
NUMBERS: dict[str, tuple[int, int, int | None]] = {
    "offset_days": (-3650, 3650, 0),
    "repeat_days": (1, 3650, None),
    "effort_min": (0, 100_000, None),
    "emotion": (-2, 2, None),
    "slot": (0, 20_000, None),
}
LENGTH_DAYS, ACCEPT_DAYS = (0, 3650, None), (1, 365, None)
CARD_TEXTS, EMOTION_TEXTS = ("customer_view", "criterion", "notes"), ("why", "answer")
LENGTHS = {
    "external_id": 200, "id": 200, "stage": 120, "lane": 120, "title": 200, "playbook": 200, "handoff_to": 120, "owner_role": 120,
    "to": 200, "rule": 40, **dict.fromkeys((*CARD_TEXTS, *EMOTION_TEXTS, *BRIEF), 4000),
}  # fmt: skip
#: letters of the words on an arrow
MOST_WORDS = 120
#: letters of the reason why a gap is set aside
MOST_REASON = 500
#: in the column owner_role: nobody owns the card, though its lane has a role
NOBODY = "(nobody)"
