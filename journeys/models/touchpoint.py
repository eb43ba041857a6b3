from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from journeys.models.element import ActRefused, Element, text

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey
    from journeys.models.lane import Lane
    from journeys.models.stage import Stage
    from playbooks.models import Playbook


class Touchpoint(Element):
    """A card on the map: a touchpoint, a milestone, or an event outside our walls. One table, because all three stand at a
    place, bear a timing and a playbook, are joined by connectors, and may be turned into one another."""

    class Kind(models.TextChoices):
        TOUCHPOINT = "touchpoint", "Touchpoint"
        MILESTONE = "milestone", "Milestone"
        EVENT = "event", "Event"

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        CALL = "call", "Call"
        MEETING = "meeting", "Meeting"
        IN_APP = "in_app", "In app"
        WEB = "web", "Web"
        SOCIAL = "social", "Social"
        SUPPORT = "support", "Support"
        SURVEY = "survey", "Survey"
        DOCUMENT = "document", "Document"
        OTHER = "other", "Other"

    class Delivery(models.TextChoices):
        PERSON = "person", "By a person"
        AUTOMATED = "automated", "Automated"
        SELF_SERVE = "self_serve", "Self-serve"

    class Importance(models.TextChoices):
        MUST = "must", "Must"
        SHOULD = "should", "Should"
        COULD = "could", "Could"

    class Anchor(models.TextChoices):
        ENROLMENT = "enrolment", "enrolment"
        STAGE = "stage", "the stage starts"
        RENEWAL = "renewal", "the renewal date"
        AFTER = "after", "the touchpoint before"
        EVENT = "event", "the event"

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TOUCHPOINT)
    stage = models.ForeignKey("journeys.Stage", on_delete=models.CASCADE, related_name="touchpoints")
    lane = models.ForeignKey("journeys.Lane", on_delete=models.CASCADE, related_name="touchpoints")
    slot = models.PositiveIntegerField(validators=[MaxValueValidator(20_000)])
    title = models.CharField(max_length=200)
    customer_view = text()
    owner = models.ForeignKey("accounts.Role", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel.choices, blank=True, default="")
    delivery = models.CharField(max_length=12, choices=Delivery.choices, default=Delivery.PERSON)
    importance = models.CharField(max_length=8, choices=Importance.choices, default=Importance.MUST)
    anchor = models.CharField(max_length=12, choices=Anchor.choices, default=Anchor.ENROLMENT)
    offset_days = models.IntegerField(default=0, validators=[MinValueValidator(-3650), MaxValueValidator(3650)])
    repeat_days = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3650)])
    effort_min = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(100_000)])
    emotion = models.SmallIntegerField(null=True, blank=True, validators=[MinValueValidator(-2), MaxValueValidator(2)])
    moment_of_truth = models.BooleanField(default=False)
    criterion = text()
    playbook = models.ForeignKey("playbooks.Playbook", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: the journey one finds when one looks closer at this card
    child = models.ForeignKey("journeys.Journey", on_delete=models.PROTECT, null=True, blank=True, related_name="parents")
    notes = text()
    external_id = text(200)

    document_key = "touchpoints"
    kind_name = "touchpoint"
    logged = (
        "kind", "stage_id", "lane_id", "slot", "title", "customer_view", "owner_id", "channel", "delivery",
        "importance", "anchor", "offset_days", "repeat_days", "effort_min", "emotion", "moment_of_truth", "criterion",
        "playbook_id", "child_id", "notes", "external_id",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["journey", "id"], name="touchpoint_of_journey")]
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "external_id"],
                condition=~models.Q(external_id=""),
                name="touchpoint_external_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(emotion__isnull=True) | models.Q(emotion__range=(-2, 2)),
                name="touchpoint_emotion_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def delivered_by(cls, playbook: Playbook) -> models.QuerySet[Touchpoint]:
        """The cards of all maps that name a playbook, map by map."""
        found = cls.objects.filter(playbook=playbook).select_related("journey__segment", "stage", "lane")
        return found.order_by(Lower("journey__title"), "journey_id", "stage__position", "slot", "id")

    @classmethod
    def catch(
        cls,
        journey: Journey,
        title: str,
        stage: Stage,
        lane: Lane,
        slot: int,
        *,
        by: Member,
        at: datetime,
        id: Any = None,
        kind: str = "touchpoint",
        after: Touchpoint | None = None,
        arrow: str = "sequence",
    ) -> Touchpoint:
        """Put a card at a place with nothing but a title. Its lane says who owns it; an `arrow` leads to it from `after`."""
        title = title.strip()
        if not title:
            raise ActRefused("Type a title first.", "title")
        card = cls(kind=kind, stage=stage, lane=lane, slot=slot, title=title, owner_id=lane.role_id)
        if id:
            card.id = id
        if kind == cls.Kind.EVENT:
            card.anchor = cls.Anchor.EVENT
        with journey.act(f"added {title}", by=by, at=at) as act:
            if id and (made := act.already_made(cls, id)):
                return made
            act.create(card)
            if after:
                from journeys.models.connector import Connector

                act.create(Connector(source=after, target=card, kind=arrow))
        return card

    def move_to(self, stage: Stage, lane: Lane, slot: int, *, by: Member, at: datetime) -> None:
        """Stand at another place. The owner follows the lane as long as the lane said who the owner was."""
        with self.journey.act(f"moved {self.title} to {stage.name}", by=by, at=at) as act:
            card = act.fresh(self)
            fields: dict[str, Any] = {"stage_id": stage.pk, "lane_id": lane.pk, "slot": slot}
            if lane.pk != card.lane_id and lane.role_id and card.owner_id in (None, card.lane.role_id):
                fields["owner_id"] = lane.role_id
            act.change(card, **fields)

    def edit(self, fields: dict[str, Any], *, by: Member, at: datetime, was: dict[str, Any] | None = None) -> None:
        """Set fields of the card; `was` is what they said when the edit began (raises Conflict where that has changed).

        A new owner who has a lane takes the card along, unless it stands in a fixed lane or `fields` say a `lane_id` as well."""
        if "title" in fields:
            fields["title"] = fields["title"].strip()
            if not fields["title"]:
                raise ActRefused("A card needs a title.", "title")
        with self.journey.act(self._told(fields), by=by, at=at) as act:
            card = act.fresh(self)
            follows = fields.get("owner_id") and "lane_id" not in fields
            if follows and card.lane.kind == "role" and card.lane.role_id != fields["owner_id"]:
                from journeys.models.lane import Lane

                lane = next((row for row in act.rows(Lane) if row.role_id == fields["owner_id"]), None)
                if lane:
                    fields["lane_id"] = lane.pk
            act.edit(card, fields, was)

    def remove(self, *, by: Member, at: datetime) -> None:
        """Delete the card with its connectors and handoffs, as one act."""
        with self.journey.act(f"deleted {self.title}", by=by, at=at) as act:
            act.delete_with_dependents(self)

    def _told(self, fields: dict[str, Any]) -> str:
        """What the log calls an edit."""
        if "title" in fields:
            return f"renamed {self.title} to {fields['title']}"
        if set(fields) == {"kind"}:
            return (
                f"turned {self.title} into {'an' if fields['kind'] == 'event' else 'a'} {self.Kind(fields['kind']).label.lower()}"
            )
        if set(fields) == {"moment_of_truth"}:
            return f"{'marked' if fields['moment_of_truth'] else 'unmarked'} {self.title} as a moment of truth"
        return f"edited {self.title}"
