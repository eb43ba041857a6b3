"""What the log tells of each act: exactly that, and nothing of what changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from accounts.facts_told import GONE, KINDS, TYPES
from accounts.models import Fact, Role, Workspace
from customers.models import Customer, Request
from customers.upserting import upsert
from journeys.beginning import begin_empty
from journeys.models import Journey, Segment, Thread, Touchpoint
from journeys.publishing import publish
from playbooks.models import Playbook
from tests.conftest import join, person
from tests.facts.telling import telling, types_of
from tests.touchpoints.handoffs import AE, DAY, reached, role, travelling
from tests.touchpoints.sheets import NOW, START, customer

pytestmark = pytest.mark.django_db


def test_every_name_of_the_vocabulary_is_told_in_these_tests():
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in TYPES if f'"{name}"' not in text] == []
    assert {"customer", "scheduled_touchpoint", "journey"} <= set(KINDS)
    assert "member.left" in GONE
    assert max(map(len, TYPES)) <= Fact._meta.get_field("type").max_length


def test_a_customer_is_told_with_what_a_listener_needs(owner, journey):
    who = {"by": owner, "at": NOW}
    with telling() as told:
        made = Customer.objects.add(owner.workspace, "Contoso", journey.segment, external_id="crm-1", **who)
        made.edit({"health": 1, "notes": "They wait."}, **who)
        made.edit({"health": 1, "notes": "They wait."}, **who)
        made.assign(role(owner, AE), owner, from_on=START, **who)
        made.assign(role(owner, AE), owner, from_on=START, **who)
        made.take_back(made.assignments.get(), **who)
        Customer.objects.update(travels=3)
        made.delete()
    assert told["types"] == [
        "customer.made", "customer.changed", "customer.assigned", "customer.assigned", "customer.deleted",
    ]  # fmt: skip
    assert len({fact.subject for fact in told["facts"]}) == 1
    assert {fact.workspace_id for fact in told["facts"]} == {owner.workspace_id}
    assert told["facts"][1].body == {
        "external_id": "crm-1", "segment": str(journey.segment_id), "owner": None, "changed": ["health", "notes"],
    }  # fmt: skip
    assert told["facts"][2].body == {"role": str(role(owner, AE).pk), "member": str(owner.pk), "from_on": "2026-11-30"}


@pytest.mark.parametrize("count", [3, 150])  # by UPDATE and by COPY
def test_of_many_customers_each_that_changes_is_told_once(owner, journey, count):
    def bring(names):
        items = [{"external_id": str(n), "name": name, "segment": str(journey.segment_id)} for n, name in enumerate(names)]
        return types_of(lambda: upsert(items, by=owner, at=NOW))

    names = [f"Company {n}" for n in range(count)]
    assert bring(names) == ["customer.made"] * count
    assert bring(names) == []
    assert bring(["Another name", *names[1:]]) == ["customer.changed"]
    assert bring([f"New {name}" for name in names]) == ["customer.changed"] * count


def test_what_is_rolled_back_was_never_told(owner, journey):
    def fail():
        with transaction.atomic():
            customer(owner, journey.segment)
            raise ZeroDivisionError

    with telling() as told, pytest.raises(ZeroDivisionError):
        fail()
    assert told["types"] == []


def test_a_request_is_told(owner, editor):
    contoso = travelling(owner).customer
    with telling() as told:
        found = Request.objects.log(contoso, "When?", by=owner, on=START, at=NOW)
        found.hand_on(editor, url="/", by=owner, at=NOW)
        found.finish("On Monday", START, url="/", by=editor, at=NOW)
        found.reopen(by=editor, at=NOW)
        found.keep(by=editor, at=NOW)
        found.delete()
    assert told["types"] == ["request.made", "request.changed", "request.done", "request.reopened", "request.deleted"]
    assert told["facts"][1].body == {
        "customer": str(contoso.pk), "state": "open", "role": None, "holder": str(editor.pk)
    }  # fmt: skip


def test_a_handoff_is_told_step_by_step(owner, editor):
    with telling() as told:
        passage = reached(owner, owner, editor)
    assert told["types"].count("handoff.reached") == 1
    with telling() as told:
        passage.fill({0: ("Twice the seats", False)}, {0: ("", False)}, by=owner, at=DAY)
        passage.offer(by=owner, at=DAY)
        passage.ask_for_more("What risks?", by=editor, at=DAY)
        passage.offer(by=owner, at=DAY)
        passage.take_back(by=owner, at=DAY)
        passage.offer(by=owner, at=DAY)
        passage.accept(by=editor, at=DAY)
        passage.delete()
    assert told["types"] == [
        "handoff.changed", "handoff.offered", "handoff.returned", "handoff.offered", "handoff.withdrawn", "handoff.offered",
        "handoff.accepted", "handoff.deleted",
    ]  # fmt: skip
    assert told["facts"][-2].body["state"] == "accepted"


def test_an_act_on_a_map_is_one_fact_with_its_revision(owner):
    segment = Segment.objects.make(owner.workspace, "Digital", at=NOW)
    who = {"by": owner, "at": NOW}
    with telling() as told:
        journey = begin_empty(segment, "First days", **who)
        stage, lane = journey.add_stage("Start", **who), journey.add_lane("Team", **who)
        card = Touchpoint.catch(journey, "Kickoff", stage, lane, 0, **who)
        card.edit({"title": "Kickoff"}, **who)
        journey.edit({"summary": "What comes first."}, **who)
        journey.undo(**who)
    assert told["types"] == ["journey.made"] + ["journey.changed"] * 5
    assert [fact.body for fact in told["facts"]] == [{"revision": n, "by": str(owner.pk)} for n in range(1, 7)]
    with telling() as told:
        version = publish(Journey.objects.get(pk=journey.pk), "", **who)
    assert told["types"] == ["journey.published"]
    assert told["facts"][0].body == {"revision": 6, "version": str(version.pk), "number": 1, "by": str(owner.pk)}
    assert types_of(Journey.objects.get(pk=journey.pk).delete) == ["journey.deleted"]


def test_segments_are_told(workspace):
    with telling() as told:
        found = Segment.objects.make(workspace, "Digital", at=NOW)
        found.describe(name="Digital", description="Many, small", expected_customers=None)
        found.describe(name="Digital", description="Many, small", expected_customers=None)
        Segment.objects.update(position=7)
        found.remove()
    assert told["types"] == ["segment.made", "segment.changed", "segment.deleted"]


def test_what_is_said_about_a_map_is_told(journey, owner, editor):
    with telling() as told:
        thread = Thread.objects.begin(journey, None, "", "Is this true?", by=owner, at=NOW)
        answer = thread.reply("It is.", by=editor, at=NOW + timedelta(minutes=1))
        thread.resolve(by=owner, at=NOW)
        thread.resolve(by=owner, at=NOW)
        thread.reopen()
        answer.edit("It is!", by=editor, at=NOW)
        thread.comments.in_order()[0].remove(by=owner, at=NOW)
        answer.remove(by=editor, at=NOW)
    assert told["types"] == [
        "thread.made", "comment.made", "comment.made", "thread.resolved", "thread.reopened", "comment.changed", "comment.deleted",
        "comment.deleted", "thread.deleted",
    ]  # fmt: skip
    assert told["facts"][0].body == {"journey": str(journey.pk), "kind": "", "element": None}
    assert told["facts"][2].body == {"journey": str(journey.pk), "thread": str(told["facts"][0].subject), "by": str(editor.pk)}


def test_playbooks_are_told(workspace):
    with telling() as told:
        found = Playbook.objects.draft(workspace, "Kickoff", at=NOW)
        found.say({"summary": "How we begin"}, at=NOW)
        found.say({"summary": "How we begin"}, at=NOW)
        found.freeze(at=NOW)
        found.remove()
    assert told["types"] == ["playbook.made", "playbook.changed", "playbook.deleted"]


def test_members_and_roles_are_told(workspace, owner):
    with telling() as told:
        rosa = join(workspace, "Rosa", "viewer")
        rosa.change_access("editor", by=owner, at=NOW)
        rosa.set_capacity(240, None, by=owner, at=NOW)
        rosa.set_roles([role(owner, AE)], by=owner, at=NOW)
        rosa.set_roles([role(owner, AE)], by=owner, at=NOW)
        rosa.user.edit_profile(name="Rosa Luz", time_zone="UTC")
        rosa.user.edit_profile(name="Rosa Luz", time_zone="Europe/Berlin")
        rosa.remove(by=owner, at=NOW)
        rosa.user.edit_profile(name="Rosa", time_zone="UTC")
    assert told["types"] == ["member.joined"] + ["member.changed"] * 4 + ["member.left"]
    assert [fact.body["access"] for fact in told["facts"]] == ["viewer"] + ["editor"] * 5
    with telling() as told:
        found = Role.objects.add(workspace, "Trainer")
        found.rename("Coach")
        found.rename("Coach")
        found.remove()
    assert told["types"] == ["role.made", "role.changed", "role.deleted"]


def test_a_workspace_takes_its_log_along_and_no_other(workspace):
    gone = Workspace.objects.found("Rival", person("rita@example.com", "Rita"), at=NOW)
    Customer.objects.add(gone, "Contoso", Segment.objects.make(gone, "All", at=NOW), by=gone.members.get(), at=NOW).delete()
    Segment.objects.filter(workspace=gone).delete()
    before = Fact.objects.of_workspace(workspace.pk).count()
    pk = gone.pk
    gone.delete()
    assert not Fact.objects.of_workspace(pk).exists()
    assert Fact.objects.of_workspace(workspace.pk).count() == before > 0


def test_what_is_too_old_is_forgotten_and_what_a_dump_of_another_database_brought_along(workspace):
    old, other = Fact.objects.in_order()[:2]
    Fact.objects.filter(pk=other.pk).update(transaction=10**15)
    Fact.objects.filter(pk=old.pk).update(at=NOW - timedelta(days=31, minutes=1))
    Fact.objects.exclude(pk=old.pk).update(at=NOW - timedelta(days=31) + timedelta(minutes=1))
    left = Fact.objects.count() - 2
    assert Fact.objects.forget(at=NOW, kept=timedelta(days=30)) == 2
    assert (Fact.objects.count(), Fact.objects.filter(pk__in=[old.pk, other.pk]).exists()) == (left, False)
