"""A program that reads again what GET /changes names, and nothing else, holds what the lists say: docs/api.md."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone

from customers.models import Customer, Enrolment
from journeys.models import Journey, Segment, Touchpoint
from journeys.publishing import publish
from tests.api.following import Follower, every
from tests.touchpoints.handoffs import AE, CSM, drawn, role
from touchpoints.models import Offer, ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen

# What a transaction has written is told when it is through: a test that is one is told nothing.
pytestmark = pytest.mark.django_db(transaction=True)

LISTS = {
    "customer": "customers", "segment": "segments", "journey": "journeys", "playbook": "playbooks", "enrolment": "enrolments",
}  # fmt: skip


def catch_up(client, follower, held):
    """What is named is read again, what has been deleted is put away."""
    for entry in follower.told():
        kind, id = entry["kind"], entry["id"]
        if kind == "enrolment":
            page = every(client, "enrolments", f"&customer={entry['data']['customer']}")
            others = {id: one for id, one in held[kind].items() if one["customer"] != entry["data"]["customer"]}
            held[kind] = others | page
        elif kind in LISTS:
            answer = client.ask("GET", f"{LISTS[kind]}/{id}")
            assert answer.status_code == 404 if entry["deleted"] else answer.status_code in (200, 404)
            held[kind].pop(id, None)
            if answer.status_code == 200:
                held[kind][id] = {name: value for name, value in answer.json().items() if name not in ("notes", "body")}


@pytest.mark.parametrize("seed", range(3))
def test_who_reads_again_what_is_named_holds_what_the_lists_say(api, owner, seed):
    chance, client, at = Random(seed), api(owner), timezone.now()
    journey, _ = drawn(owner)
    version = publish(journey, "", by=owner, at=at)
    follower = Follower(client)
    held = {kind: every(client, path) for kind, path in LISTS.items()}
    names = iter(range(10_000))

    def anyone():
        return chance.choice(list(Customer.objects.order_by("pk")) or [bring()])

    def bring():
        numbers = sorted(chance.sample(range(12), 4))
        items = [{"external_id": f"{n}", "name": f"C{chance.randrange(3)}", "segment": str(journey.segment_id)} for n in numbers]
        client.ask("POST", "customers/bulk", {"customers": items})
        return Customer.objects.order_by("pk").first()

    def enrol():
        Enrolment.objects.enrol_many([anyone().pk], version, at.date(), by=owner, at=at)

    def travel():
        for one in Enrolment.objects.active().order_by("pk")[:1]:
            if chance.random() < 0.5:
                one.start_on(at.date() + timedelta(days=chance.randrange(9)), by=owner, at=at)
            else:
                one.leave(at.date(), "", by=owner, at=at)

    def fail():
        with suppress(ZeroDivisionError), transaction.atomic():
            bring()
            raise ZeroDivisionError

    acts = [
        bring, bring, enrol, travel, fail,
        lambda: anyone().edit({"health": chance.choice([1, 2, 3])}, by=owner, at=at),
        lambda: anyone().delete(),
        lambda: Segment.objects.make(owner.workspace, f"Segment {next(names)}", at=at),
        lambda: client.ask("POST", "journeys", {"segment": str(journey.segment_id), "title": f"Map {next(names)}"}),
        lambda: Journey.objects.get(pk=journey.pk).edit({"summary": f"{next(names)}"}, by=owner, at=at),
    ]  # fmt: skip
    for _ in range(25):
        chance.choice(acts)()
        if chance.random() < 0.3:
            catch_up(client, follower, held)
    catch_up(client, follower, held)
    assert held == {kind: every(client, path) for kind, path in LISTS.items()}


def follow_deliveries(client, follower, held, versions):
    """A copy of all scheduled touchpoints, by the recipe of docs/api.md. How many requests it took to read again."""
    reads = 0
    for entry in follower.told():
        data, gone, again = entry["data"], set(), set()
        if entry["kind"] == "scheduled_touchpoint":
            again = {entry["id"]}
        elif entry["type"] == "enrolment.planned":
            rows = data["scheduled_touchpoints"]
            again, gone = {*rows["made"], *rows["changed"]}, set(rows["deleted"])
        elif entry["kind"] == "enrolment":
            own = {id for id, row in held.items() if row["enrolment"] == entry["id"]}
            if entry["deleted"]:
                gone = own
            elif versions.get(entry["id"], data["version"]) != data["version"]:
                again = own  # they bear the titles of another version now
            versions[entry["id"]] = data["version"]
        for id in gone:
            held.pop(id, None)
        for id in again:
            reads += 1
            answer = client.ask("GET", f"scheduled-touchpoints/{id}")
            if answer.status_code == 404:
                held.pop(id, None)
            else:
                held[id] = answer.json()
    return reads


@pytest.mark.parametrize("seed", range(4))
def test_who_mirrors_deliveries_into_a_crm_holds_what_the_lists_say(api, owner, editor, seed):
    chance, client, at = Random(seed), api(owner), timezone.now()
    who, today = {"by": owner, "at": at}, at.date()
    journey, handoff = drawn(owner)
    every_week = Touchpoint.catch(journey, "Weekly call", handoff.touchpoint.stage, handoff.touchpoint.lane, 3, **who)
    every_week.edit({"owner_id": role(owner, CSM).pk, "anchor": "enrolment", "offset_days": 2, "repeat_days": 60}, **who)
    version = publish(journey, "", **who)
    follower, held, versions = Follower(client, kinds="enrolment,scheduled_touchpoint"), {}, {}
    customers = [Customer.objects.add(owner.workspace, f"C{n}", journey.segment, external_id=f"crm-{n}", **who) for n in range(4)]

    def traveller():
        return chance.choice(list(Enrolment.objects.active().select_related("customer").order_by("pk")) or [enrol()])

    def enrol():
        chosen = chance.choice(Customer.objects.order_by("pk"))
        Enrolment.objects.enrol_many([chosen.pk], Enrolment.objects.order_by("pk").last().version, today, **who)
        return Enrolment.objects.select_related("customer").first()

    def any_row(**which):
        return chance.choice(list(ScheduledTouchpoint.objects.filter(enrolment=traveller(), **which)) or [None])

    def on_an_open_one(act):
        def done():
            if (row := any_row(state="planned")) is not None:
                act(row)

        return done

    def reopen():
        if (row := any_row(state="done")) is not None:
            with suppress(NotOpen):
                row.reopen(today=today, **who)

    def take_over(row):
        Offer.objects.offer(row, editor, "", **who).accept(by=editor, at=at)

    def another_version():
        card = Touchpoint.objects.get(pk=every_week.pk)
        card.edit({"title": f"Call {chance.random()}", "repeat_days": chance.choice([30, 60])}, **who)
        newest = publish(Journey.objects.get(pk=journey.pk), "", **who)
        traveller().move_over(newest, today, **who)

    def leave_or_come_back():
        one = traveller()
        one.leave(today - timedelta(chance.randrange(3)), "", **who)
        if chance.random() < 0.6:
            one.change({"left_on": None, "left_because": ""}, "came back", **who)

    def days(most):
        return timedelta(chance.randrange(1, most))

    acts = [
        enrol, reopen, another_version, leave_or_come_back,
        on_an_open_one(lambda row: row.reschedule(row.due_on + days(9), **who)),
        on_an_open_one(lambda row: row.snooze(at + days(9), at=at)),
        on_an_open_one(lambda row: row.snooze(chance.choice([None, at + days(90)]), at=at)),
        on_an_open_one(lambda row: row.begin(**who)),
        on_an_open_one(lambda row: row.finish(today - days(5), outcome="Well", felt=1, **who)),
        on_an_open_one(lambda row: row.skip(today, "No need", **who)),
        on_an_open_one(take_over),
        lambda: traveller().start_on(today - days(40), **who),
        lambda: traveller().customer.assign(
            role(owner, chance.choice([AE, CSM])), chance.choice([owner, editor, None]), from_on=today - days(50), **who
        ),
        lambda: Customer.objects.order_by("pk").last().delete() if Customer.objects.count() > 2 else None,
    ]  # fmt: skip
    Enrolment.objects.enrol_many([one.pk for one in customers], version, today, **who)
    for _ in range(60):
        chance.choice(acts)()
        if chance.random() < 0.3:
            follow_deliveries(client, follower, held, versions)
    follow_deliveries(client, follower, held, versions)
    there = {}
    for enrolment in Enrolment.objects.all():
        there |= every(client, "scheduled-touchpoints", f"&enrolment={enrolment.pk}")
    assert held == there != {}
    assert follow_deliveries(client, follower, held, versions) == 0
