"""A mail that writes itself says what the one that Django makes of it says, header by header and part by part."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from django.core.mail import get_connection

from accounts.written_mail import WrittenMail, send_by

LONG = "A word and another. " * 60
TEXTS = {
    "plain": "Due today: a call\n\n-- \nTouchline\n",
    "of the world": "Fällig: Gespräch mit Łódź, 東京 🙂\n",
    "with lines of every kind": "one\r\ntwo\rthree\n\n.\n..\nFrom here on\n",
    "with a line that is too long": f"{LONG}\nnext\n",
}
SUBJECTS = ["Due today: Card 0", "Fällig: Łódź 東京 🙂", "of two\nlines", LONG]


def mail(text: str = "Hello", subject: str = "Hello", to: str = "kim@example.com") -> WrittenMail:
    html = f"<!doctype html>\n<p>{text}</p>\n"
    return WrittenMail(
        "letter-7", to=to, subject=subject, text=text, html=html, headers={"List-Unsubscribe": f"<http://x/{'y' * 300}/>"}
    )


def read(octets: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(octets, policy=default))


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_says_what_django_says(text, subject):
    written = mail(text, subject)
    written.write()
    ours, theirs = read(written.octets), read(written.message().as_bytes(linesep="\r\n"))
    assert not ours.defects
    assert [part.defects for part in ours.iter_parts()] == [[], []]
    names = {"subject", "from", "to", "message-id", "auto-submitted", "list-unsubscribe", "mime-version", "date"}
    assert names < {name.lower() for name in ours}
    for name in names - {"date"}:
        assert ours[name].strip() == theirs[name].strip()
    assert ours["subject"] == " ".join(subject.split())
    for mine, other in zip(ours.iter_parts(), theirs.iter_parts(), strict=True):
        assert mine.get_content_type() == other.get_content_type()
        assert mine.get_content().strip().splitlines() == other.get_content().strip().splitlines()


def test_no_line_is_longer_than_mail_allows():
    long = mail(LONG, LONG)
    long.write()
    assert max(len(line) for line in long.octets.split(b"\r\n")) <= 998


def test_an_address_that_no_mail_can_bear_is_refused():
    with pytest.raises(ValueError, match="ddress"):
        mail(to="kïm@exam ple@x").write()
    with pytest.raises(ValueError, match="line break"):
        mail(to="kim@example.com\nBcc: all@example.com").write()


def test_it_goes_out_by_any_backend(mailoutbox, tmp_path):
    assert send_by(get_connection(), mail())
    assert mailoutbox[0].subject == "Hello"
    in_files = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=tmp_path)
    assert send_by(in_files, mail("Grüße"))
    in_files.close()
    [kept] = tmp_path.iterdir()
    assert read(kept.read_bytes()).get_body(("plain",)).get_content().strip() == "Grüße"
