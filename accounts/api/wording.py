"""What the description of the API calls its doors, and what it says of their parameters and headers: each word once.

An address is named by its steps below /api/v1/, as `journeys/{id}/stages`.
"""

from __future__ import annotations

from accounts.api.shapes import TEXT, WHOLE, Schema

BEGIN = """Maps, customers and what is delivered to them, in step with other systems.

**Where to begin**: [the guide](/api/v1/guide) walks through all of it in ten minutes, and [mirror.py](/api/v1/mirror.py) is a
client that keeps all maps in a folder. To try any of it here, make a token on the page *API tokens*, press *Authorize*, and send
`GET /api/v1/me`: it says who is asking.

Lists are read a page at a time; what is refused says why, where, and what helps (`application/problem+json`); whatever is posted
may be sent again with the same `Idempotency-Key`.
"""
#: tag -> what it is about, in the order in which one leafs through
TAGS = {
    "me": "Who asks, and what they may do: the place to begin.",
    "journeys": "The maps: what they say of themselves, the whole of one in a document, its log, its versions.",
    "parts of a map": "Stages, lanes, touchpoints, events, arrows, handoffs and feelings, one by one.",
    "comments": "What people say about a map.",
    "segments": "The groups of customers, each of which has maps of its own.",
    "playbooks": "How touchpoints are delivered.",
    "customers": "The companies that travel, one by one or thousands at once by your own ids.",
    "enrolments": "Which customer travels which version of which map, and how far it is.",
    "scheduled-touchpoints": "What is due for customers and what became of it.",
    "handoffs": "The handoffs that customers have reached on their journeys.",
    "requests": "What customers have asked for.",
    "reminders": "What members are told of, and how that went.",
    "members": "The people of the workspace.",
    "roles": "The jobs that people do for customers.",
    "changes": "What has happened in the workspace since one last asked.",
    "webhooks": "Being told instead of asking. The messages themselves are below “Webhooks” of this description.",
}
PARTS = ("stages", "lanes", "touchpoints", "events", "connectors", "handoffs", "emotions")

#: a step of an address -> one of what it holds
NOUNS = {
    "journeys": "map", "stages": "stage", "lanes": "lane", "touchpoints": "touchpoint", "events": "event",
    "connectors": "arrow", "handoffs": "handoff", "emotions": "feeling", "versions": "version", "comments": "talk",
    "replies": "comment", "segments": "segment", "playbooks": "playbook", "customers": "customer", "enrolments": "enrolment",
    "scheduled-touchpoints": "scheduled touchpoint", "reminders": "reminder", "members": "member", "roles": "role",
    "webhooks": "webhook", "deliveries": "message", "requests": "request",
}  # fmt: skip
VERBS = {"GET": "Read", "POST": "Add", "PATCH": "Change", "DELETE": "Delete"}
#: where these two do not make a sentence
SUMMARIES = {
    "GET me": "See who is asking",
    "GET changes": "Follow what happens in the workspace",
    "POST journeys": "Begin an empty map",
    "GET journeys/{id}/document": "Read a whole map",
    "PUT journeys/{id}/document": "Put a whole map back",
    "GET journeys/{id}/changes": "Follow what happens on a map",
    "POST journeys/{id}/versions": "Publish a map",
    "GET journeys/{id}/versions/{version}/document": "Read a map as a version has published it",
    "GET journeys/by-external-id/{source}": "List the maps by their ids in another system",
    "GET journeys/by-external-id/{source}/{external_id}/document": "Read a whole map in the ids of another system",
    "PUT journeys/by-external-id/{source}/{external_id}/document": "Make or change a whole map in the ids of another system",
    "POST journeys/{id}/comments": "Begin a talk about a map",
    "PATCH journeys/{id}/comments/{thread}": "Settle a talk, or open it again",
    "GET journeys/{id}/comments/{thread}/replies": "List what was said in a talk",
    "POST journeys/{id}/comments/{thread}/replies": "Reply in a talk",
    "PATCH journeys/{id}/comments/{thread}/replies/{comment}": "Say a comment in other words",
    "DELETE journeys/{id}/comments/{thread}/replies/{comment}": "Take a comment back",
    "POST playbooks": "Draft a playbook",
    "POST customers/bulk": "Bring up to 5,000 customers in step",
    "POST enrolments": "Put a customer on a journey",
    "PATCH enrolments/{id}": "Move a customer along its journey, or let it leave",
    "GET handoffs": "List the handoffs that customers have reached",
    "GET handoffs/{id}": "Read a handoff that a customer has reached",
    "POST scheduled-touchpoints/outcomes": "Bring in up to 5,000 outcomes",
    "POST scheduled-touchpoints/{id}/done": "Say that a touchpoint was delivered",
    "POST scheduled-touchpoints/{id}/skip": "Skip a touchpoint",
    "POST scheduled-touchpoints/{id}/reopen": "Open a touchpoint again",
    "POST scheduled-touchpoints/{id}/reschedule": "Put a touchpoint on another day",
    "POST scheduled-touchpoints/{id}/snooze": "Keep a touchpoint out of the lists for a while",
    "GET webhooks/{id}/deliveries": "List the messages of a webhook",
    "POST webhooks/{id}/deliveries/{delivery}/resend": "Send a message again",
    "POST webhooks/{id}/ping": "Send a message that says nothing",
    "POST webhooks/{id}/rotate": "Give a webhook a new secret",
    "DELETE webhooks/{id}/old-secret": "End the old secret of a webhook",
}

