"""The bell: what one is told, once; what one has read; and what goes out by mail instead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.mailing_notices import mail_owed_notices
from accounts.models import Notice
from accounts.models.notice import LEASE, TOO_LATE

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def give(member, key="a", **more):
    values = {"kind": "mention", "text": f"Carl mentioned you {key}", "url": "/w/northwind/", "at": NOW, "mail_at": NOW}
    return Notice.objects.give(member, key=key, **values | more)


def address(rest=""):
    return f"/w/northwind/notices/{rest}"


def test_one_is_told_once_whatever_the_second_says(owner, editor):
    first = give(owner)
    assert give(owner, text="Something else") == first
    assert give(editor) != first
    assert Notice.objects.count() == 2


def test_the_bell_counts_the_unread_and_its_page_lists_them_with_the_way_there(client_for, owner, editor):
    client = client_for(owner)
    assert client.get(address("count/")).content.decode().strip() == ""
    for key in "abc":
        give(owner, key, excerpt=f"<b>{key}", at=NOW + timedelta(seconds=ord(key)))
    give(editor)
    assert ">3</span>" in client.get(address("count/")).content.decode()
    text = client.get(address()).content.decode()
    assert text.index("you c") < text.index("you b") < text.index("you a")
    assert "&lt;b&gt;a" in text
    notice = Notice.objects.of(owner).newest_first().first()
    answer = client.get(address(f"{notice.pk}/"))
    assert (answer.status_code, answer["Location"]) == (302, "/w/northwind/")
    assert ">2</span>" in client.get(address("count/")).content.decode()
    client.post(address(f"{Notice.objects.of(owner).unread().first().pk}/read/"))
    assert ">1</span>" in client.get(address("count/")).content.decode()
    client.post(address("read/"))
    assert client.get(address("count/")).content.decode().strip() == ""
    assert "Mark all" not in client.get(address()).content.decode()
    assert Notice.objects.of(editor).unread().count() == 1


def test_the_list_is_paged(client_for, owner):
    for n in range(60):
        give(owner, str(n), at=NOW + timedelta(seconds=n))
    assert client_for(owner).get(address()).content.decode().count("news__excerpt") == 0
    assert client_for(owner).get(address()).content.decode().count('class="news__one ') == 50
    assert client_for(owner).get(address("?page=2")).content.decode().count('class="news__one ') == 10
    assert client_for(owner).get(address("?page=%00")).status_code == 200


def test_nobody_opens_or_reads_what_somebody_else_was_told(client_for, owner, editor, stranger):
    notice = give(owner)
    for member in (editor, stranger):
        assert client_for(member).get(address(f"{notice.pk}/")).status_code == 404
        assert client_for(member).post(address(f"{notice.pk}/read/")).status_code == 404
    client_for(editor).post(address("read/"))
    assert Notice.objects.unread().count() == 1


def test_what_is_owed_goes_out_once_with_a_link_and_an_id_of_its_own(client_for, owner, settings):
    settings.SITE_URL = "https://touchline.example"
    notice = give(owner, text="Carl\nmentioned you", excerpt="Look & <see>")
    assert mail_owed_notices(at=NOW) == 1
    assert mail_owed_notices(at=NOW + LEASE) == 0
    (letter,) = mail.outbox
    assert letter.subject == "Carl mentioned you"
    assert letter.to == ["olga@example.com"]
    assert letter.message()["Message-ID"] == f"<notice-{notice.pk}@touchline.example>"
    link = f"https://touchline.example/w/northwind/notices/{notice.pk}/"
    html, kind = letter.alternatives[0]
    assert kind == "text/html"
    assert link in letter.body
    assert link in html
    assert "Look & <see>" in letter.body
    assert "Look &amp; &lt;see&gt;" in html
    notice.refresh_from_db()
    assert (notice.mailed_at, notice.mail_at, notice.read_at) == (NOW, None, None)
    client_for(owner).get(link.removeprefix(settings.SITE_URL))
    assert Notice.objects.unread().count() == 0


@pytest.mark.parametrize(
    "why",
    {
        "it is not owed yet": lambda notice, owner: Notice.objects.update(mail_at=NOW + timedelta(seconds=1)),
        "it has been read": lambda notice, owner: notice.read(at=NOW),
        "its reader wants no such mails": lambda notice, owner: owner.user.edit_profile(
            name="Olga", time_zone="UTC", mention_mails=False
        ),
        "its reader has left": lambda notice, owner: type(owner).objects.update(removed_at=NOW),
        "its reader may not sign in": lambda notice, owner: type(owner.user).objects.update(is_active=False),
        "it is too late": lambda notice, owner: Notice.objects.update(at=NOW - TOO_LATE - timedelta(seconds=1)),
    }.items(),
    ids=lambda why: why[0],
)
def test_no_mail_when(owner, why):
    notice = give(owner)
    why[1](notice, owner)
    assert mail_owed_notices(at=NOW) == 0
    assert mail.outbox == []


def test_what_nobody_wants_is_not_looked_at_again(owner):
    owner.user.edit_profile(name="Olga", time_zone="UTC", mention_mails=False)
    give(owner)
    give(owner, "b", kind="review")
    assert mail_owed_notices(at=NOW) == 1
    assert not Notice.objects.filter(mail_at__isnull=False).exists()


def test_what_one_worker_has_claimed_is_not_anothers_until_the_lease_is_over(owner):
    for key in "abc":
        give(owner, key)
    assert len(Notice.objects.claim_mail(at=NOW, most=2)) == 2
    assert len(Notice.objects.claim_mail(at=NOW)) == 1
    assert Notice.objects.claim_mail(at=NOW) == []
    assert mail_owed_notices(at=NOW + LEASE) == 3


def test_what_could_not_be_sent_is_tried_again_and_does_not_hold_up_the_others(owner, editor, monkeypatch):
    give(owner)
    give(editor, "b")
    send = mail.get_connection().__class__.send_messages

    def refuse(backend, letters):
        if letters[0].to == ["olga@example.com"]:
            raise OSError("mailbox full")
        return send(backend, letters)

    monkeypatch.setattr(mail.get_connection().__class__, "send_messages", refuse)
    assert mail_owed_notices(at=NOW) == 1
    monkeypatch.undo()
    assert mail_owed_notices(at=NOW) == 0
    assert mail_owed_notices(at=NOW + LEASE) == 1
    assert sorted(letter.to[0] for letter in mail.outbox) == ["edda@example.com", "olga@example.com"]


def test_the_profile_says_whether_mentions_are_mailed(client_for, owner):
    client = client_for(owner)
    assert "checked" in client.get("/accounts/profile/").content.decode()
    client.post("/accounts/profile/", {"name": "Olga", "time_zone": "UTC"})
    owner.user.refresh_from_db()
    assert not owner.user.mention_mails
    client.post("/accounts/profile/", {"name": "Olga", "time_zone": "UTC", "mention_mails": "on"})
    owner.user.refresh_from_db()
    assert owner.user.mention_mails


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"url": "https://elsewhere.example"}, "notice_leads_to_us"), ({"read_at": NOW}, "notice_mail_owed_until_read")],
)
def test_the_database_refuses_what_makes_no_sense(owner, change, constraint):
    give(owner)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Notice.objects.update(**change)
