from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from journeys.models.element import ActRefused, Element, text

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey
    from journeys.models.stage import Stage


#: a sign and a digit; without a sign only "0:", for "2 weeks of silence" is no level. "-10 % budget" and "-1.5" are none either.
LEVEL_IN_FRONT = re.compile(r"\s*([+\-−–][0-2](?=[\s:])|0(?=:))\s*:?(?=\s*\S)")


class Emotion(Element):
    """A pink cloud: what the customer is likely to feel at a point of the journey, why, and how we answer it."""

    class Level(models.IntegerChoices):
        DELIGHTED = 2, "delighted"
        GLAD = 1, "glad"
        NEUTRAL = 0, "neutral"
        UNEASY = -1, "uneasy"
        UPSET = -2, "upset"

    stage = models.ForeignKey("journeys.Stage", on_delete=models.CASCADE, related_name="emotions")
    slot = models.PositiveIntegerField(validators=[MaxValueValidator(20_000)])
    title = models.CharField(max_length=200)
    level = models.SmallIntegerField(choices=Level.choices, default=Level.NEUTRAL)
    why = text()
    answer = text()
    anchor = models.CharField(max_length=12, blank=True, default="")
    offset_days = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(-3650), MaxValueValidator(3650)])
    external_id = text(200)

    document_key = "emotions"
    kind_name = "emotion"
    logged = ("stage_id", "slot", "title", "level", "why", "answer", "anchor", "offset_days", "external_id")

    class Meta:
        indexes = [models.Index(fields=["journey", "id"], name="emotion_of_journey")]
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "external_id"], condition=~models.Q(external_id=""), name="emotion_external_id_once"
            ),
            models.CheckConstraint(condition=models.Q(level__range=(-2, 2)), name="emotion_level_in_range"),
        ]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def read_level(title: str) -> tuple[str, int | None]:
        """What was typed, without a level in front of it: "-2 nervous" or "+1: proud". The level is None if none was said."""
        found = LEVEL_IN_FRONT.match(title)
        if not found:
            return title.strip(), None
        return title[found.end() :].strip(), int(re.sub("[−–]", "-", found[1]))

    @property
    def feeling(self) -> str:
        """The level in words: "−2 upset"."""
        return f"{self.level:+d} {self.get_level_display()}".replace("-", "−").replace("+0", "0")

    @classmethod
    def place(
        cls,
        journey: Journey,
        title: str,
        stage: Stage,
        slot: int,
        level: int,
        *,
        by: Member,
        at: datetime,
        id: Any = None,
        as_typed: bool = True,
    ) -> Emotion:
        """`as_typed`: a level in front of the title counts."""
        title, said = cls.read_level(title) if as_typed else (title.strip(), None)
        level = level if said is None else said
        if not title:
            raise ActRefused("Say what the customer feels.", "title")
        emotion = cls(stage=stage, slot=slot, title=title, level=level)
        if id:
            emotion.id = id
        with journey.act(f"added the feeling {title}", by=by, at=at) as act:
            if id and (made := act.already_made(cls, id)):
                return made
            act.create(emotion)
        return emotion

    def move_to(self, stage: Stage, slot: int, level: int | None = None, *, by: Member, at: datetime) -> None:
        fields: dict[str, Any] = {"stage_id": stage.pk, "slot": slot}
        if level is not None:
            fields["level"] = level
        with self.journey.act(f"moved the feeling {self.title}", by=by, at=at) as act:
            act.change(self, **fields)

    def edit(
        self,
        fields: dict[str, Any],
        *,
        by: Member,
        at: datetime,
        was: dict[str, Any] | None = None,
        as_typed: bool = True,
    ) -> None:
        """Set fields; `as_typed`: a level in front of a title counts."""
        if "title" in fields:
            title = fields["title"]
            fields["title"], said = self.read_level(title) if as_typed else (title.strip(), None)
            if said is not None:
                fields.setdefault("level", said)
            if not fields["title"]:
                raise ActRefused("Say what the customer feels.", "title")
        with self.journey.act(f"edited the feeling {self.title}", by=by, at=at) as act:
            act.edit(self, fields, was)

    def remove(self, *, by: Member, at: datetime) -> None:
        with self.journey.act(f"deleted the feeling {self.title}", by=by, at=at) as act:
            act.delete_with_dependents(self)
