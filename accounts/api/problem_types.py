"""Every kind of refusal that a client may meet, by the end of its `type`: a promise to whoever tells them apart."""

from __future__ import annotations

from typing import NamedTuple

from accounts.api.shapes import ANYTHING, TEXT, WHOLE, Schema, list_of

TYPE = "urn:touchline:problem:"


class Kind(NamedTuple):
    """`meaning`: for whoever reads about it; `hint`: what helps, where who refuses knows nothing better."""

    status: int
    meaning: str
    hint: str


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, "The body cannot be read: it is no JSON, or is nested too deep.", "Send JSON, in UTF-8."),
    "bad-parameter": Kind(
        400, "A parameter of the address makes no sense; `parameter` names it.",
        "Which parameters there are, and what they take: /api/v1/docs.",
    ),
    "bad-key": Kind(400, "The Idempotency-Key makes no sense.", "Give every request a key of its own: a UUID, for one."),
    "workspace-unclear": Kind(
        400, "Who is signed in is in several workspaces, and which one is meant is not said.",
        "Send “Touchline-Workspace: ” and the name that stands in its addresses, or use a token.",
    ),
    "not-authenticated": Kind(401, "Nobody is known to be asking.", "Send “Authorization: Bearer tl_…”."),
    "token-invalid": Kind(
        401, "The token opens nothing: it is mistyped, expired or revoked, or its member has left.",
        "It may be mistyped, expired or revoked. Make a new one on the page “API tokens”.",
    ),
    "not-allowed": Kind(403, "The member may not do that.", "An admin of the workspace can give its member more access."),
    "scope-too-small": Kind(403, "The token may not do that, though its member may.", "Use a token that may do more."),
    "csrf-failed": Kind(
        403, "Who is signed in by a cookie writes without the token that shows that they mean it.",
        "Send “X-CSRFToken: ” and what the cookie “csrftoken” holds, from a page of this address; or use a token.",
    ),
    "not-found": Kind(
        404, "It does not exist, or is another workspace's: that is all the same.",
        "It may have been deleted, be another workspace's, or never have been: all three are answered alike.",
    ),
    "method-not-allowed": Kind(405, "The address does not take that method.", "The header “Allow” names the methods it takes."),
    "not-acceptable": Kind(406, "Answers are JSON, and something else was asked for.", "Leave the header Accept out."),
    "in-flight": Kind(409, "The first request under this Idempotency-Key is still being done.", "Send it again in a moment."),
    "busy": Kind(409, "Others are at the same just now.", "Send it again in a moment."),
    "not-open": Kind(
        409, "The scheduled touchpoint is done, skipped or missed already; `state` says which.",
        "“state” says what became of it. POST …/reopen opens what is done or skipped.",
    ),
    "not-settled": Kind(
        409, "The scheduled touchpoint is neither done nor skipped; `state` says what it is.",
        "Only what is done or skipped can be opened again. “state” says what it is.",
    ),
    "not-planned": Kind(
        409, "The map plans the scheduled touchpoint no longer: opened again it would be gone.",
        "Leave it as it is; what is to be done after all is drawn on the map, and its version published.",
    ),
    "id-in-use": Kind(
        409, "The `id` of something new is that of something else, or of what says something else by now.",
        "What you have made with it stays as it is: read it, or change it with PATCH. For something new leave “id” out.",
    ),
    "in-use": Kind(409, "Other things need it.", "Take it off them first."),
    "cursor-expired": Kind(
        410, "What came after the cursor is no longer kept; begin again at `start`.",
        "Get a cursor at “start”, read all the lists anew, and follow from that cursor on.",
    ),
    "length-missing": Kind(411, "How long the body is is not said.", "Send “Content-Length”, not chunks."),
    "changed-since": Kind(
        412, "Somebody was quicker; `now`, or `revision` and of a document `ids`, say what has changed.",
        "Read it again, bring your changes in, and send them with the ETag of then.",
    ),
    "too-large": Kind(413, "The body is too large.", "Send it in several requests."),
    "not-json": Kind(415, "The body is not JSON.", "Send “Content-Type: application/json”."),
    "key-used": Kind(
        422, "The Idempotency-Key was another request's.", "Give every request a key of its own: a UUID, for one."
    ),
    "invalid": Kind(
        422, "A value makes no sense; `errors`, or `detail`, say which and why.", "What it may say: /api/v1/docs."
    ),
    "if-match-missing": Kind(
        428, "Which document was changed has to be said.", "Send “If-Match: ” and the ETag of the document that was changed."
    ),
    "too-many-requests": Kind(
        429, "The minute's requests are used up.",
        "Wait as long as Retry-After says. One document or one page of a list is one request, however large.",
    ),
}  # fmt: skip

#: what only some of them say besides
MEMBERS: dict[str, Schema] = {
    "parameter": {**TEXT, "description": "Of `bad-parameter`: which one."},
    "now": {**ANYTHING, "description": "Of `changed-since`: what the thing says now."},
    "revision": {**WHOLE, "description": "Of `changed-since`: the revision that the map has now."},
    "ids": {
        **list_of(TEXT),
        "description": "Of `changed-since`, where a document was put: what on the map has changed since it was read.",
    },
    "state": {**TEXT, "description": "Of `not-open` and `not-settled`: the state of the scheduled touchpoint."},
    "start": {**TEXT, "description": "Of `cursor-expired`: where a new cursor is to be had."},
}

ERROR: Schema = {
    "type": "object",
    "properties": {
        "pointer": {**TEXT, "description": "Where, from the root of the body on (RFC 6901); empty: the body as a whole."},
        "detail": {**TEXT, "description": "What is wrong there."},
    },
    "required": ["pointer", "detail"],
}
PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "Why something cannot be done (RFC 9457), and what helps. There may be more members at some later time.",
    "properties": {
        "type": {
            "type": "string",
            "enum": [TYPE + name for name in KINDS],
            "description": "Never changes its meaning:\n\n"
            + "\n".join(f"- `{TYPE}{name}` ({kind.status}): {kind.meaning}" for name, kind in KINDS.items()),
        },
        "title": {**TEXT, "description": "What it is, in a few words for a person."},
        "status": {**WHOLE, "description": "That of the answer."},
        "detail": {**TEXT, "description": "What it is in this case."},
        "hint": {**TEXT, "description": "What helps."},
        "errors": {**list_of(ERROR), "description": "Of `invalid`: all that is wrong, each at its place."},
        **MEMBERS,
    },
    "required": ["type", "title", "status", "hint"],
}
