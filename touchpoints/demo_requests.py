"""What the customers of the demo workspace have asked for in the last weeks, and what became of it. Always the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.models import Member, Notice, Role, Workspace
from customers.models import Customer, Request

if TYPE_CHECKING:
    from uuid import UUID

#: who was asked, how many days ago, what, whose it is ("" for their own), and what came of it (None: it is still open)
ASKED = (
    ("csm", 39, "Can you send us the signed contract again?", "Account executive", "Sent from the contract archive."),
    ("csm", 37, "Who is our contact for the weekly status call now?", "", "Introduced myself."),
    ("csm", 33, "The order has the wrong address on it.", "Operations", "Corrected in the procurement system."),
    ("ae", 32, "Our new colleagues need a training on the reports.", "Onboarding specialist", "Two dates offered."),
    ("csm", 27, "What would 40 more seats cost?", "Account executive", "Offer sent."),
    ("csm", 25, "How do we connect it to our single sign-on?", "Solutions engineer", "Guide sent, call on Friday."),
    ("leader", 20, "Could we move the business review by a week?", "Customer success manager", "Moved."),
    ("csm", 18, "We were charged twice in October.", "Operations", "Credit note sent."),
    ("csm", 16, "Is there a recording of the last review?", "", "Link sent."),
    ("ae", 13, "When do we go live?", "Onboarding specialist", "Date confirmed."),
    ("csm", 11, "Please send a proposal for the renewal in time for our budget.", "Account executive", "Sent with two options."),
    ("csm", 9, "Does it meet our security rules? We have a list of questions.", "Solutions engineer", "Answered the list."),
    ("csm", 6, "The export is broken again.", "", "Ticket raised, and told them the number."),
    ("csm", 2, "Who enters a second purchase order for us?", "Operations", None),
    ("ae", 1, "We would like to talk about how our team uses it.", "Customer success manager", None),
    ("csm", 0, "Can we get a better price if we sign for three years?", "", None),
)  # fmt: skip


def ask_for_things(workspace: Workspace, people: dict[str, Member], *, today: date, moment: Callable[[date], datetime]) -> None:
    """`moment` gives an hour of work on a day that is not later than now."""
    roles = {role.name: role for role in Role.objects.filter(workspace=workspace)}
    customers = list(Customer.objects.filter(workspace=workspace).order_by("external_id"))
    done: list[UUID] = []
    for number, (who, ago, text, role, outcome) in enumerate(ASKED):
        customer, by, day = customers[number * 7 % len(customers)], people[who], today - timedelta(ago)
        made = Request.objects.log(customer, text, by=by, on=day, at=moment(day))
        url = reverse("touchpoints:customer_request", args=[workspace.slug, made.pk])
        if role:
            to = _who_fills(roles[role], customer, people, by)
            made.hand_on(to, url=url, role=roles[role], by=by, at=moment(day))
        elif outcome is not None:
            made.keep(by=by, at=moment(day))
        if outcome is not None:
            answered = min(day + timedelta(1), today)
            made.finish(outcome, answered, url=url, by=made.holder, at=moment(answered))
            done.append(made.pk)
    # What is over has been read.
    urls = [reverse("touchpoints:customer_request", args=[workspace.slug, pk]) for pk in done]
    Notice.objects.filter(url__in=urls).read(at=moment(today))


def _who_fills(role: Role, customer: Customer, people: dict[str, Member], by: Member) -> Member:
    """For that customer, but another than who was asked."""
    filled = customer.assignments.filter(role=role).order_by("from_on").last()
    found = filled.member if filled else None
    return found if found and found != by else people["leader"] if by != people["leader"] else people["csm"]
