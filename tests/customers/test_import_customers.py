"""Customers from a sheet: what goes in, what is said of what does not, and that reading it twice does nothing twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from customers.facts import travel_changed
from customers.import_values import day, money
from customers.importing import import_customers
from customers.models import Activity, Assignment, Contact, Customer, CustomerImport, Enrolment, Health
from customers.tasks import apply_customer_import, read_customer_import, sweep_customer_imports
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.sheets import read_sheet

pytestmark = pytest.mark.django_db

FULL = """Account ID,Account name,Segment,Owner,Renewal date,ARR,Health,Notes,Contact,contact_email,contact_job,Support,Colour
a-1,Acme,Enterprise,edda@example.com,31.12.2026,"1.234,50",at risk,Old friend,Ada,ada@acme.test,CTO,Edda,blue
a-2,Bolt,enterprise,Edda,2027-01-15,"1,234.50",green,,,,,,red
"""


@pytest.fixture
def enterprise(workspace) -> Segment:
    return Segment.objects.make(workspace, "Enterprise", at=timezone.now())


@pytest.fixture
def support(workspace) -> Role:
    return workspace.roles.filter(name="Support").first() or Role.objects.add(workspace, "Support")


def upload(text, by, segment=None) -> CustomerImport:
    content = text if isinstance(text, bytes) else text.encode()
    return CustomerImport.objects.upload(segment, "crm.csv", content, by=by, at=timezone.now())


def preview(text, by, segment=None) -> CustomerImport:
    found = upload(text, by, segment)
    read_customer_import(str(found.pk))
    found.refresh_from_db()
    return found


def bring_in(text, by, segment=None) -> CustomerImport:
    found = preview(text, by, segment)
    assert found.confirm(at=timezone.now())
    apply_customer_import(str(found.pk))
    found.refresh_from_db()
    return found


def results(found):
    return [(row[2], row[3]) for row in found.preview["rows"]]


def test_a_preview_changes_nothing_and_names_the_columns_that_mean_nothing(enterprise, support, editor):
    found = preview(FULL, editor)
    assert found.state == "previewed"
    assert found.preview["counts"] == {"new": 2}
    assert found.preview["ignored"] == ["Colour"]
    assert not Customer.objects.exists()


def test_everything_that_a_row_says_goes_in(enterprise, support, editor):
    found = bring_in(FULL, editor)
    assert found.state == "done"
    acme, bolt = Customer.objects.in_order()
    assert (acme.external_id, acme.segment, acme.owner, acme.renewal_on) == ("a-1", enterprise, editor, date(2026, 12, 31))
    assert (acme.value, acme.health, acme.notes) == (Decimal("1234.50"), Health.RISK, "Old friend")
    assert (bolt.value, bolt.health) == (Decimal("1234.50"), Health.GOOD)
    assert Assignment.objects.get().member == editor
    assert Assignment.objects.get().role == support
    assert (Contact.objects.get().name, Contact.objects.get().job) == ("Ada", "CTO")
    assert Activity.objects.of(acme).get().text == "imported from crm.csv"


def test_the_same_file_again_changes_nothing_and_says_so(enterprise, support, editor, client_for):
    bring_in(FULL, editor)
    again = preview(FULL, editor)
    assert again.preview["counts"] == {"unchanged": 2}
    page = client_for(editor).get(reverse("customers:customer_import", args=[editor.workspace.slug, again.pk]))
    assert "The customers say all of this already." in page.content.decode()


def test_only_the_cells_that_hold_something_change_a_customer(enterprise, support, editor):
    bring_in(FULL, editor)
    found = bring_in("external_id,name,health,owner\na-1,,good,\na-2,Bolt & Co,,\n", editor)
    assert results(found) == [("updated", "health"), ("updated", "name")]
    acme = Customer.objects.get(external_id="a-1")
    assert (acme.name, acme.health, acme.owner, acme.value) == ("Acme", Health.GOOD, editor, Decimal("1234.50"))
    told = Activity.objects.of(acme).latest_first().first()
    assert (told.before, told.after) == ({"health": 1}, {"health": 3})


BAD = """name,external_id,segment,owner,renewal_on,value,health,contact_email
Good,1,Enterprise,,,,,
Twice,1,Enterprise,,,,,
Nowhere,2,Moon,,,,,
Whose,3,Enterprise,nobody@x.test,,,,
When,4,Enterprise,,03/04/2027,,,
Much,5,Enterprise,,,"1,234",,
How,6,Enterprise,,,,fine,
Mail,7,Enterprise,,,,,not-mail
Nameless,,Enterprise,,,,,
nameless,,Enterprise,,,,,
,8,Enterprise,,,,,
None,9,,,,,,
"""


def test_each_bad_row_says_why_and_the_good_ones_go_in(enterprise, editor, client_for):
    found = bring_in(BAD, editor)
    assert found.preview["counts"] == {"new": 2, "bad": 10}
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Good", "Nameless"]
    said = client_for(editor).get(reverse("customers:customer_import_problems", args=[editor.workspace.slug, found.pk]))
    lines = said.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 11
    for reason in (
        "row 2 has 1 already", "there is none called Moon", "nobody here is called nobody@x.test", "may be two dates",
        "a thousand or a fraction", "fine is not known", "is no e-mail address", "row 10 is called nameless too",
        "name: it is empty", "no segment was chosen",
    ):  # fmt: skip
        assert sum(reason in line for line in lines) == 1, reason


def test_a_mended_problem_sheet_goes_in(enterprise, editor):
    found = preview("name,external_id,segment\n-Moon,2,Moon\n", editor)
    assert b"'-Moon" in bytes(found.problems)
    mended = bytes(found.problems).replace(b",Moon", b",Enterprise")
    assert bring_in(mended, editor).preview["counts"] == {"new": 1}
    assert Customer.objects.get().name == "-Moon"


def test_a_row_without_an_id_does_not_double_a_customer(enterprise, editor):
    bring_in("name\nAcme\n", editor, enterprise)
    again = preview("name\nACME\n", editor, enterprise)
    assert results(again) == [("bad", "external_id: it is empty, and there is a customer called ACME already.")]


def test_a_new_colleague_in_a_role_begins_today(enterprise, support, editor, owner):
    bring_in(FULL, editor)
    Assignment.objects.update(from_on=date(2026, 1, 1))
    bring_in("external_id,name,Support\na-1,Acme,olga@example.com\n", editor)
    assert [a.member for a in Assignment.objects.in_order()] == [editor, owner]


def test_travel_is_told_of_renewals_and_roles_that_changed_and_of_nothing_else(enterprise, support, editor):
    bring_in(FULL, editor)
    sheet = read_sheet(b"stage,lane,title\nOnboard,Support,Kickoff\n")
    journey, _, _ = import_sheet(sheet, enterprise, "Map", name="map.csv", by=editor, at=timezone.now())
    version = journey.publish("", by=editor, at=timezone.now())
    ids = [
        Enrolment.objects.enrol(found, version, date(2026, 1, 1), by=editor, at=timezone.now()).pk
        for found in Customer.objects.in_order()
    ]
    told = []
    listen = lambda sender, enrolments, **_: told.append(enrolments)  # noqa: E731
    travel_changed.connect(listen)
    bring_in("external_id,name,renewal_on,health\na-1,Acme,2027-06-30,good\na-2,Bolt,,watch\n", editor)
    travel_changed.disconnect(listen)
    assert told == [ids[:1]]


def test_a_worker_that_died_is_taken_over_and_nothing_is_twice(enterprise, support, editor):
    found = preview(FULL, editor)
    found.confirm(at=timezone.now())
    CustomerImport.objects.claim(found.pk, "confirmed", "applying", at=timezone.now() - timedelta(hours=1))
    CustomerImport.objects.release_dead(at=timezone.now())
    assert list(CustomerImport.objects.waiting(at=timezone.now())) == [found]
    apply_customer_import(str(found.pk))
    apply_customer_import(str(found.pk))
    assert Customer.objects.count() == 2


def test_what_is_no_sheet_is_refused_in_a_sentence(editor):
    for content in (
        b"\xff\xfeA",
        b"PK\x03\x04zip",
        b"a,b\n1,2\n",
        b"name,Account\nA,B\n",
        b'name\n"open',
        b"name\n\xff\n",
        b"\n \n",
    ):
        found = preview(content, editor)
        assert (found.state, bool(found.message)) == ("refused", True), content


def test_a_thousand_rows_take_as_few_questions_as_ten(enterprise, editor, django_assert_max_num_queries):
    found = upload("external_id,name\n" + "".join(f"{n},Customer {n}\n" for n in range(1000)), editor, enterprise)
    with django_assert_max_num_queries(20):
        import_customers(found, at=timezone.now(), write=True)
    assert Customer.objects.count() == 1000


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1234.50", "1234.50"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1,234,567", "1234567"), ("€ 12,5", "12.5"),
     ("1234.567", "1234.57"), ("0", "0")],
)  # fmt: skip
def test_amounts_as_people_write_them(text, amount):
    assert money(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,234", "1.234", "-5", "1e9", "9" * 20, "1,23,4", "NaN", "²"])
def test_amounts_that_say_nothing_or_two_things(text):
    with pytest.raises(ValueError, match=r"write it as|more than"):
        money(text)


@pytest.mark.parametrize("text", ["2026-12-31", "31.12.2026", "12/31/2026", "31/12/2026", "2026-12-31 00:00:00"])
def test_dates_as_people_write_them(text):
    assert day(text) == date(2026, 12, 31)


def test_an_editor_uploads_and_others_do_not(enterprise, editor, contributor, stranger, client_for):
    path = reverse("customers:import_customers", args=[editor.workspace.slug])
    assert "What may stand in it" in client_for(editor).get(path).content.decode()
    assert client_for(contributor).get(path).status_code == 403
    file = SimpleUploadedFile("crm.csv", b"name\nA\n")
    answer = client_for(editor).post(path, {"file": file, "segment": enterprise.pk})
    found = CustomerImport.objects.get()
    assert answer.url == reverse("customers:customer_import", args=[editor.workspace.slug, found.pk])
    assert client_for(stranger).get(answer.url).status_code == 404
    assert client_for(editor).post(path, {}).status_code == 422


def test_the_page_shows_a_page_of_rows_by_what_happens(enterprise, editor, client_for):
    found = preview("name,external_id\n" + "".join(f"C{n},{n}\n" for n in range(60)) + "Bad,0\n", editor, enterprise)
    path = reverse("customers:customer_import", args=[editor.workspace.slug, found.pk])
    client = client_for(editor)
    assert "Page 1 of 2" in client.get(path).content.decode()
    assert client.get(path + "?only=bad").content.decode().count("<tr>") == 2
    assert client.post(path + "apply/").status_code == 302
    sweep_customer_imports()
