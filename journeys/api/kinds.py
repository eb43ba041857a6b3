"""The kinds of elements as the API speaks of them: what may be said about each, and which act of the domain it asks for.

Names are those of the document; `role`, `owner`, `to_role` and `playbook` are ids here, for nothing leaves the workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from accounts.api.bodies import Body, Said, an_id, of_model, some_of
from accounts.api.shapes import ID, TEXT, Schema, one_of, thing
from accounts.models import Member
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused, Element
from journeys.ordering import in_order

#: name outside -> value; what refers to an element or a role holds the row itself
Words = dict[str, Any]


class Who(TypedDict):
    by: Member
    at: datetime


class Kind:
    """A kind of elements. `made_with`: what a new one must say; `at_first`: what may be said of a new one only; `shown`: what
    may not be said at all."""

    model: ClassVar[type[Any]]
    made_with: ClassVar[tuple[str, ...]] = ()
    at_first: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[tuple[str, ...]] = ()
    #: what may be said besides the fields that are shown
    besides: ClassVar[Mapping[str, Said]] = {}
    #: where the model's field does not say all of it
    narrower: ClassVar[Mapping[str, Said]] = {}
    #: the same, of what is read
    known: ClassVar[Mapping[str, Schema]] = {}
    #: what a row does not show
    unshown: ClassVar[tuple[str, ...]] = ()
    orders: ClassVar[Mapping[str, str]] = {"id": "pk"}
    filters: ClassVar[Mapping[str, Schema]] = {}
    #: of which each follows the other, unless both are said
    bound: ClassVar[tuple[str, ...]] = ()
    #: only those of which this is true
    only: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def names(cls) -> dict[str, str]:
        """Attribute of the model -> what it is called outside, of all that is shown."""
        fields: list[Any] = [field for field in cls.model._meta.concrete_fields if field.attname in cls.model.logged]
        shown = {field.attname: field.name for field in fields}
        return {name: shown[name] for name in cls.model.logged if name not in cls.unshown}

    @classmethod
    def body(cls, *, new: bool) -> Body:
        said = [name for name in cls.names().values() if name not in cls.shown and (new or name not in cls.at_first)]
        fields = {name: cls.narrower.get(name) or of_model(cls.model, name) for name in said}
        return Body({**({"id": an_id} if new else {}), **fields, **cls.besides}, cls.made_with if new else ())

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        """Raises ActRefused."""
        raise NotImplementedError

    @classmethod
    def change(cls, element: Any, said: Words, who: Who) -> None:
        """`said`: what differs, and what is bound to it. Raises ActRefused."""
        raise NotImplementedError

    @classmethod
    def attributes(cls, said: Words) -> dict[str, Any]:
        """As the domain's acts take them: {attribute: value}, ids for rows."""
        outside = {name: attribute for attribute, name in cls.names().items()}
        return {outside[name]: getattr(value, "pk", value) for name, value in said.items()}


#: the package of a handoff
PACKAGE: Schema = {
    "type": "array",
    "maxItems": 50,
    "items": {
        **thing(
            item={**TEXT, "maxLength": 300, "pattern": r"\S"}, where={**TEXT, "maxLength": 300}, reader={**TEXT, "maxLength": 300}
        ),
        "additionalProperties": False,
    },
}
BEFORE = {"before": Said({**ID, "description": "In front of which other one; null: the last one."}, an_id.read).or_null}


def _stand_before(element: Any, other: Any, who: Who) -> None:
    """Where it stands there already, nothing."""
    if other == element:
        raise ActRefused("It cannot stand in front of itself.", "before")
    if element.kind_name != "lane" or element.kind == Lane.Kind.ROLE:
        kind = {"kind": element.kind} if element.kind_name == "lane" else {}
        rows = in_order(type(element).objects.filter(journey=element.journey_id, **kind))
        following = rows[rows.index(element) + 1 :]
        if (following[0] if following else None) == other:
            return
    element.move_before(other, **who)


class Stages(Kind):
    model = Stage
    made_with = ("name",)
    besides = BEFORE
    unshown = ("position",)
    orders = {"position": "position", "name": "name", "id": "pk"}

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        return Stage.add(journey, said.pop("name"), id=id, before=said.pop("before", None), **said, **who)

    @classmethod
    def change(cls, element: Stage, said: Words, who: Who) -> None:
        if "before" in said:
            _stand_before(element, said.pop("before"), who)
        if said:
            element.edit(cls.attributes(said), **who)


class Lanes(Kind):
    """Customer and Outside belong to every map: they are there, and stay where they are."""

    model = Lane
    at_first = ("role",)
    shown = ("kind", "external_id")
    besides = {
        "before": Said(
            {**ID, "description": "Above which other one, but not above Customer; Outside or null: the last one."}, an_id.read
        ).or_null
    }
    unshown = ("position",)
    orders = {"position": "position", "name": "name", "id": "pk"}
    filters = {"role": ID, "kind": one_of(*Lane.Kind.values)}

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        lane = Lane.add(journey, said.get("name", ""), role=said.get("role"), id=id, **who)
        if said.get("before"):
            lane.move_before(said["before"], **who)
        return lane

    @classmethod
    def change(cls, element: Lane, said: Words, who: Who) -> None:
        if "before" in said:
            _stand_before(element, said["before"], who)
        if "name" in said:
            element.rename(said["name"], **who)


