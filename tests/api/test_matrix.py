"""Every door of the API x every method x everybody who may stand before it, with what is one's own, somebody else's and gone."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import transaction
from django.urls import get_resolver
from django.utils import timezone

from accounts.api.nowhere import NoSuchAddress
from accounts.api.views import SAFE, ApiView, scope_for
from accounts.models import Access, Scope, Webhook, WebhookDelivery
from customers.models import Customer, Request
from journeys.models import Connector, Emotion, Handoff, Journey, Segment, Thread, Touchpoint
from playbooks.models import Playbook
from tests.api.conftest import ApiClient, problem, token_of
from tests.conftest import join
from tests.test_doors import every_view
from tests.touchpoints.handoffs import reached
from tests.touchpoints.sheets import enrolled, published
from touchpoints.models import ScheduledTouchpoint

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: what everybody may read
OPEN = {"schema", "schemas/journey-document", "docs", "guide", "mirror.py"}
ALL = [(path.removeprefix("api/v1/"), view.cls) for path, view, _ in every_view(get_resolver()) if path.startswith("api/v1/")]
DOORS = [(path, cls) for path, cls in ALL if path not in OPEN]
#: the parts of a map
PARTS = ("stage", "lane", "touchpoint", "event", "connector", "handoff", "emotion")
#: path -> the kinds of things whose ids stand in it, in their order; a door that is not among them fails the test below
OF = {
    "members/<uuid:pk>": "member",
    "roles/<uuid:pk>": "role",
    "segments/<uuid:pk>": "segment",
    "journeys/<uuid:pk>": "journey",
    "journeys/<uuid:pk>/document": "journey",
    "journeys/<uuid:pk>/changes": "journey",
    "journeys/<uuid:pk>/versions": "journey",
    "journeys/<uuid:pk>/versions/<str:version>": "travelled version",
    "journeys/<uuid:pk>/versions/<str:version>/document": "travelled version",
    "customers/<uuid:pk>": "customer",
    "journeys/by-external-id/<str:source>/<path:external_id>/document": "journey",
    "playbooks/<uuid:pk>": "playbook",
    "enrolments/<uuid:pk>": "enrolment",
    "requests/<uuid:pk>": "request",
    "handoffs/<uuid:pk>": "reached",
    **{f"webhooks/<uuid:pk>{rest}": "webhook" for rest in ("", "/rotate", "/old-secret", "/ping", "/deliveries")},
    "webhooks/<uuid:pk>/deliveries/<uuid:delivery>/resend": "webhook delivery",
    **{f"journeys/<uuid:pk>/{kind}s": "journey" for kind in PARTS},
    **{f"journeys/<uuid:pk>/{kind}s/<uuid:element>": f"journey {kind}" for kind in PARTS},
    "scheduled-touchpoints/<uuid:pk>": "scheduled",
    "scheduled-touchpoints/<uuid:pk>/done": "scheduled",
    "scheduled-touchpoints/<uuid:pk>/skip": "scheduled",
    "scheduled-touchpoints/<uuid:pk>/reopen": "scheduled",
    "scheduled-touchpoints/<uuid:pk>/reschedule": "scheduled",
    "scheduled-touchpoints/<uuid:pk>/snooze": "scheduled",
    "journeys/<uuid:pk>/comments": "journey",
    "journeys/<uuid:pk>/comments/<uuid:thread>": "journey thread",
    "journeys/<uuid:pk>/comments/<uuid:thread>/replies": "journey thread",
    "journeys/<uuid:pk>/comments/<uuid:thread>/replies/<uuid:comment>": "journey thread comment",
}
#: where nothing is, it is made: that takes a segment, of which these requests do not speak
MAKES = {("PUT", "journeys/by-external-id/<str:source>/<path:external_id>/document")}
#: what is somebody's own, and of those who ask here nobody's
OWN = {("DELETE", "journeys/<uuid:pk>/comments/<uuid:thread>/replies/<uuid:comment>")}
NAMED = re.compile(r"<(uuid:\w+|path:external_id|str:version)>")
WITH_ID = [(path, cls) for path, cls in DOORS if NAMED.search(path)]

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(journey, owner):
    made = Customer.objects.add(owner.workspace, "Contoso", journey.segment, by=owner, at=timezone.now())
    playbook = Playbook.objects.draft(owner.workspace, "Kickoff", at=timezone.now())
    hook = Webhook.objects.make("https://1.1.1.1/hook", by=owner, at=timezone.now())
    travel = enrolled(published("five-stages", owner)[1], owner)
    scheduled = ScheduledTouchpoint.objects.of(travel).planned().in_order()[0]
    parts = parts_of(journey, owner)
    asked = Request.objects.log(made, "An invoice", by=owner, on=timezone.localdate(), at=timezone.now())
    return {
        **parts, "playbook": playbook.pk, "enrolment": travel.pk, "journey": journey.pk, "segment": journey.segment_id,
        "customer": made.pk, "scheduled": scheduled.pk, "travelled": travel.journey_id, "version": travel.version_id,
        "member": owner.pk, "role": owner.workspace.roles.first().pk, "request": asked.pk, "reached": reached(owner).pk,
        "webhook": hook.pk, "delivery": WebhookDelivery.objects.ping(hook, at=timezone.now()).pk,
    }  # fmt: skip


def parts_of(journey, owner):
    """One part of each kind."""
    who = {"by": owner, "at": timezone.now()}
    stage, lane = journey.add_stage("Onboarding", **who), journey.add_lane("CSM", **who)
    card, other, event = (
        Touchpoint.catch(journey, kind, stage, lane, slot, kind=kind, **who)
        for slot, kind in enumerate(("touchpoint", "milestone", "event"))
    )
    thread = Thread.objects.begin(journey, None, "", "Is that so?", **who)
    handoff = Handoff.draw(card, owner.workspace.roles.first(), **who)
    emotion = Emotion.place(journey, "Proud", stage, 0, 1, **who)
    found = {"stage": stage, "lane": lane, "touchpoint": card, "event": event, "handoff": handoff, "emotion": emotion}
    found |= {"thread": thread, "comment": thread.comments.get()}
    return {kind: one.pk for kind, one in found.items()} | {"connector": Connector.join(card, other, "sequence", **who).pk}


def address(path, ids, *, gone=()):
    """`gone`: the places, counted from 0, in which an id of nothing stands."""
    kinds = iter(enumerate(OF.get(path, "").split()))

    def id_at(_):
        place, kind = next(kinds)
        return str(uuid.uuid4() if place in gone else ids[kind])

    return NAMED.sub(id_at, path).replace("<str:source>", "a-source")


def test_every_door_declares_what_it_takes_and_whom_it_lets_in():
    assert len(DOORS) >= 7
    for path, cls in DOORS:
        assert cls.doors, f"{path} declares nothing"
        assert set(cls.doors) <= set(METHODS) - {"HEAD", "OPTIONS"}
        assert all(isinstance(least, Access) for least in cls.doors.values())
        for method in cls.doors:
            assert hasattr(cls, method.lower()), f"{path} declares {method} and does not take it"
        taken = {method for method in METHODS if hasattr(cls, method.lower())} - {"HEAD", "OPTIONS"}
        assert taken == set(cls.doors), f"{path} takes what it does not declare"
    assert {path for path, _ in WITH_ID} == set(OF)
    assert {(method, path) for path, cls in WITH_ID for method in cls.doors} >= MAKES


@pytest.mark.parametrize("who", ["nobody", *Access.values, "removed", "stranger"])
@pytest.mark.parametrize("scope", Scope.values)
def test_each_gets_through_exactly_the_doors_they_should(workspace, owner, stranger, ids, who, scope):
    member = None
    if who == "stranger":
        member = stranger
    elif who != "nobody":
        access = Access.ADMIN if who == "removed" else Access(who)
        member = join(workspace, "Someone", access)
    if member and member.rank < Scope(scope).least.rank:
        return  # there is no such token: test_tokens.py
    client = ApiClient(token_of(member, scope) if member else "")
    if who == "removed":
        member.remove(by=owner, at=timezone.now())
    for path, cls in DOORS:
        for method in METHODS:
            with transaction.atomic():
                answer = client.ask(method, address(path, ids))
                transaction.set_rollback(True)  # what one door deletes is there for the next one
            assert answer.status_code < 500, (path, method)
            least = cls.doors.get("GET" if method == "HEAD" else method)
            foreign = NAMED.search(path) and (method, path) not in MAKES
            expected = status_for(who, member, scope, method, least, foreign=foreign)
            if not expected and (method, path) in OWN:
                expected = 403
            if expected:
                assert answer.status_code == expected, (path, method)
                assert method == "HEAD" or answer["Content-Type"] == "application/problem+json"
            else:
                assert answer.status_code not in (401, 403, 404, 405), (path, method)


def status_for(who, member, scope, method, least, *, foreign):
    """What keeps somebody out, from the outermost gate inwards; None if nothing does."""
    if who in ("nobody", "removed"):
        return 401
    if least is None:
        return 405
    if not Scope(scope).includes(scope_for(method, least)) or member.rank < least.rank:
        return 403
    return 404 if who == "stranger" and foreign else None


def test_what_is_somebody_elses_answers_as_what_does_not_exist(stranger, ids):
    client = ApiClient(token_of(stranger, "admin"))
    for path, cls in WITH_ID:
        for method in cls.doors:
            theirs, *others = (client.ask(method, address(path, ids, gone=gone)) for gone in ((), (0,), (1,), (2,)))
            for nowhere in others:
                assert theirs.status_code == nowhere.status_code == (422 if (method, path) in MAKES else 404)
                assert theirs.content == nowhere.content
                assert set(theirs.headers) == set(nowhere.headers)


def test_what_is_not_on_ones_own_map_does_not_exist_either(api, owner, ids):
    """Nor what is on another one of the same workspace."""
    client = api(owner, "admin")
    elsewhere = ids | {
        "travelled": ids["journey"],
        "journey": Journey.objects.begin(Segment.objects.get(pk=ids["segment"]), "Another", by=owner, at=timezone.now()).pk,
        "webhook": Webhook.objects.make("https://1.1.1.1/another", by=owner, at=timezone.now()).pk,
    }
    for path, cls in WITH_ID:
        if " " in OF[path]:
            for method in cls.doors:
                gone = [address(path, ids, gone=(place,)) for place in range(1, len(OF[path].split()))]
                answers = [client.ask(method, where) for where in (address(path, elsewhere), *gone)]
                assert {one.status_code for one in answers} == {404}, (path, method)
                assert len({one.content for one in answers}) == 1


def test_a_list_shows_nothing_of_somebody_elses_and_a_foreign_id_filters_as_one_that_does_not_exist(stranger, ids):
    client = ApiClient(token_of(stranger))
    lists = ("journeys", "segments", "customers", "enrolments", "reminders", "requests", "handoffs")
    for path in (*lists, *(f"scheduled-touchpoints?state={state}" for state in ("planned", "done"))):
        assert client.ask("GET", path).json() == {"results": [], "next": None}
    for path in ("journeys", "customers"):
        theirs, nowhere = (client.ask("GET", f"{path}?segment={id}") for id in (ids["segment"], uuid.uuid4()))
        assert theirs.json() == nowhere.json() == {"results": [], "next": None}
    answers = [client.ask("POST", "journeys", {"segment": str(id), "title": "x"}) for id in (ids["segment"], uuid.uuid4())]
    assert answers[0].status_code == 422
    assert answers[0].content == answers[1].content


def test_what_is_told_about_the_api_is_told_everybody(stranger, client):
    assert {path for path, cls in ALL if not issubclass(cls, ApiView)} == OPEN
    for path in OPEN:
        assert client.get(f"/api/v1/{path}").status_code == 200
        assert ApiClient(token_of(stranger)).ask("POST", path, {}).status_code == 405


def test_whatever_else_is_below_api_is_nothing(api, owner):
    for client in (api(), api(owner)):
        for path in ("", "nothing", "journeys/x", f"journeys/{uuid.uuid4()}/nothing"):
            problem(client.ask("GET", path), 404, "not-found")
            problem(client.ask("POST", path, {}), 404, "not-found")
    assert NoSuchAddress.doors == {}
    assert "GET" in SAFE
