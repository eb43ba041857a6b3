"""The list of handoffs, the page of one, and the handoffs on a customer's page: who sees what, and who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Access
from customers.models import Assignment
from tests.conftest import join
from tests.touchpoints.handoffs import CSM, DAY, reached, role
from touchpoints.models import Passage, PassageStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def giver(workspace):
    return join(workspace, "Gina", Access.CONTRIBUTOR)


@pytest.fixture
def receiver(workspace):
    return join(workspace, "Rosa", Access.CONTRIBUTOR)


@pytest.fixture
def passage(owner, giver, receiver):
    return reached(owner, giver, receiver)


def address(passage, name="handoff_passage"):
    return reverse(f"touchpoints:{name}", args=[passage.workspace.slug, passage.pk])


ACTS = {
    "fill_handoff": {"value-0": "Go live"}, "offer_handoff": {}, "take_back_handoff": {},
    "ask_about_handoff": {"text": "More, please"}, "accept_handoff": {"text": ""},
}  # fmt: skip


def answers(client, passage):
    return {name: client.post(address(passage, name), data).status_code for name, data in ACTS.items()}


def test_giver_and_receiver_do_what_is_theirs_and_who_is_neither_nothing(
    client_for, owner, giver, receiver, contributor, viewer, stranger, passage
):
    passage.offer(by=owner, at=DAY)
    gives = ("fill_handoff", "offer_handoff", "take_back_handoff")
    for member in (contributor, viewer):
        assert set(answers(client_for(member), passage).values()) == {403}
        page = client_for(member).get(address(passage)).content.decode()
        assert "Known risks" in page
        assert "<button" not in page.split("<main")[1].split("</main>")[0]
    assert set(answers(client_for(stranger), passage).values()) == {404}
    assert [name for name, code in answers(client_for(receiver), passage).items() if code == 403] == list(gives)
    passage.refresh_from_db()
    assert passage.state == "more_asked"
    refused = [name for name, code in answers(client_for(giver), passage).items() if code == 403]
    assert refused == ["ask_about_handoff", "accept_handoff"]


def test_offering_keeps_what_is_typed_and_names_what_is_missing(client_for, giver, receiver, passage):
    client = client_for(giver)
    page = client.get(address(passage)).content.decode()
    assert "Until it is accepted, Gina owns the moment" in page
    assert "It is in CRM" in page
    data = {"value-0": "Go live\r\nby May", "value-1": "", "was-value-0": "", "was-value-1": ""}
    answer = client.post(address(passage, "offer_handoff"), data, follow=True)
    assert "Offered to Rosa." in answer.content.decode()
    passage.refresh_from_db()
    assert (passage.state, passage.items[0]["value"]) == ("offered", "Go live\nby May")
    seen = client_for(receiver).get(address(passage)).content.decode()
    assert "1 of 2 is missing: Known risks" in seen
    assert "Until it is accepted, Gina owns the moment" in seen
    client_for(receiver).post(address(passage, "accept_handoff"), {"text": "Fine"})
    assert "Rosa owns it since" in client.get(address(passage)).content.decode()


def test_an_editor_acts_for_others_and_is_told_so(client_for, editor, receiver, passage):
    client = client_for(editor)
    assert "You act for Gina here." in client.get(address(passage)).content.decode()
    client.post(address(passage, "offer_handoff"))
    assert "Answer for Rosa" in client.get(address(passage)).content.decode()
    page = client.post(address(passage, "accept_handoff"), follow=True).content.decode()
    assert "Accepted. Rosa owns the moment now." in page
    assert "Edda accepted it for them" in page
    passage.refresh_from_db()
    assert (passage.holder, passage.accepted_by) == (receiver, editor)


def test_asking_for_more_without_saying_what_is_refused_at_the_field(client_for, owner, receiver, passage):
    passage.offer(by=owner, at=DAY)
    answer = client_for(receiver).post(address(passage, "ask_about_handoff"), {"text": " \t"})
    assert answer.status_code == 422
    assert "Say what is missing" in answer.content.decode()
    passage.refresh_from_db()
    assert passage.state == "offered"


def test_what_somebody_else_wrote_meanwhile_is_shown_and_the_next_save_holds(client_for, owner, giver, passage):
    blank = ("", False)
    passage.fill({0: ("Theirs", False)}, {0: blank}, by=owner, at=DAY)
    client = client_for(giver)
    answer = client.post(address(passage, "fill_handoff"), {"value-0": "Mine", "was-value-0": "", "value-1": "Risky"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Now it is: “Theirs”" in page
    assert ">\nMine</textarea>" in page
    assert ">\nRisky</textarea>" in page
    assert 'name="was-value-0" value="Theirs"' in page
    client.post(address(passage, "fill_handoff"), {"value-0": "Both", "was-value-0": "Theirs", "value-1": "Risky"})
    passage.refresh_from_db()
    assert [one["value"] for one in passage.items] == ["Both", "Risky"]


def test_who_comes_too_late_is_told_so_and_sees_what_they_wrote(client_for, owner, giver, receiver, passage):
    passage.offer(by=owner, at=DAY)
    passage.accept(by=owner, at=DAY)
    given = client_for(giver).post(address(passage, "fill_handoff"), {"value-0": "Too late"})
    asked = client_for(receiver).post(address(passage, "ask_about_handoff"), {"text": "Which risks?"})
    for answer, text in ((given, "Too late"), (asked, "Which risks?")):
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Somebody was quicker" in page
        assert f">{text}</blockquote>" in page
    taken = client_for(giver).post(address(passage, "take_back_handoff"))
    assert "Somebody was quicker" in taken.content.decode()
    assert PassageStep.objects.of(passage).count() == 2


def test_it_says_beforehand_that_accepting_fills_the_role(client_for, owner, editor, giver):
    passage = reached(owner, giver)
    passage.offer(by=giver, at=DAY)
    client = client_for(editor)
    assert (
        f"Nobody fills {CSM} for Contoso. If you accept, you do from today on." in client.get(address(passage)).content.decode()
    )
    client.post(address(passage, "accept_handoff"), {"text": ""})
    filled = Assignment.objects.get(customer=passage.customer, role=role(owner, CSM))
    assert (filled.member, filled.from_on) == (editor, owner.workspace.today(timezone.now()))


def test_the_list_shows_what_is_ones_own_what_is_open_and_what_was_accepted(client_for, owner, giver, receiver, viewer, passage):
    url = reverse("touchpoints:handoffs", args=[owner.workspace.slug])

    def shown(member, show=""):
        return "Contoso" in client_for(member).get(url, {"show": show}).content.decode()

    assert [shown(member) for member in (giver, receiver, viewer, owner)] == [True, True, False, False]
    assert shown(viewer, "open")
    assert not shown(viewer, "accepted")
    passage.offer(by=owner, at=DAY)
    passage.accept(by=owner, at=DAY + timedelta(days=9))
    assert [shown(member) for member in (giver, receiver)] == [False, False]
    assert not shown(viewer, "open")
    page = client_for(viewer).get(url, {"show": "accepted"}).content.decode()
    assert "after 9 days" in page
    assert ">late<" in page


def test_the_lists_take_few_queries_and_turn_pages(client_for, owner, giver, passage, django_assert_max_num_queries):
    rows = []
    for number in range(60):
        passage.pk, passage.id = None, None
        rows.append(
            Passage(
                **{field.attname: getattr(passage, field.attname) for field in Passage._meta.concrete_fields[1:]}
                | {"occurrence": number + 1}
            )
        )
    Passage.objects.bulk_create(rows)
    client = client_for(giver)
    url = reverse("touchpoints:handoffs", args=[owner.workspace.slug])
    with django_assert_max_num_queries(12):
        page = client.get(url, {"give": 4}).content.decode()
    assert "Page 4 of 4" in page
    with django_assert_max_num_queries(8):
        client.get(url, {"show": "open", "page": 2})


def test_the_page_of_a_customer_has_its_open_handoffs(client_for, owner, viewer, passage):
    client = client_for(viewer)
    url = reverse("touchpoints:customer_handoffs", args=[owner.workspace.slug, passage.customer_id])
    page = client.get(reverse("customers:customer", args=[owner.workspace.slug, passage.customer_id])).content.decode()
    assert f'hx-get="{url}"' in page
    shown = client.get(url).content.decode()
    assert "</span> Gina, who owns the moment<br>" in shown
    assert "</span> Rosa" in shown
    passage.offer(by=owner, at=DAY)
    passage.accept(by=owner, at=DAY)
    assert client.get(url).content.decode().strip() == ""
