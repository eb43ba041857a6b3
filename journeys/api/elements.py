"""The parts of a map, one by one: listed, read, made, changed and deleted by the very acts of the pages. So what a program does
is one act in the log, is taken back like any other, and shows at once on every page that is open on the map."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.own_ids import refuse_another
from accounts.api.paging import id_of, know_all, refused
from accounts.api.resources import Listed, One, Shown
from accounts.api.tags import refuse_stale, tagged
from accounts.api.views import ApiRequest
from accounts.models import Access
from journeys.api import kinds
from journeys.api.acting import acting
from journeys.api.kinds import Kind, Who, Words
from journeys.joining import as_one
from journeys.models import Journey
from journeys.models.element import Element, IdTaken


class OnMap(Shown):
    """Elements of one kind on one map."""

    kind: ClassVar[type[Kind]]

    def __init_subclass__(cls, kind: type[Kind] | None = None, **more: Any) -> None:
        super().__init_subclass__(**more)
        if kind:
            cls.kind, cls.model, cls.names, cls.known = kind, kind.model, kind.names(), kind.known
            cls.fields = ("id", *cls.names)

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        journey = Journey.objects.seen_by(request.member, self.kwargs["pk"])
        if journey is None:
            raise Http404
        return self.model._default_manager.filter(journey=journey, **self.kind.only)

    def resolved(self, request: ApiRequest, journey: Journey, said: Words) -> Words:
        """With the rows that it refers to instead of their ids. What is not on this map, or not in this workspace, does not
        exist. Raises ValidationError."""
        found, wrong = dict(said), {}
        for name, id in said.items():
            model: Any = self.model if name == "before" else self.model._meta.get_field(name).related_model
            if model is None or id is None:
                continue
            if issubclass(model, Element):
                found[name], where = model.on(journey, id), " on this map"
            else:
                found[name], where = model.objects.visible_to(request.member).filter(pk=id).first(), ""
            if found[name] is None:
                wrong[name] = [f"There is no such {model._meta.verbose_name}{where}."]
        if wrong:
            raise ValidationError(wrong)
        return found

    @staticmethod
    def who(request: ApiRequest) -> Who:
        return {"by": request.member, "at": request.at}


class Elements(OnMap, Listed):
    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}

    def __init_subclass__(cls, kind: type[Kind] | None = None, **more: Any) -> None:
        super().__init_subclass__(kind, **more)
        if kind:
            cls.orders, cls.filters = kind.orders, kind.filters
            cls.bodies = {"POST": kind.body(new=True).schema}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows = super().rows(request)
        for name, schema in self.filters.items():
            if (said := request.query_params.get(name)) is None:
                continue
            if name == "search":
                for word in said[:200].replace("\0", "").split():
                    rows = rows.filter(title__icontains=word)
            elif "enum" in schema:
                if said not in schema["enum"]:
                    raise refused(name, f"It is one of {', '.join(schema['enum'])}.")
                rows = rows.filter(**{name: said})
            else:
                is_none = said == "none" and "anyOf" in schema
                rows = rows.filter(**{name: None if is_none else id_of(said, name)})
        return rows

    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Put one on the map. With an `id` of one's own a request that is sent again is the same request."""
        know_all(request, ())
        rows = OnMap.rows(self, request)
        said = self.kind.body(new=True).of(request)
        id = said.pop("id", None)
        with acting(request, pk) as journey, as_one(journey, by=request.member, at=request.at) as act:
            made = self._already_made(act.already_made(self.model, id)) if id else None
            was_there = made is not None
            if made is None:
                if id:
                    act.refuse_taken(id)
                made = self.kind.make(journey, self.resolved(request, journey, said), id, self.who(request))
                act.label = act.parts[0]  # what else was said of it belongs to making it
        row = rows.filter(pk=made.pk).values(*self.fields).first()
        if row is None:  # somebody has deleted it in this very moment
            raise Http404
        if was_there:  # what was left to us may be anything
            refuse_another({name: value for name, value in said.items() if value is not None}, self.shape(row))
        return tagged(self.shape(row), 201, {"Location": f"{request.path}/{made.pk}"})

    def _already_made(self, found: Any) -> Any:
        if found is not None and any(getattr(found, name) != value for name, value in self.kind.only.items()):
            raise IdTaken
        return found