#: parameter -> what it does, unless its door says it; “touchpoints owner”: at the doors whose last step that is
PARAMETERS = {
    "limit": "How many at most.",
    "order": "By what, with “-” in front the other way round.",
    "after": "Only what came after this revision.",
    "search": "Only those in which each of these words is found.",
    "segment": "Only those of this segment, by its id.",
    "document segment": "Of which segment a new map is, where its document names none.",
    "owner": "Only those that this member owns, by their id; `none`: nobody's.",
    "touchpoints owner": "Only those that this role owns, by its id; `none`: nobody's.",
    "events owner": "Only those that this role owns, by its id; `none`: nobody's.",
    "health": "Only those whose health is this.",
    "external_id": "Only the one that bears this id of your own.",
    "renewal_from": "Only those that renew on this day or later.",
    "renewal_to": "Only those that renew on this day or earlier.",
    "customer": "Only those of this customer, by its id.",
    "journey": "Only those on this map, by its id.",
    "enrolment": "Only those of this enrolment, by its id.",
    "stage": "Only those in this stage, by its id.",
    "lane": "Only those in this lane, by its id.",
    "playbook": "Only those that are delivered by this playbook, by its id.",
    "kind": "Only those of this kind.",
    "role": "Only those of this role, by its id.",
    "source": "Only those that begin at this touchpoint, by its id.",
    "target": "Only those that lead to this touchpoint, by its id.",
    "touchpoint": "Only those that begin at this touchpoint, by its id.",
    "to_role": "Only those that lead to this role, by its id.",
    "element": "Only those about this element of the map, by its id; `none`: about the map as a whole.",
    "open": "`true`: only what is still open; `false`: only what is settled.",
    "member": "Only those for this member, by their id.",
    "scheduled-touchpoints member": "Only those for this member, by their id; `none`: nobody's.",
    "scheduled_touchpoint": "Only those about this scheduled touchpoint, by its id.",
    "state": "Only those of which it is so.",
    "by_person": "`true`: only what a person delivers; `false`: only what is automated or self-serve.",
    "due_from": "Only what is due on this day or later.",
    "due_to": "Only what is due on this day or earlier.",
    "settled_from": "Only what was done, skipped or missed on this day or later.",
    "settled_to": "Only what was done, skipped or missed on this day or earlier.",
    "settled_since": "Only what was said to be done, skipped or missed at this instant or later.",
    "version": "Only those of this version of a map, by its id.",
    "active": "`true`: only those who travel; `false`: only those who have left.",
    "access": "Only those with this access level.",
    "is_on": "`true`: only those that are on; `false`: only those that are off.",
    "holder": "Only those that this member holds, by their id.",
    "handed_on": "`true`: only those that you have handed on.",
    "giver": "Only those that this member gives, by their id.",
    "receiver": "Only those that this member receives, by their id.",
    "undelivered": "`true`: only what could not be delivered, of everybody.",
    "dry_run": "`true`: say what would be done, and do nothing.",
    "all_or_nothing": "`true`: one that is wrong keeps all of them out.",
    "Idempotency-Key": "Any text, a UUID for one. Sent again with the same key within a day, the request is done once, and the "
    "first answer is told again.",
    "If-None-Match": "The ETag that was read: 304 as long as it is the same.",
    "If-Match": "The ETag that was read: 412 where somebody has changed it since.",
    "document If-Match": "The ETag of the document that was changed: 412 where somebody has changed the map since.",
}
#: what stands in an address and is no id of ours
NAMES = {
    "version": "The id of the version, or its number.",
    "source": "What you call the other system: 1 to 50 letters, digits, - and _.",
    "external_id": "The id that the map has there. Its slashes may be written as they are, or as %2F.",
}

#: header of an answer -> what it says
HEADERS: dict[str, Schema] = {
    "ETag": {"schema": TEXT, "description": "Says what was read. It goes back in `If-Match` or `If-None-Match`."},
    "Location": {"schema": {**TEXT, "format": "uri-reference"}, "description": "The address of what was made."},
    "RateLimit": {"schema": TEXT, "description": "`r`: requests that are left; `t`: seconds until there are all of them again."},
    "RateLimit-Policy": {"schema": TEXT, "description": "`q`: requests in a window; `w`: its seconds."},
    "Retry-After": {"schema": {**WHOLE, "minimum": 1}, "description": "Seconds after which it is worth another try."},
    "Idempotency-Replayed": {
        "schema": {**TEXT, "enum": ["true"]}, "description": "This is the answer of before, to the same `Idempotency-Key`."
    },
    "WWW-Authenticate": {"schema": TEXT, "description": "How to say who asks."},
}  # fmt: skip


def tag_of(path: str) -> str:
    steps = path.split("/")
    return "parts of a map" if steps[2:3] and steps[2] in PARTS else "comments" if "comments" in steps else steps[0]


def summary_of(method: str, path: str, *, is_list: bool) -> str:
    """Raises LookupError for a door that nobody has named."""
    if said := SUMMARIES.get(f"{method} {path}"):
        return said
    named = [step for step in path.split("/") if not step.startswith("{")][-1]
    noun = NOUNS[named]
    if is_list:
        several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
        return f"List the {several}{' of a map' if path.startswith('journeys/') else ''}"
    where = " to a map" if method == "POST" and named in PARTS else ""
    return f"{VERBS[method]} {'an' if noun[0] in 'aeiou' else 'a'} {noun}{where}"


def parameter_words(path: str, name: str, said: str) -> str:
    """Raises LookupError for one that nobody has described."""
    last = [step for step in path.split("/") if not step.startswith("{")][-1]
    return PARAMETERS.get(f"{last} {name}") or said or PARAMETERS[name]


def place_words(path: str, name: str) -> str:
    """What stands in an address at `{name}`."""
    if said := NAMES.get(name):
        return said
    steps = path.split("/")
    return f"The id of the {NOUNS[steps[steps.index('{' + name + '}') - 1]]}."
