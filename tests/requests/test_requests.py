"""A request is logged, handed on, kept, done and opened again: who may, who is told, and who comes too late."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Access, Notice
from customers.models import Activity, Assignment, Contact, Request
from customers.models.request import PassedOn
from tests.conftest import join
from tests.touchpoints.handoffs import AE, CSM, role, travelling
from tests.touchpoints.sheets import NOW, customer

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture
def rosa(workspace):
    return join(workspace, "Rosa", Access.CONTRIBUTOR)


@pytest.fixture
def contoso(owner, rosa):
    """Travels a map on which the account executive owns "Sales handoff"; Rosa is theirs."""
    return travelling(owner, giver=rosa).customer


def address(name, workspace, *args):
    return reverse(f"touchpoints:{name}", args=[workspace.slug, *args])


def logged(contoso, member, text="Who does the sales handoff with us?"):
    return Request.objects.log(contoso, text, by=member, on=TODAY, at=NOW)


def acts(client, found, **data):
    names = ("keep_request", "hand_on_request", "finish_request", "reopen_request")
    return {name: client.post(address(name, found.workspace, found.pk), data).status_code for name in names}


def test_logged_with_two_fields_the_map_says_whose_it_is_why_and_who_that_is(client_for, contributor, contoso, owner):
    Contact.objects.add(contoso, name="Priya Rao", job="", email="", phone="", by=owner, at=NOW)
    client = client_for(contributor)
    data = {"q": "contoso", "text": "When is the sales handoff?\r\nWe wait."}
    page = client.post(address("log_request", contributor.workspace), data, follow=True).content.decode()
    found = Request.objects.get()
    assert (found.customer, found.logged_by, found.holder, found.state) == (contoso, contributor, contributor, "new")
    assert "Account executive owns “Sales handoff” on First days; the request speaks of “sales” and “handoff”." in page
    assert f'<option value="{Assignment.objects.get().member_id}" selected>Rosa</option>' in page
    assert "Hello Priya Rao," in page
    assert "&gt; When is the sales handoff?\n&gt; We wait." in page
    assert "passed this on to Rosa, our Account executive, who takes care of this at Northwind" in page
    assert "Rosa will come back to you" in page
    assert Activity.objects.of(contoso).latest_first()[0].text == "asked Carl: When is the sales handoff? We wait."


def test_who_gets_it_is_told_and_sees_it_and_who_handed_it_on_sees_what_became_of_it(client_for, contributor, rosa, contoso):
    found = logged(contoso, contributor)
    ae = role(contributor, AE)
    data = {"to": rosa.pk, "role": ae.pk, "note": "They are in a hurry", "was": contributor.pk}
    client, hers = client_for(contributor), client_for(rosa)
    client.post(address("hand_on_request", found.workspace, found.pk), data)
    found.refresh_from_db()
    assert (found.holder, found.role, found.state) == (rosa, ae, "open")
    notice = Notice.objects.of(rosa).get()
    assert (notice.text, notice.excerpt) == (
        "Contoso asked for something that is yours: Carl handed it on", "They are in a hurry",
    )  # fmt: skip
    assert notice.url == address("customer_request", found.workspace, found.pk)
    lists = address("requests", found.workspace)
    assert str(found) in hers.get(lists).content.decode().split("Handed on by you")[0]
    assert str(found) in client.get(lists).content.decode().split("Handed on by you")[1]
    assert "Hand it on" not in client.get(notice.url).content.decode()
    done = {"outcome": "Settled on Monday", "was": rosa.pk}
    assert (
        "Settled on Monday" in hers.post(address("finish_request", found.workspace, found.pk), done, follow=True).content.decode()
    )
    told = Notice.objects.of(contributor).get()
    assert (told.text, told.excerpt) == ("Done: what Contoso asked for, which you handed on", "Settled on Monday")
    assert str(found) not in client.get(lists).content.decode()
    assert "Settled on Monday" in client.get(lists, {"state": "done"}).content.decode().split("Handed on by you")[1]


def test_it_may_be_mine_after_all_and_what_is_done_can_be_opened_again(client_for, contributor, contoso):
    found = logged(contoso, contributor)
    client = client_for(contributor)
    client.post(address("keep_request", found.workspace, found.pk), {"was": contributor.pk})
    found.refresh_from_db()
    assert (found.holder, found.role, found.state) == (contributor, None, "open")
    client.post(address("finish_request", found.workspace, found.pk), {"outcome": ""})
    found.refresh_from_db()
    assert (found.state, found.done_on is not None) == ("done", True)
    client.post(address("reopen_request", found.workspace, found.pk))
    found.refresh_from_db()
    assert (found.state, found.done_on) == ("open", None)
    told = [one.text for one in Activity.objects.of(contoso).latest_first()[:3]]
    assert told == [f"opened again: {found}", f"done: {found}", f"asked Carl: {found}"]
    assert not Notice.objects.exists()


def test_who_comes_too_late_changes_nothing_and_sees_what_they_wrote(client_for, owner, contributor, rosa, contoso):
    found = logged(contoso, contributor)
    found.hand_on(rosa, url="/", by=contributor, at=NOW)
    answer = client_for(owner).post(
        address("hand_on_request", found.workspace, found.pk), {"to": owner.pk, "was": contributor.pk, "note": "Urgent"}
    )
    assert answer.status_code == 422
    assert "it is with Rosa by now" in answer.content.decode()
    assert ">Urgent</blockquote>" in answer.content.decode()
    found.refresh_from_db()
    assert found.holder == rosa
    found.finish("", TODAY, url="/", by=rosa, at=NOW)
    for act in (
        lambda: found.finish("", TODAY, url="/", by=rosa, at=NOW),
        lambda: found.keep(by=rosa, at=NOW),
        lambda: found.hand_on(owner, url="/", by=rosa, at=NOW),
    ):
        with pytest.raises(PassedOn, match="done already"):
            act()
    found.reopen(by=rosa, at=NOW)
    with pytest.raises(PassedOn, match="open already"):
        found.reopen(by=rosa, at=NOW)


def test_only_who_has_it_and_editors_move_it(client_for, owner, editor, contributor, rosa, viewer, stranger, contoso):
    found = logged(contoso, contributor)
    for member in (rosa, viewer):
        assert set(acts(client_for(member), found).values()) == {403}
        assert (
            "<button"
            not in client_for(member)
            .get(address("customer_request", found.workspace, found.pk))
            .content.decode()
            .split("<main")[1]
            .split("</main>")[0]
        )
    assert set(acts(client_for(stranger), found).values()) == {404}
    assert acts(client_for(editor), found) == {
        "keep_request": 302, "hand_on_request": 422, "finish_request": 302, "reopen_request": 302,
    }  # fmt: skip


def test_another_role_may_be_chosen_and_where_nobody_fills_it_who_looks_after_the_customer_is_proposed(
    client_for, owner, contributor, contoso
):
    found = logged(contoso, contributor)
    url = address("customer_request", found.workspace, found.pk)
    page = client_for(contributor).get(url, {"role": role(owner, CSM).pk}).content.decode()
    assert "Nobody fills Customer success manager for Contoso. Nobody looks after it either: choose a colleague." in page
    assert "on to our Customer success manager, who takes care of this" in page
    contoso.edit({"owner_id": owner.pk}, by=owner, at=NOW)
    page = client_for(contributor).get(url, {"role": role(owner, CSM).pk}).content.decode()
    assert "Olga looks after it, and is proposed." in page
    assert f'<option value="{owner.pk}" selected>Olga</option>' in page
    assert client_for(contributor).get(url, {"role": "nonsense"}).status_code == 200


def test_who_has_left_fills_no_role(client_for, owner, contributor, rosa, contoso):
    found = logged(contoso, contributor)
    rosa.remove(by=owner, at=NOW)
    page = client_for(contributor).get(address("customer_request", found.workspace, found.pk)).content.decode()
    assert "Nobody fills Account executive for Contoso" in page


def test_a_customer_on_no_journey_is_asked_about_on_its_segments_map(client_for, owner, contributor, contoso):
    other = customer(owner, contoso.segment, "Fabrikam")
    found = logged(other, contributor, "The kick-off, when is it?")
    page = client_for(contributor).get(address("customer_request", found.workspace, found.pk)).content.decode()
    assert "owns “Kick-off” on First days" in page


def test_a_customer_is_found_while_one_types_and_several_are_asked_about(client_for, owner, contributor, stranger, contoso):
    for name in ("Contoso Bank", "Contoso Rail"):
        customer(owner, contoso.segment, name)
    client = client_for(contributor)
    typed = client.get(address("request_customers", contributor.workspace), {"q": "conto"}).content.decode()
    assert [name in typed for name in ("Contoso Bank", "Contoso Rail", "checked")] == [True, True, False]
    assert "checked" in client.get(address("request_customers", contributor.workspace), {"q": "rail"}).content.decode()
    log = address("log_request", contributor.workspace)
    answer = client.post(log, {"q": "conto", "text": "The bill"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Which one of these?" in page
    assert ">\nThe bill</textarea>" in page
    assert 'value="conto"' in page
    assert "No customer is called that" in client.post(log, {"q": "Nobody", "text": "x"}).content.decode()
    assert "Which customer?" in client.post(log, {"q": "", "text": "x"}).content.decode()
    client.post(log, {"q": "Contoso", "text": "The bill"})  # called exactly so
    assert Request.objects.get().customer == contoso
    theirs = client_for(stranger).post(address("log_request", stranger.workspace), {"customer": contoso.pk, "text": "x"})
    assert theirs.status_code == 422
    assert "Contoso" not in theirs.content.decode()
    prefilled = client.get(address("requests", contributor.workspace), {"customer": contoso.pk}).content.decode()
    assert f'value="{contoso.pk}" checked' in prefilled


def test_the_lists_take_few_queries_and_turn_pages(client_for, editor, contributor, rosa, contoso, django_assert_max_num_queries):
    for number in range(55):
        found = logged(contoso, contributor, f"Number {number}")
        if number % 2:
            found.hand_on(rosa, url="/", by=contributor, at=NOW)
    url = address("requests", contributor.workspace)
    client, editors = client_for(contributor), client_for(editor)
    with django_assert_max_num_queries(10):
        page = client.get(url, {"handed": 2}).content.decode()
    assert page.count("Page 2 of 2") == 1
    with django_assert_max_num_queries(8):
        page = editors.get(url, {"show": "team", "page": 2}).content.decode()
    assert page.count("Number ") == 5