class Touchpoints(Kind):
    """Cards: touchpoints, milestones and events."""

    model = Touchpoint
    made_with = ("title", "stage", "lane", "slot")
    shown: ClassVar[tuple[str, ...]] = ("child",)
    orders = {"id": "pk", "title": "title", "slot": "slot"}
    filters = {
        "stage": ID, "lane": ID, "owner": {"anyOf": [ID, one_of("none")]}, "playbook": ID,
        "kind": one_of(*Touchpoint.Kind.values), "search": TEXT,
    }  # fmt: skip
    bound = ("lane", "owner")
    PLACE = ("stage", "lane", "slot")

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        title, stage, lane, slot = (said.pop(name) for name in ("title", "stage", "lane", "slot"))
        usual = "event" if lane.kind == Lane.Kind.OUTSIDE else "touchpoint"  # as it is on a page
        card = Touchpoint.catch(journey, title, stage, lane, slot, kind=said.pop("kind", usual), id=id, **who)
        cls._edit(card, said, who, lane=lane)
        return card

    @classmethod
    def change(cls, element: Touchpoint, said: Words, who: Who) -> None:
        lane = said.get("lane")
        now = {name: getattr(element, name) for name in cls.PLACE}
        place = {name: said.pop(name, now[name]) for name in cls.PLACE}
        if place != now:
            element.move_to(**place, **who)
        cls._edit(element, said, who, lane=lane)

    @classmethod
    def _edit(cls, card: Touchpoint, said: Words, who: Who, *, lane: Lane | None) -> None:
        """Who says where a card stands and who owns it means both: otherwise each follows the other."""
        if said:
            stays = {"lane_id": lane.pk} if lane and said.get("owner") else {}
            card.edit(cls.attributes(said) | stays, **who)


class Events(Touchpoints):
    """The cards that are events: what is outside our walls and changes the relationship."""

    shown = ("child", "kind")
    only = {"kind": Touchpoint.Kind.EVENT}
    filters = {name: schema for name, schema in Touchpoints.filters.items() if name != "kind"}

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        return super().make(journey, {**said, "kind": "event"}, id, who)


class Connectors(Kind):
    """Arrows. One that has been drawn can be turned round: say its two cards the other way."""

    model = Connector
    made_with = ("source", "target")
    filters = {"source": ID, "target": ID, "kind": one_of(*Connector.Kind.values)}

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        source, target = said.pop("source"), said.pop("target")
        if there := Connector.between(source, target):
            raise ActRefused(f"There is an arrow between these two already, {there.pk}.", "target")
        arrow = Connector.join(source, target, said.pop("kind", "sequence"), id=id, **who)
        if said.get("label"):
            arrow.edit({"label": said["label"]}, **who)
        return arrow

    @classmethod
    def change(cls, element: Connector, said: Words, who: Who) -> None:
        ends = {said.pop(name, getattr(element, name)).pk: name for name in ("source", "target")}
        fields = cls.attributes(said)
        # An arrow in no set order may point anywhere: it becomes one before it is turned, or stays one until it has been.
        if fields.get("kind") == Connector.Kind.UNORDERED:
            element.edit(fields, **who)
            fields = {}
        if list(ends) == [element.target_id, element.source_id]:
            element.turn_round(**who)
        elif list(ends) != [element.source_id, element.target_id]:
            name = "target" if element.source_id in ends else "source"
            raise ActRefused("An arrow keeps its two cards: it can be turned round, or deleted and drawn elsewhere.", name)
        if fields:
            element.edit(fields, **who)


class Handoffs(Kind):
    """Responsibility that passes on. To whom: `to_role`, or whoever owns `to_touchpoint`."""

    model = Handoff
    made_with = ("touchpoint",)
    at_first = ("touchpoint",)
    narrower = {"package": of_model(Handoff, "package", PACKAGE)}
    known = {"package": PACKAGE}
    filters = {"touchpoint": ID, "to_role": ID}

    @classmethod
    def body(cls, *, new: bool) -> Body:
        found = super().body(new=new)
        return Body({**found.fields, "to_role": an_id.or_null}, found.needed) if new else found

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        giver, role, receiver = said.pop("touchpoint"), said.pop("to_role", None), said.pop("to_touchpoint", None)
        if role is None and receiver is None:
            raise ActRefused("Say who takes over: “to_role”, or “to_touchpoint”, whose owner does.", "to_role")
        made = Handoff.draw(giver, role, receiver, id=id, **who)
        if said:
            made.edit(cls.attributes(said), **who)
        return made

    @classmethod
    def change(cls, element: Handoff, said: Words, who: Who) -> None:
        element.edit(cls.attributes(said), **who)


class Emotions(Kind):
    model = Emotion
    made_with = ("title", "stage", "slot")
    narrower = {"anchor": some_of("", *Touchpoint.Anchor.values)}
    orders = {"id": "pk", "slot": "slot"}
    filters = {"stage": ID, "search": TEXT}

    @classmethod
    def make(cls, journey: Journey, said: Words, id: Any, who: Who) -> Element:
        title, stage, slot, level = (said.pop(name, 0) for name in ("title", "stage", "slot", "level"))
        feeling = Emotion.place(journey, title, stage, slot, level, id=id, as_typed=False, **who)
        if said:
            feeling.edit(cls.attributes(said), as_typed=False, **who)
        return feeling

    @classmethod
    def change(cls, element: Emotion, said: Words, who: Who) -> None:
        if "stage" in said or "slot" in said:
            element.move_to(said.pop("stage", element.stage), said.pop("slot", element.slot), **who)
        if said:
            element.edit(cls.attributes(said), as_typed=False, **who)
