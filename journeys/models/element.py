"""What every element of a map has in common: who makes its id, and which of its fields the change log speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from accounts.ids import new_id
from accounts.rows import read_row

if TYPE_CHECKING:
    from journeys.models.journey import Journey


#: the condition on which an element is on a map
ON = "id = %s AND journey_id = %s"


class ActRefused(Exception):
    """An act the map does not allow. `field` names the input it belongs to, "" for the act as a whole."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.message = message
        self.field = field


class IdTaken(ActRefused):
    """Something else bears the id already, be it here or elsewhere."""

    def __init__(self) -> None:
        super().__init__("That id is in use already.", "id")


class Element(models.Model):
    """One thing on a map. Ids are UUIDv7 and made by whoever creates the element, so a retried create is one create."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")

    #: the key of this kind in a journey document, and the kind that patches name
    document_key: ClassVar[str]
    kind_name: ClassVar[str]
    #: attribute names, foreign keys as `_id`, in the order of the document
    logged: ClassVar[tuple[str, ...]]
    #: whether what it stands on must stay for its sake, when somebody takes back that they made it
    holds: ClassVar[bool] = True

    class Meta:
        abstract = True

    @classmethod
    def on(cls, journey: Journey, pk: Any) -> Self | None:
        """The element of that id on that map, or None. While the map is held it is read once, and stays what it was."""
        key = (cls.kind_name, str(pk))
        if journey.held is not None and key in journey.held:
            return journey.held[key]  # type: ignore[return-value]
        found = read_row(cls, ON, [pk, journey.pk])
        if found is not None:
            found.journey = journey
        if journey.held is not None:
            journey.held[key] = found
        return found

    def snapshot(self) -> dict[str, Any]:
        """The logged fields as plain JSON data, ids as text."""
        return {name: _plain(getattr(self, name)) for name in self.logged}

    @property
    def id_text(self) -> str:
        return str(self.pk)

    @property
    def called(self) -> str:
        """What people call this element."""
        return getattr(self, "title", "") or getattr(self, "name", "") or self.kind_name

    def validate_constraints(self, exclude: Any = None) -> None:
        """Left to the database: whoever saves one field holds the map meanwhile, and looking ahead takes as long as the form."""

    def refuse_bad_values(self) -> None:
        """Raise ActRefused, naming the field, for a value the element cannot hold."""
        try:
            self.clean_fields(exclude=[f.name for f in self._meta.fields if f.is_relation or f.name == "id"])
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            raise ActRefused(messages[0], field) from error


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def text(max_length: int | None = None) -> Any:
    """A text field that is never null and may be empty."""
    if max_length:
        return models.CharField(max_length=max_length, blank=True, default="")
    return models.TextField(max_length=4000, blank=True, default="")
