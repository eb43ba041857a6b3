"""The page on which one says how one is reminded and when one is away, and the admins' page of what did not arrive."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence
from tests.reminding.cast import work
from tests.reminding.sinks import Webhook
from tests.touchpoints.sheets import START
from touchpoints.models import Reminder, Reminding

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {"due_by": ["bell", "email"], "days_before": "2", "before_by": ["email"], "days_after": "0", "overdue_by": [],
        "escalation_by": ["bell"], "digest": "on", "morning": "07:30", "quiet_from": "19:00", "quiet_to": "07:00",
        "webhook_url": ""}  # fmt: skip


def address(member, name="reminders", *more):
    return reverse(f"touchpoints:{name}", args=[member.workspace.slug, *more])


def test_who_has_never_said_anything_sees_what_is_usual(client_for, contributor):
    page = client_for(contributor).get(address(contributor)).content.decode()
    assert 'value="08:00"' in page
    assert not Reminding.objects.exists()


def test_what_one_says_is_kept_and_the_next_morning_is_at_that_time(client_for, contributor):
    answer = client_for(contributor).post(address(contributor), TOLD, follow=True)
    assert "Saved." in answer.content.decode()
    kept = Reminding.objects.get(member=contributor)
    assert (kept.due_by, kept.before_by, kept.days_before, kept.overdue_by) == (["bell", "email"], ["email"], 2, [])
    assert (kept.quiet_from, kept.quiet_to, kept.digest) == (time(19), time(7), True)
    assert timezone.now() < kept.next_at <= timezone.now() + timedelta(days=1)
    assert (kept.next_at.hour, kept.next_at.minute) == (7, 30)


WRONG = {
    "webhook_url": ({"due_by": ["webhook"]}, "Where to?"),
    "quiet_to": ({"quiet_to": ""}, "Say both, or neither."),
    "days_before": ({"days_before": "99"}, "less than or equal to 10"),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(client_for, contributor, field):
    changed, message = WRONG[field]
    answer = client_for(contributor).post(address(contributor), TOLD | changed)
    assert answer.status_code == 422
    assert message in str(answer.context["form"].errors[field])
    assert 'value="07:30"' in answer.content.decode()
    assert not Reminding.objects.exists()


def test_a_test_by_mail_goes_to_ones_own_address(client_for, contributor):
    answer = client_for(contributor).post(address(contributor, "test_reminder"), TOLD | {"test": "email"})
    assert "on its way to carl@example.com" in answer.content.decode()
    assert [one.to for one in mail.outbox] == [["carl@example.com"]]


def test_a_test_of_the_webhook_uses_what_is_typed_in_and_says_at_the_field_what_went_wrong(client_for, contributor, settings):
    client = client_for(contributor)
    with Webhook() as hook:
        typed = TOLD | {"test": "webhook", "webhook_url": hook.url}
        refused = client.post(address(contributor, "test_reminder"), typed)
        assert refused.status_code == 422
        assert refused.context["form"].errors["webhook_url"]
        assert not hook.posts
        settings.OUTGOING_ALLOWED_HOSTS = [hook.host]
        assert "has taken a test message" in client.post(address(contributor, "test_reminder"), typed).content.decode()
        hook.status, hook.text = 403, "invalid_token"
        answer = client.post(address(contributor, "test_reminder"), typed)
        assert answer.context["form"].errors["webhook_url"] == ["The webhook answered 403: invalid_token"]
        assert hook.url in answer.content.decode()
    assert "does not answer" in str(client.post(address(contributor, "test_reminder"), typed).context["form"].errors)
    assert not Reminding.objects.exists()


def test_days_off_with_a_stand_in_are_added_and_removed(client_for, contributor, editor, stranger):
    client, today = client_for(contributor), timezone.now().date()
    days = {"first_on": today.isoformat(), "last_on": (today + timedelta(days=4)).isoformat(), "stand_in": editor.pk}
    answer = client.post(address(contributor, "add_absence"), days, follow=True)
    assert "Edda gets your reminders meanwhile." in answer.content.decode()
    absence = Absence.objects.get()
    assert (absence.member, absence.stand_in) == (contributor, editor)
    for who in (stranger.pk, contributor.pk):
        assert client.post(address(contributor, "add_absence"), days | {"stand_in": who}).status_code == 422
    assert client.post(address(contributor, "add_absence"), days | {"last_on": "2020-01-01"}).status_code == 422
    assert client_for(editor).post(address(editor, "remove_absence", absence.pk)).status_code == 404
    client.post(address(contributor, "remove_absence", absence.pk))
    assert not Absence.objects.exists()


def test_an_admin_sees_what_did_not_arrive_and_gives_it_up_and_nobody_of_elsewhere_does(client_for, owner, editor, stranger):
    [row] = work(owner, START)
    fields = {"workspace": owner.workspace, "member": owner, "subject": owner, "channel": "email", "kind": "due", "day": START}
    fields |= {"scheduled": row, "due_on": START, "owed_at": timezone.now(), "remind_at": timezone.now()}
    reminder = Reminder.objects.create(**fields, state="failed", error="550 <b>No such mailbox</b>", attempts=10)
    page = client_for(owner).get(address(owner, "undelivered")).content.decode()
    assert "550 &lt;b&gt;No such mailbox" in page
    assert client_for(editor).get(address(owner, "undelivered")).status_code == 403
    assert client_for(stranger).post(address(stranger, "give_up_reminder", reminder.pk)).status_code == 404
    client_for(owner).post(address(owner, "give_up_reminder", reminder.pk))
    assert "Everything has arrived" in client_for(owner).get(address(owner, "undelivered")).content.decode()


def test_an_address_inside_the_network_is_not_kept_unless_an_admin_allows_it(client_for, contributor, settings):
    client, typed = client_for(contributor), TOLD | {"webhook_url": "http://10.0.0.7/hook"}
    refused = client.post(address(contributor, "reminders"), typed)
    assert refused.status_code == 422
    assert "private network" in refused.content.decode()
    assert not Reminding.objects.exists()
    settings.OUTGOING_ALLOWED_HOSTS = ["10.0.0.7"]
    assert client.post(address(contributor, "reminders"), typed).status_code == 302
