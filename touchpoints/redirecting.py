"""A request of a customer and the map that it travels: whose it is, who that is for this customer, and how to say so politely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.models import Member, Role
from customers.models import Assignment, Contact, Customer, Enrolment
from journeys.models import Journey, Version
from touchpoints.planning.routes import routes_of
from touchpoints.whose import Answer, OnTheMap, whose

if TYPE_CHECKING:
    from customers.models import Request


@dataclass
class Owner:
    """A role that may own it, why, and who fills it for this customer; None: nobody does."""

    role: Role
    why: str
    member: Member | None


@dataclass
class Verdict:
    """`owners`: what the map says, the likeliest first. `others`: the roles of which it says nothing."""

    owners: list[Owner]
    others: list[Owner]
    #: who looks after the customer, and takes what nobody fills a role for
    looks_after: Member | None
    #: whose map was asked; "" where there is none
    journey: str

    def chosen(self, role: UUID | None) -> Owner | None:
        """That one, or the likeliest."""
        if role:
            return next((one for one in [*self.owners, *self.others] if one.role.pk == role), None)
        return self.owners[0] if self.owners else None


def look_up(customer: Customer, text: str, *, by: Member, today: date) -> Verdict:
    """What the map says of it. Of a customer that travels nothing, what the maps of its segment say."""
    versions = _versions_of(customer)
    names = {version.pk: version.journey.title for version in versions}
    cards: list[OnTheMap] = []
    stands_on: dict[tuple[str, str], str] = {}
    for pk, route in routes_of(names).items():
        for card in route.every_card():
            if card.role:
                found = OnTheMap(card.fields["title"], card.fields["customer_view"] or "", card.role)
                cards.append(found)
                stands_on.setdefault((found.role, found.title), names[pk])
    roles = {str(role.pk): role for role in Role.objects.visible_to(by).as_made()}
    fills = _who_fills(customer, today)
    answers = whose(text, cards, {id: role.name for id, role in roles.items()})
    owners = [Owner(roles[one.role], _why(one, roles, stands_on), fills.get(one.role)) for one in answers]
    said = {one.role for one in answers}
    others = [Owner(role, "", fills.get(id)) for id, role in roles.items() if id not in said]
    after = customer.owner if customer.owner and not customer.owner.removed_at else None
    return Verdict(owners, others, after, " and ".join(dict.fromkeys(names.values())))


def _why(answer: Answer, roles: dict[str, Role], stands_on: dict[tuple[str, str], str]) -> str:
    words = " and ".join(f"“{word}”" for word in answer.words[:3])
    if answer.card:
        journey = stands_on[answer.role, answer.card]
        return f"{roles[answer.role]} owns “{answer.card}” on {journey}; the request speaks of {words}."
    return f"The request speaks of {words}, as the role is called."


def _versions_of(customer: Customer) -> list[Version]:
    travelled = Enrolment.objects.of(customer).active().values_list("version", flat=True)
    versions = Version.objects.listed().select_related("journey")
    if ids := list(travelled):
        return list(versions.filter(pk__in=ids).order_by("journey__title", "pk"))
    newest = [Version.objects.of(journey).newest() for journey in Journey.objects.filter(segment=customer.segment_id).published()]
    ids = [version.pk for version in newest if version]
    return list(versions.filter(pk__in=ids).order_by("journey__title", "pk"))


def _who_fills(customer: Customer, today: date) -> dict[str, Member]:
    """By role, as text, those who fill it on that day and are still here."""
    now: Iterable[Assignment] = Assignment.objects.of(customer).with_names().by_time(today)["now"]
    return {str(one.role_id): one.member for one in now if one.member and not one.member.removed_at}


def polite_words(request: Request, to: Member | None, role: Role | None, *, by: Member) -> str:
    """A letter to the customer: who takes care of it. To be changed by who sends it."""
    contact = Contact.objects.of(request.customer).in_order().first()
    hello = f"Hello {contact.name}," if contact else "Hello,"
    who = f"{to}, our {role}" if to and role else f"{to}" if to else f"our {role}" if role else "a colleague"
    name = str(to) if to else "They"
    return (
        f"{hello}\n\nThank you for your message. You asked us:\n\n{_quoted(request.text)}\n\n"
        f"So that you get the best answer, I have passed this on to {who}, who takes care of this at {by.workspace}. "
        f"{name} will come back to you, and has all you wrote to me.\n\nKind regards\n{by}"
    )


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
