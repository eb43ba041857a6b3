"""Several act on a handoff at once: one of them does it, and nobody waits for anybody in a circle."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.models import Access
from customers.models import Assignment, Customer
from tests.conftest import join
from tests.touchpoints.handoffs import AE, CSM, DAY, reached, role
from touchpoints.models import Passage, PassageStep
from touchpoints.models.passage import MovedOn
from touchpoints.passing import open_passages

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """What each came to: None, or what it raised."""
    start, came_to = Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            start.wait()
            act()
        except Exception as error:
            came_to[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came_to


def test_of_many_who_accept_at_once_one_does_and_fills_the_role(owner, workspace):
    giver = join(workspace, "Gina", Access.CONTRIBUTOR)
    passage = reached(owner, giver)
    passage.offer(by=giver, at=DAY)
    people = [join(workspace, f"Rosa{number}", Access.EDITOR) for number in range(4)]
    customer, other = passage.customer, role(owner, AE)

    def accept(by):
        return lambda: Passage.objects.get(pk=passage.pk).accept(by=by, at=DAY)

    def reassign():
        Customer.objects.get(pk=customer.pk).assign(other, people[0], from_on=DAY.date(), by=owner, at=DAY)

    def look():
        open_passages([passage.enrolment_id], at=DAY)

    came_to = at_once(*(accept(one) for one in people), reassign, look, look)
    refused = [error for error in came_to if error]
    assert [type(error) for error in refused] == [MovedOn] * 3
    passage.refresh_from_db()
    filled = Assignment.objects.get(customer=customer, role=role(owner, CSM))
    assert passage.holder == passage.accepted_by == filled.member == people[came_to.index(None)]
    assert PassageStep.objects.of(passage).count() == 2
