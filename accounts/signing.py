"""Messages signed as Standard Webhooks 1.0 says: https://www.standardwebhooks.com, under “Signature scheme”.

Signed is `{id}.{unix seconds}.{body}` with HMAC-SHA256 under a key that is written `whsec_` and base64. While a key is replaced
the header bears a signature by each of the two.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
#: bytes of a key; the spec asks for 24 to 64
LONG = 32


def new_key() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(LONG)).decode()


def signed_headers(message: str, body: bytes, keys: Sequence[str], *, at: datetime) -> dict[str, str]:
    """The headers of one attempt at `at` to bring a message; a signature by each of `keys`, the newest first."""
    stamp = str(int(at.timestamp()))
    signed = b".".join([message.encode(), stamp.encode(), body])
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def _signature(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
