"""Pictures of maps, kept: what was drawn for one page is there for the next, and for whoever asks what has changed since.

The cache may be lost at any time; then a picture is drawn again.
"""

from __future__ import annotations

import hashlib

import brotli
import orjson
from django.core.cache import cache

from config.build import build
from journeys.differing import document_at
from journeys.document import Document
from journeys.models import Journey
from journeys.reading import read_document
from journeys.rendering import Fragment, Picture, draw

KEPT = 3600
#: so many revisions of a map are kept at most, each in the place of an older one: a cache must not fill while people draw
REVISIONS = 4


def drawn(journey: Journey, roles: dict[str, str], *, room: int) -> Picture:
    """The map as it is now. `roles` and `room` as in `draw`."""
    return kept(journey, journey.revision, roles, room=room) or _draw_and_keep(journey, read_document(journey), roles, room)


def drawn_since(journey: Journey, since: int, roles: dict[str, str], *, room: int) -> tuple[Picture, Picture]:
    """The map at revision `since`, and as it is now."""
    then, now = (kept(journey, revision, roles, room=room) for revision in (since, journey.revision))
    if then is None or now is None:
        document = read_document(journey)
        now = now or _draw_and_keep(journey, document, roles, room)
        then = then or draw(document_at(journey, since, document), roles, room=room)
    return then, now


def kept(journey: Journey, revision: int, roles: dict[str, str], *, room: int) -> Picture | None:
    found = cache.get(_key(journey, revision, room))
    if found is None or found[:2] != (revision, _drawn_with(roles)):
        return None
    return {id: Fragment(container, html) for id, container, html in orjson.loads(brotli.decompress(found[2]))}


def _draw_and_keep(journey: Journey, document: Document, roles: dict[str, str], room: int) -> Picture:
    picture, revision = draw(document, roles, room=room), document["revision"]
    # A thousand cards are 1.4 MB as text; at this quality 0.12 MB, in a millisecond and a half.
    fragments = orjson.dumps([[id, fragment.container, fragment.html] for id, fragment in picture.items()])
    cache.set(_key(journey, revision, room), (revision, _drawn_with(roles), brotli.compress(fragments, quality=1)), KEPT)
    return picture


def _key(journey: Journey, revision: int, room: int) -> str:
    return f"picture:{journey.pk}:{room}:{revision % REVISIONS}"


def _drawn_with(roles: dict[str, str]) -> str:
    """A digest of what a picture depends on besides its document: the names of roles, and the code that draws."""
    return hashlib.sha256(repr((build(), sorted(roles.items()))).encode()).hexdigest()
