"""The small cast that every test meets, on real parts: PostgreSQL, Valkey and, where asked for, Chromium."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache as kept
from django.test import Client, TransactionTestCase
from django.utils import timezone

from accounts.models import Access, Member, User, Workspace
from journeys.models import Journey, Segment
from tests.emptying import empty_tables
from tests.serving import Web

PASSWORD = "correct horse battery"
TransactionTestCase._fixture_teardown = empty_tables
# The same hash, with a thousandth of the work: a million rounds take half a second for each person.
PBKDF2PasswordHasher.iterations = 1_000


@pytest.fixture(autouse=True)
def _no_rate_limit_carries_over():
    kept.clear()


def person(email: str, name: str) -> User:
    return User.objects.create_user(email, PASSWORD, name=name)


def join(workspace: Workspace, name: str, access: str) -> Member:
    user = person(f"{name.lower()}@example.com", name)
    return Member.objects.create(workspace=workspace, user=user, access=access, joined_at=timezone.now())


@pytest.fixture
def workspace(db) -> Workspace:
    return Workspace.objects.found("Northwind", person("olga@example.com", "Olga"), at=timezone.now())


@pytest.fixture
def owner(workspace) -> Member:
    return workspace.members.get(access=Access.OWNER)


@pytest.fixture
def editor(workspace) -> Member:
    return join(workspace, "Edda", Access.EDITOR)


@pytest.fixture
def contributor(workspace) -> Member:
    return join(workspace, "Carl", Access.CONTRIBUTOR)


@pytest.fixture
def viewer(workspace) -> Member:
    return join(workspace, "Vera", Access.VIEWER)


@pytest.fixture
def stranger(db) -> Member:
    """The owner of another workspace."""
    other = Workspace.objects.found("Secret Rival", person("sven@example.com", "Sven"), at=timezone.now())
    return other.members.get()


@pytest.fixture
def client_for():
    def make(member: Member | None) -> Client:
        client = Client()
        if member:
            client.force_login(member.user)
        return client

    return make


@pytest.fixture
def journey(owner) -> Journey:
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    return Journey.objects.begin(segment, "Enterprise journey", by=owner, at=timezone.now())


@pytest.fixture(scope="session")
def _webs(django_db_setup, django_db_blocker, tmp_path_factory):
    """The web processes of the whole run, started when they are first asked for."""
    running = []

    def web(number):
        while len(running) <= number:
            with django_db_blocker.unblock():
                running.append(Web(tmp_path_factory.mktemp(f"web{len(running)}")))
        return running[number]

    yield web
    for one in running:
        one.stop()


@pytest.fixture
def web(_webs):
    """The web process that pages are visited on."""
    return _webs(0)


@pytest.fixture
def other_web(_webs):
    """A second one, on the same database and Valkey."""
    return _webs(1)