class OneElement(OnMap, One):
    doors = {"GET": Access.VIEWER, "PATCH": Access.EDITOR, "DELETE": Access.EDITOR}
    called = "element"
    refusals = {"PATCH": [412], "DELETE": [412, 422]}

    def __init_subclass__(cls, kind: type[Kind] | None = None, **more: Any) -> None:
        super().__init_subclass__(kind, **more)
        if kind:
            cls.bodies = {"PATCH": kind.body(new=False).schema}

    def patch(self, request: ApiRequest, pk: UUID, element: UUID) -> Response:
        """Change what is said, and nothing else: one act, however much it is. With `If-Match`, only what was seen."""
        know_all(request, ())
        self.read(request, element)  # what is not there has no body to be read
        said = self.kind.body(new=False).of(request)
        with acting(request, pk, (self.model, element)) as journey:  # type: ignore[arg-type]
            found = self._seen(request, journey, element)
            differing = self._differing(found, self.resolved(request, journey, said))
            if differing:
                with as_one(journey, by=request.member, at=request.at):
                    self.kind.change(found, differing, self.who(request))
            row = self.read(request, element)
        return tagged(row)

    def delete(self, request: ApiRequest, pk: UUID, element: UUID) -> Response:
        """Take it off the map, with what stands on it: one act, that its member can take back."""
        know_all(request, ())
        with acting(request, pk, (self.model, element)) as journey:  # type: ignore[arg-type]
            self._seen(request, journey, element).remove(**self.who(request))
        return Response(status=204)

    def _seen(self, request: ApiRequest, journey: Journey, pk: UUID) -> Any:
        """The element under the lock, as the request has seen it. Raises Http404, Problem."""
        refuse_stale(request, self.read(request, pk))
        return self.model.on(journey, pk)  # type: ignore[attr-defined]

    def _differing(self, element: Any, said: Words) -> Words:
        attributes = {name: attribute for attribute, name in self.names.items()}
        found = {
            name for name, value in said.items()
            if name not in attributes or getattr(element, attributes[name]) != getattr(value, "pk", value)
        }  # fmt: skip
        found |= set(self.kind.bound) if found & set(self.kind.bound) else set()
        return {name: value for name, value in said.items() if name in found}


class Stages(Elements, kind=kinds.Stages):
    """The columns of a map, from left to right, each with its brief."""


class OneStage(OneElement, kind=kinds.Stages):
    """A column of a map. Deleting it takes its cards and feelings along."""


class Lanes(Elements, kind=kinds.Lanes):
    """The rows of a map, from top to bottom. Customer is always the first one and Outside the last; both came with the map."""


class OneLane(OneElement, kind=kinds.Lanes):
    """A row of a map. Deleting it takes its cards along; Customer and Outside stay."""


class Touchpoints(Elements, kind=kinds.Touchpoints):
    """The cards of a map: touchpoints, milestones and events. A card that is made without an owner is its lane's."""


class OneTouchpoint(OneElement, kind=kinds.Touchpoints):
    """A card of a map. One that goes to another lane goes to its owner, and one that gets another owner goes to their lane,
    unless both are said. Deleting it takes its arrows and handoffs along."""


class Events(Elements, kind=kinds.Events):
    """The cards of a map that are events; they are among its touchpoints, too."""


class OneEvent(OneElement, kind=kinds.Events):
    """A card that is an event."""


class Connectors(Elements, kind=kinds.Connectors):
    """The arrows of a map. Two cards have one at most, and those in sequence lead in no circle."""


class OneConnector(OneElement, kind=kinds.Connectors):
    """An arrow of a map. It is turned round by saying its two cards the other way."""


class Handoffs(Elements, kind=kinds.Handoffs):
    """Where responsibility passes on, and what travels with it. To whom: `to_role`, or whoever owns `to_touchpoint`."""


class OneHandoff(OneElement, kind=kinds.Handoffs):
    """A handoff of a map."""


class Emotions(Elements, kind=kinds.Emotions):
    """What the customer is likely to feel, from -2 to 2, and where."""


class OneEmotion(OneElement, kind=kinds.Emotions):
    """A feeling on a map."""
