"""A mail of two texts that writes itself. What `email` builds, folds and looks through for each mail took as long as sending it,
and of a mail of ours nothing has to be guessed: two texts, in UTF-8, and a boundary that nobody else has."""

from __future__ import annotations

from email.utils import formatdate, parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import BadHeaderError, forbid_multi_line_headers, sanitize_address

#: octets that a line of a mail may have, without its end (RFC 5322, section 2.1.1)
LONGEST = 998
PART = b"""
--%s
Content-Type: text/%s; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: 8bit

"""


class WrittenMail(EmailMultiAlternatives):
    """`name`: no other mail has it; sent twice, a mail is seen to be one by its Message-ID. `text` and `html` say the same. To
    backends that know nothing of `send_by` it is a mail like any other."""

    def __init__(self, name: str, *, to: str, subject: str, text: str, html: str, headers: dict[str, str] | None = None):
        super().__init__(
            subject=" ".join(subject.split()),  # a name with a line break in it must not become a second header
            body=text,
            to=[to],
            headers={
                "Message-ID": f"<{name}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
                **(headers or {}),
            },
        )
        self.attach_alternative(html, "text/html")
        self.html = html
        self.boundary = f"=={name}=="
        self.octets = b""

    def write(self) -> None:
        """Put it as mail servers take it, ahead of sending it. Raises ValueError (of which BadHeaderError is one)."""
        bodies = {kind: _unix(text).encode() for kind, text in (("plain", str(self.body)), ("html", self.html))}
        if any(len(line) > LONGEST for body in bodies.values() for line in body.split(b"\n")):
            self.octets = self.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            return
        headers = {
            "Content-Type": f'multipart/alternative; boundary="{self.boundary}"', "MIME-Version": "1.0",
            "Subject": str(self.subject), "From": self.from_email, "To": ", ".join(self.to),
            "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME), **self.extra_headers,
        }  # fmt: skip
        written = ["".join(f"{_header(name, value)}\n" for name, value in headers.items()).encode()]
        for kind, body in bodies.items():
            written += [PART % (self.boundary.encode(), kind.encode()), body]
        written.append(b"\n--%s--\n" % self.boundary.encode())
        self.octets = b"".join(written).replace(b"\n", b"\r\n")


def send_by(connection: BaseEmailBackend, mail: WrittenMail) -> bool:
    """Send it over an open connection of any backend. False if there is nobody to send it to. Raises what the backend does."""
    if isinstance(connection, SmtpBackend) and connection.connection and all(address.isascii() for address in mail.to):
        # As `send_messages` does, but for taking apart and putting together the same sender for each mail.
        if not mail.octets:
            mail.write()
        connection.connection.sendmail(_sender(mail.from_email), mail.to, mail.octets)
        return True
    return connection.send_messages([mail]) > 0


@lru_cache(maxsize=10)
def _sender(named: str) -> str:
    return sanitize_address(parseaddr(named)[1], settings.DEFAULT_CHARSET)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _header(name: str, value: str) -> str:
    if "\n" in value or "\r" in value:
        raise BadHeaderError(f"A header of a mail has no line breaks, {name} had one: {value!r}")
    if value.isascii() and len(name) + len(value) + 2 <= LONGEST:
        return f"{name}: {value}"
    return ": ".join(forbid_multi_line_headers(name, value, settings.DEFAULT_CHARSET))
