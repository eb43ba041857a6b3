"""Which customers a list shows: what one can choose from, what has been chosen, and what that means."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Member
from customers.forms import DayInput
from customers.listing import COUNTED, COUNTED_WHERE_DEAR, ORDERS, Order, count, few_or_many
from customers.models import Customer, Enrolment, Health
from customers.models.customer import CustomerQuerySet
from journeys.models import Journey, Segment

NOBODY, NONE = "nobody", "none"
WINDOWS = [("overdue", "Past already"), ("30", "In 30 days"), ("60", "In 60 days"), ("90", "In 90 days")]
SORTS = [
    ("name", "Name, A to Z"),
    ("-name", "Name, Z to A"),
    ("renewal", "Renewal, the next first"),
    ("-renewal", "Renewal, the last first"),
    ("health", "Health, the worst first"),
    ("-health", "Health, the best first"),
    ("value", "Value, the highest first"),
    ("-value", "Value, the lowest first"),
]
Choices = list[tuple[str, str]]


class QuickSelect(forms.Select):
    """Rendered in one go. Django's own takes a template for each option, and of owners there are many."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = str(value or "")
        rows = ((key, mark_safe(" selected") if str(key) == chosen else "", called) for key, called in self.choices)  # nosec
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name})), options
        )


def choice(**more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, widget=QuickSelect, **more)


class CustomerFilterForm(forms.Form):
    """What one wants to see, and in which order; what makes no sense is left out."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name or id"}),
    )
    segment = choice()
    journey = choice()
    stage = choice()
    health = choice(choices=[("", "Any health"), *((str(key), called) for key, called in Health.choices)])
    owner = choice()
    renewal = choice(choices=[("", "Any renewal"), *WINDOWS])
    since = forms.DateField(required=False, label="Renews from", widget=DayInput())
    until = forms.DateField(required=False, label="until", widget=DayInput())
    sort = choice(choices=SORTS, label="In order of")

    def __init__(self, data: Any, *, by: Member):
        super().__init__(data)
        self.by = by
        offered = choices_for(by)
        self._offer("segment", [("", "Any segment"), *offered["segment"]])
        self._offer("owner", [("", "Any owner"), (NOBODY, "Nobody"), *offered["owner"]])
        self._offer("journey", [("", "Any journey"), (NONE, "On no journey"), *offered["journey"]])
        self.stages = self._stages(offered)
        called = "Any stage" if self.stages else "Any stage (choose a segment or a journey)"
        self._offer("stage", [("", called), *((name, name) for name in self.stages)])
        self.is_valid()  # what makes no sense filters nothing

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _stages(self, offered: dict[str, Choices]) -> dict[str, list[UUID]]:
        """Those of the journey, or of the segment's journeys; stages of one name are one."""
        for name in ("journey", "segment"):
            wanted = self.data.get(name, "")
            if wanted in dict(offered[name]):
                return Enrolment.objects.stages_of(**{name: UUID(wanted)})
        return {}

    @property
    def order(self) -> Order:
        return ORDERS[self.cleaned_data.get("sort") or "name"]

    @property
    def narrows(self) -> bool:
        """Whether anything but the order has been chosen."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """What has been chosen but for the order: (what it is about, what was chosen)."""
        found = []
        for name, value in self.cleaned_data.items():
            if value and name != "sort":
                called = dict(getattr(self.fields[name], "choices", [])).get(value)
                about = str(self.fields[name].label or name).capitalize()
                found.append((about, str(called or (f"{value:%-d %B %Y}" if isinstance(value, date) else value))))
        return found

    @property
    def is_dear(self) -> bool:
        """Whether the customers' own columns do not tell who is found."""
        return any(self.cleaned_data.get(name) not in ("", NONE, None) for name in ("q", "journey", "stage"))

    @property
    def counted(self) -> int:
        """How far what is found is counted."""
        return COUNTED_WHERE_DEAR if self.is_dear else COUNTED

    def counted_and_found(self, *, today: date) -> tuple[int, CustomerQuerySet]:
        found = self.found(today=today)
        if self.is_dear:
            return few_or_many(found, self.counted)
        return count(found, self.counted), found

    def found(self, *, today: date) -> CustomerQuerySet:
        """The customers that are wanted, in no order."""
        wanted = self.cleaned_data
        found = Customer.objects.visible_to(self.by).matching(wanted.get("q", ""))
        if segment := wanted.get("segment"):
            found = found.in_segment(UUID(segment))
        if stage := wanted.get("stage"):
            found = found.in_stages(self.stages[stage])
        elif journey := wanted.get("journey"):
            found = found.on_no_journey() if journey == NONE else found.on_journey(UUID(journey))
        if health := wanted.get("health"):
            found = found.of_health(int(health))
        if owner := wanted.get("owner"):
            found = found.owned_by(None if owner == NOBODY else UUID(owner))
        if window := wanted.get("renewal"):
            overdue = window == "overdue"
            found = found.renewing(None if overdue else today, today + timedelta(-1 if overdue else int(window)))
        return found.renewing(wanted.get("since"), wanted.get("until"))


def choices_for(member: Member) -> dict[str, Choices]:
    """The segments, owners and journeys there are, in one question. An owner who has left is there while customers are theirs."""
    empty = Value("", CharField())
    segments = Segment.objects.visible_to(member).annotate(
        kind=Value("segment", CharField()), called=F("name"), place=F("position"), note=empty
    )
    owners = Customer.objects.owners_of(member).annotate(
        kind=Value("owner", CharField()), place=Value(0),
        called=Coalesce(NullIf("user__name", Value("")), "user__email", output_field=CharField()),
        note=Coalesce(Cast("removed_at", CharField()), empty),
    )  # fmt: skip
    journeys = Journey.objects.visible_to(member).published()
    journeys = journeys.annotate(kind=Value("journey", CharField()), called=F("title"), place=Value(0), note=F("segment__name"))
    columns = ("kind", "pk", "called", "place", "note")
    rows = segments.values_list(*columns).union(owners.values_list(*columns), journeys.values_list(*columns), all=True)
    found: dict[str, Choices] = {"segment": [], "owner": [], "journey": []}
    for kind, pk, called, _, note in sorted(rows, key=lambda row: (row[3], row[2].casefold(), row[1])):
        if kind == "owner" and note:
            called = f"{called} (left)"
        if kind == "journey":
            called = f"{called} ({note})"
        found[kind].append((str(pk), called))
    return found
