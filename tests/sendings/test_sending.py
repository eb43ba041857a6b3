"""What the map says is sent by itself goes out on its day, once, from the playbook; what cannot go out is held and says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from customers.models import Activity
from tests.sendings.conftest import playbook, to_send
from tests.touchpoints.handoffs import DAY
from tests.touchpoints.sheets import NOW
from touchpoints.models import Automation, ScheduledTouchpoint, Sending, SendingPause
from touchpoints.sending import prepare_letters, send_owed, try_again

pytestmark = pytest.mark.django_db


def switch(member, to="on"):
    Automation.objects.of(member.workspace).switch(to, by=member, at=NOW)


def sweep(at=DAY):
    running = Automation.objects.running()
    for workspace in running:
        prepare_letters(workspace, at=at)
    while send_owed(running, at=at):
        pass


def standing(row):
    found = Sending.objects.filter(scheduled=row.pk).first()
    return (found.state, found.because) if found else None


def test_on_its_day_the_playbooks_email_goes_to_the_first_contact_with_an_address(owner, sink, settings):
    settings.SITE_URL = "https://touchline.example"
    row = to_send(owner)
    switch(owner)
    sweep(DAY - timedelta(days=3))
    assert sink.letters == []
    sweep()
    sweep()
    (letter,) = sink.letters
    found = Sending.objects.get()
    assert letter["To"] == "Priya Rao <priya@contoso.example>"
    assert letter["From"].startswith('"Olga, Northwind" <')
    assert letter["Reply-To"] == "olga@example.com"
    assert letter["Subject"] == "First steps for Contoso"
    assert letter["Message-ID"] == f"<sending-{found.pk}@touchline.example>"
    assert letter.get_content().replace("\r\n", "\n").strip() == "Dear Priya Rao,\n\nhere is what Contoso does first.\n\nOlga"
    row.refresh_from_db()
    assert (row.state, row.settled_by, row.outcome) == ("done", None, "Sent to priya@contoso.example")
    assert (found.state, found.told_at is not None) == ("sent", True)
    assert "finished Sales handoff" in [one.text for one in Activity.objects.of(row.customer)]


def test_nothing_goes_out_before_an_admin_switches_it_on_or_while_it_is_paused_and_that_is_noted(owner, sink):
    row = to_send(owner)
    sweep()
    assert standing(row) is None
    switch(owner)
    switch(owner, "paused")
    sweep()
    assert standing(row) is None
    assert sink.letters == []
    switch(owner)
    sweep()
    assert len(sink.letters) == 1
    said = [one.detail for one in AuditEntry.objects.visible_to(owner) if one.verb == "automated messages"]
    assert sorted(said) == ["on", "on", "paused"]


def test_a_customer_that_is_paused_gets_nothing_until_it_is_resumed(owner, sink):
    row = to_send(owner)
    switch(owner)
    SendingPause.objects.pause(row.customer, by=owner, at=NOW)
    sweep()
    assert (standing(row), sink.letters) == (None, [])
    SendingPause.objects.resume(row.customer, by=owner, at=NOW)
    sweep()
    assert len(sink.letters) == 1
    told = [one.text for one in Activity.objects.of(row.customer)]
    assert {"paused automated messages", "resumed automated messages"} <= set(told)


@pytest.mark.parametrize(("late", "state"), [(3, "sent"), (4, "held")])
def test_what_is_more_than_three_days_late_is_held_and_can_be_sent_all_the_same(owner, sink, late, state):
    row = to_send(owner)
    switch(owner)
    at = DAY + timedelta(days=late)
    sweep(at)
    assert standing(row)[0] == state
    if state == "held":
        assert standing(row) == ("held", "Too late: it was due 4 days ago.")
        assert try_again(Sending.objects.select_related("workspace").get(scheduled=row), at=at) == ""
        sweep(at)
        assert standing(row) == ("sent", "")


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"address": ""}, "Nobody there has an e-mail address."),
        ({"owned": False}, "Nobody looks after the customer: it would bear no name."),
        ({"text": "Dear {{ contact.nam }}"}, "{{ contact.nam }} is not known; did you mean contact.name?"),
        ({"text": "Until {{ customer.renewal_on }}"}, "Nobody has said yet: its renewal date."),
        ({"text": "It is here: [link to the page]"}, "A person would have to fill in [link to the page]."),
        ({"text": "Hello", "channel": "social"}, "Its playbook has no e-mail."),
        ({"text": ""}, "The e-mail of its playbook is empty."),
        ({"by": False}, "It has no playbook."),
    ],
)
def test_what_cannot_be_filled_in_is_held_and_says_why(owner, sink, more, because):
    written = {name: more.pop(name) for name in ("text", "channel") if name in more}
    row = to_send(owner, **({"by": playbook(owner, **written)} if written else {}), **more)
    switch(owner)
    sweep()
    assert standing(row) == ("held", because)
    assert sink.letters == []
    row.refresh_from_db()
    assert row.state == "planned"


def test_an_address_that_is_refused_for_good_fails_and_can_be_tried_again(owner, sink):
    row = to_send(owner)
    switch(owner)
    sink.refuses["priya@contoso.example"] = "550 No such person"
    sweep()
    assert standing(row) == ("failed", "The mail server refused the address: 550 No such person")
    sink.refuses.clear()
    assert try_again(Sending.objects.select_related("workspace").get(), at=DAY) == ""
    sweep()
    assert standing(row) == ("sent", "")


def test_a_server_that_refuses_for_now_is_tried_again_later_each_time_later_and_given_up_in_the_end(owner, sink):
    row = to_send(owner)
    switch(owner)
    sink.refuses["priya@contoso.example"] = "451 Try later"
    at, waits = DAY, []
    for _ in range(10):
        sweep(at)
        found = Sending.objects.get()
        if found.owed_at:
            waits.append((found.owed_at - at) / timedelta(minutes=1))
            at = found.owed_at
    assert standing(row) == ("failed", "The mail server refused the address: 451 Try later")
    assert len(waits) == 9
    assert all(0.75 * 2**place <= wait <= 1.25 * 2**place for place, wait in enumerate(waits[:8]))


def test_what_was_held_and_is_put_on_another_day_goes_out_on_that_day(owner, sink):
    row = to_send(owner)
    switch(owner)
    late = DAY + timedelta(days=4)
    sweep(late)
    assert standing(row)[0] == "held"
    row.reschedule((late + timedelta(days=3)).date(), by=owner, at=late)
    sweep(late)
    assert standing(row) is None
    sweep(late + timedelta(days=3))
    assert standing(row) == ("sent", "")


def test_while_the_mail_server_is_away_nothing_is_lost_and_no_attempt_counts(owner, sink, settings):
    row = to_send(owner)
    switch(owner)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    sweep()
    assert (standing(row), Sending.objects.get().attempts) == (("waiting", ""), 0)
    settings.EMAIL_PORT = port
    sweep(DAY + timedelta(minutes=2))
    assert standing(row)[0] == "sent"


def test_what_is_planned_anew_is_not_sent_twice_and_the_log_outlives_the_plan(owner, sink):
    row = to_send(owner)
    switch(owner)
    sweep()
    row.refresh_from_db()
    row.reopen(by=owner, at=DAY, today=DAY.date())
    sweep(DAY + timedelta(hours=1))
    row.refresh_from_db()
    assert (len(sink.letters), row.state) == (1, "planned")
    with_key = {"enrolment_id": row.enrolment_id, "cycle": row.cycle, "spot": row.spot, "occurrence": row.occurrence}
    from django.db import connection

    with connection.cursor() as cursor:  # as planning does
        cursor.execute("DELETE FROM touchpoints_scheduledtouchpoint WHERE id = %s", [row.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    found = Sending.objects.get()
    assert (found.scheduled, found.title, found.address) == (None, "Sales handoff", "priya@contoso.example")
    ScheduledTouchpoint.objects.create(
        workspace=row.workspace, customer=row.customer, due_on=row.due_on, by_person=False, sends_itself=True, **with_key
    )
    sweep(DAY + timedelta(hours=2))
    assert len(sink.letters) == 1
