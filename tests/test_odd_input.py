"""What nobody types by accident: pages that do not exist, NUL, endless names, made-up choices. Refused calmly, never a crash."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from accounts.models import Webhook, Workspace
from customers.models import Customer, Request
from journeys.keeping import keep_as_template
from journeys.models import Journey, JourneyTemplate, Segment
from playbooks.models import Playbook
from tests.today.cast import with_work
from tests.touchpoints.handoffs import reached

pytestmark = pytest.mark.django_db

LONG = "x" * 10_000
PAGES = ["abc", "-1", "0", "%00", "1e9", "9" * 5000, "1.5", "2&page=3", "²", "%ff"]


@pytest.fixture
def rows(owner, request):
    """One of each thing that has a form, by the letter it takes in a path."""
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    playbook = Playbook.objects.draft(owner.workspace, "Kickoff", at=timezone.now())
    journey = Journey.objects.begin(segment, "Map", by=owner, at=timezone.now())
    template = keep_as_template(journey, "Ours", "", by=owner, at=timezone.now())
    role = owner.workspace.roles.first()
    return {
        "scheduled": with_work(owner)[1][0].pk if "{scheduled}" in request.node.name else "",
        "passage": offered(owner) if "{passage}" in request.node.name else "",
        "request": asked(owner, segment) if "{request}" in request.node.name else "",
        "segment": segment.pk,
        "playbook": playbook.pk,
        "role": role.pk,
        "member": owner.pk,
        "journey": journey.pk,
        "template": template.pk,
        "webhook": webhook_of(owner) if "{webhook}" in request.node.name else "",
    }


def webhook_of(owner):
    return Webhook.objects.make("https://1.1.1.1/hook", by=owner, at=timezone.now()).pk


def asked(owner, segment):
    customer = Customer.objects.add(owner.workspace, "Contoso", segment, by=owner, at=timezone.now())
    return Request.objects.log(customer, "The bill", by=owner, on=timezone.now().date(), at=timezone.now()).pk


def offered(owner):
    passage = reached(owner)
    passage.offer(by=owner, at=timezone.now())
    return passage.pk


LISTS = [
    "/accounts/workspaces/?page={}",
    "/w/northwind/?page={}",
    "/w/northwind/segments/{segment}/journeys/?page={}",
    "/w/northwind/templates/?page={}",
    "/w/northwind/segments/{segment}/journeys/new/?copies={}",
    "/w/northwind/segments/{segment}/journeys/new/?templates={}",
    "/w/northwind/segments/{segment}/journeys/new/?q={}",
    "/w/northwind/segments/{segment}/journeys/new/?start={}",
    "/w/northwind/members/?page={}",
    "/w/northwind/members/?invited={}",
    "/w/northwind/roles/?page={}",
    "/w/northwind/audit/?page={}",
    "/w/northwind/webhooks/{webhook}/?page={}",
    "/w/northwind/webhooks/{webhook}/?state={}",
    "/w/northwind/calendar/?page={}",
    "/w/northwind/calendar/?year={}",
    "/w/northwind/playbooks/?page={}",
    "/w/northwind/playbooks/?q={}",
    "/w/northwind/playbooks/{playbook}/versions/?page={}",
    "/w/northwind/journeys/{journey}/versions/?page={}",
    "/w/northwind/compare/?page={}",
    "/w/northwind/today/?q={0}&channel={0}&importance={0}&journey={0}&more={0}&snoozed={0}",
    "/w/northwind/today/done/?page={}",
    "/w/northwind/today/views/?query={}",
    "/w/northwind/week/?from={}",
    "/w/northwind/team/?page={}",
    "/w/northwind/handoffs/?give={0}&receive={0}",
    "/w/northwind/handoffs/?show=open&page={}",
    "/w/northwind/handoffs/?show={}",
    "/w/northwind/handoffs/{passage}/?page={}",
    "/w/northwind/sendings/?page={}",
    "/w/northwind/sendings/?show=log&page={}",
    "/w/northwind/sendings/?show={}",
    "/w/northwind/requests/?page={0}&handed={0}",
    "/w/northwind/requests/?show=team&state=done&page={}",
    "/w/northwind/requests/?customer={}",
    "/w/northwind/requests/customers/?q={}",
    "/w/northwind/requests/measures/?page={}",
    "/w/northwind/requests/measures/?by=customer&page={}",
    "/w/northwind/compare/?qa={}",
    "/w/northwind/enrol/rules/?page={}",
    "/w/northwind/enrol/rules/?segment={}",
    "/w/northwind/enrol/list/?q={}",
    "/w/northwind/enrol/list/?owner={}",
    "/w/northwind/enrol/list/?since={}",
    "/w/northwind/reminders/?page={}",
    "/w/northwind/reminders/undelivered/?page={}",
]


@pytest.mark.parametrize("address", LISTS)
def test_a_page_that_does_not_exist_is_the_nearest_one(client_for, owner, rows, address):
    client = client_for(owner)
    assert [client.get(address.format(page, **rows)).status_code for page in PAGES] == [200] * len(PAGES)


FORMS = {
    "/accounts/profile/": {"name": "Olga", "time_zone": "UTC"},
    "/accounts/workspaces/": {"name": "Fabrikam"},
    "/w/northwind/settings/": {"name": "Northwind", "time_zone": "UTC"},
    "/w/northwind/members/invite/": {"email": "new@example.com", "access": "viewer", "roles": []},
    "/w/northwind/members/{member}/": {"access": "owner", "roles": []},
    "/w/northwind/roles/": {"name": "Trainer"},
    "/w/northwind/tokens/": {"name": "CRM", "scope": "read", "days": "90"},
    "/w/northwind/webhooks/": {"url": "https://1.1.1.1/hook", "description": "CRM", "types": ["role.made"]},
    "/w/northwind/webhooks/{webhook}/": {"url": "https://1.1.1.1/hook", "description": "CRM", "types": ["role.made"]},
    "/w/northwind/calendar/change/": {"work_week": ["0"], "country": "DE", "region": ""},
    "/w/northwind/calendar/days/add/": {"on": "2027-01-04", "name": "Outing", "is_worked": ""},
    "/w/northwind/roles/{role}/": {"name": "Trainer"},
    "/w/northwind/segments/new/": {"name": "Digital", "description": "", "expected_customers": ""},
    "/w/northwind/segments/{segment}/": {"name": "Digital", "description": "", "expected_customers": ""},
    "/w/northwind/segments/{segment}/journeys/new/": {"title": "Another", "start": "", "suggested": "x", "id": ""},
    "/w/northwind/journeys/{journey}/copy/": {"title": "Another", "segment": "", "id": ""},
    "/w/northwind/templates/{template}/edit/": {"name": "Another", "summary": ""},
    "/w/northwind/playbooks/new/": {"title": "Renewal"},
    "/w/northwind/scheduled/{scheduled}/finish/": {"on": "", "outcome": "Fine", "felt": "1"},
    "/w/northwind/scheduled/{scheduled}/skip/": {"because": "Enough"},
    "/w/northwind/scheduled/{scheduled}/snooze/": {"until": "day", "until_day": "2027-01-04"},
    "/w/northwind/scheduled/{scheduled}/reschedule/": {"day": "2027-01-04"},
    "/w/northwind/scheduled/{scheduled}/hand-over/": {"to": "", "note": "Soon"},
    "/w/northwind/today/views/": {"name": "Calls", "query": "channel=call"},
    "/w/northwind/team/{member}/capacity/": {"hours": "5", "manager": ""},
    "/w/northwind/handoffs/{passage}/fill/": {"value-0": "Go live"},
    "/w/northwind/handoffs/{passage}/offer/": {"value-1": "Risks"},
    "/w/northwind/handoffs/{passage}/ask/": {"text": "More"},
    "/w/northwind/handoffs/{passage}/accept/": {"text": "Fine"},
    "/w/northwind/reminders/": {
        "due_by": ["bell"],
        "days_before": "0",
        "days_after": "1",
        "morning": "08:00",
        "quiet_from": "",
        "quiet_to": "",
        "webhook_url": "",
    },
    "/w/northwind/reminders/absences/add/": {"first_on": "2027-01-04", "last_on": "2027-01-05", "stand_in": ""},
    "/w/northwind/requests/log/": {"q": "Nobody", "customer": "", "text": "The bill"},
    "/w/northwind/requests/{request}/hand-on/": {"to": "", "role": "", "note": "Soon", "was": ""},
    "/w/northwind/requests/{request}/finish/": {"outcome": "Sent"},
    "/accounts/sign-up/": {"name": "Nora", "email": "nora@example.com", "password1": "a long good phrase"},
    "/accounts/sign-in/": {"login": "olga@example.com", "password": "wrong"},
    "/accounts/password/reset/": {"email": "olga@example.com"},
    "/accounts/password/change/": {"oldpassword": "wrong", "password1": "another good phrase"},
}
ODD = {
    "NUL": "a\0b",
    "endless": LONG,
    "empty": "",
    "blanks": "  \t ",
    "a made-up choice": "Mars/Olympus_Mons",
    "an endless number": "9" * 30,
    "a negative number": "-1",
    "an endless address": f"{LONG}@example.com",
    "two addresses": "a@example.com\nBcc: b@example.com",
    "an id of nothing": str(uuid.uuid4()),
}
FIELDS = [(address, name) for address, fields in FORMS.items() for name in fields]


@pytest.mark.parametrize(("address", "field"), FIELDS)
def test_odd_input_is_refused_at_its_field_and_nothing_falls_over(client, client_for, owner, rows, address, field):
    public = address.startswith(("/accounts/sign", "/accounts/password/reset"))
    browser = client if public else client_for(owner)
    for what, value in ODD.items():
        answer = browser.post(address.format(**rows), FORMS[address] | {field: value})
        assert answer.status_code in (200, 302, 422, 429), what
        if what == "NUL" and answer.status_code != 429 and "password" not in field:
            assert answer.status_code != 302, what
            assert "field__error" in answer.content.decode(), what
    for row in (
        *Workspace.objects.all(),
        *Segment.objects.all(),
        *Playbook.objects.all(),
        *Journey.objects.all(),
        *JourneyTemplate.objects.all(),
    ):
        assert "\0" not in str(row)
        assert len(str(row)) <= 200


def test_a_name_with_a_line_break_can_still_invite(client_for, owner):
    client = client_for(owner)
    client.post("/accounts/profile/", {"name": "Olga\nBcc: all@example.com", "time_zone": "UTC"})
    answer = client.post("/w/northwind/members/invite/", {"email": "new@example.com", "access": "viewer"}, follow=True)
    assert "on its way" in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/join/%00/",
        f"/accounts/join/{LONG}/",
        "/accounts/confirm-email/%00/",
        f"/accounts/confirm-email/{'a:' * 50}/",
        "/accounts/password/reset/key/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-abc/",
        "/accounts/password/reset/key/1-%00/",
        "/w/northwind%00/",
        "/w/northwind/members/%00/",
        "/unsubscribe/%00/",
        f"/unsubscribe/{LONG}/",
    ],
)
def test_made_up_links_lead_to_a_calm_page(client, owner, path):
    assert client.get(path).status_code in (200, 302, 404)
    assert client.post(path).status_code in (200, 302, 404, 405)


@pytest.mark.parametrize("address", ["/accounts/profile/", "/w/northwind/settings/"])
def test_a_time_zone_that_does_not_exist_is_refused_where_it_was_chosen(client_for, owner, address):
    client = client_for(owner)
    answer = client.post(address, {"name": "Olga", "time_zone": "Mars/Olympus_Mons"})
    assert answer.status_code == 422
    assert "Mars/Olympus_Mons is not one of the available choices" in answer.content.decode()
    owner.user.refresh_from_db()
    assert owner.user.time_zone == "UTC"
