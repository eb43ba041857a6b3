"""A journey goes out by names and comes back the same."""

import pytest
from django.utils import timezone

from accounts.ids import id_text
from accounts.models import Role
from journeys.demo import FOLDER
from journeys.document import KEYS
from journeys.faults import NotPortable
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.portable import named_in, portable
from journeys.reading import read_document
from journeys.sheets import read_sheet
from journeys.unpacking import to_document
from playbooks.models import Playbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(owner):
    def read():
        roles = {str(pk): name for pk, name in Role.objects.visible_to(owner).values_list("pk", "name")}
        return roles, {str(pk): title for pk, title in Playbook.objects.visible_to(owner).values_list("pk", "title")}

    return read


@pytest.fixture
def document(owner):
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "Enterprise journey", name="x", by=owner, at=timezone.now())
    return read_document(journey)


def turned(names):
    return {name.casefold(): id for id, name in names.items()}


def test_what_went_out_comes_back_the_same_but_for_positions(document, names):
    roles, playbooks = names()
    there = portable(document, roles, playbooks)
    back = to_document(there, turned(roles), turned(playbooks), id_text, keep_ids=True)
    assert portable(back, roles, playbooks) == there
    assert back["touchpoints"] == document["touchpoints"]
    assert back["connectors"] == document["connectors"]
    assert named_in(there)[0] != []


def test_new_ids_keep_what_refers_to_what(document, names):
    roles, playbooks = names()
    back = to_document(portable(document, roles, playbooks), turned(roles), turned(playbooks), id_text)
    assert not set(back["touchpoints"]) & set(document["touchpoints"])
    titles = {id: card["title"] for id, card in back["touchpoints"].items()}
    was = {id: card["title"] for id, card in document["touchpoints"].items()}

    def arrows(of, titled):
        return sorted((titled[row["source_id"]], titled[row["target_id"]]) for row in of["connectors"].values())

    assert arrows(back, titles) == arrows(document, was)


def test_what_was_set_aside_travels_with_what_it_is_about(document, names):
    roles, playbooks = names()
    csm = next(id for id, name in roles.items() if name == "Customer success manager")
    first = {kind: next(iter(document[key])) for kind, key in KEYS.items() if document[key]}
    for number, subject in enumerate([*first.values(), csm, "", id_text()]):
        document["dismissals"][str(number)] = {"rule": "owner", "subject_id": subject, "reason": f"Reason {number}"}
    there = portable(document, roles, playbooks)
    told = [(row["kind"], row["subject"]) for row in there["dismissals"]]
    assert told == [*first.items(), ("role", "Customer success manager"), ("", "")]
    back = to_document(there, turned(roles), turned(playbooks), id_text)
    again = {row["subject_id"] for row in back["dismissals"].values()}
    assert again == {*(next(iter(back[KEYS[kind]])) for kind in first), csm, ""}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([], "not a Touchline journey"),
        ({"format": "touchline-journey", "version": 9}, "version 9"),
        ({"stages": "many"}, "stages: It must be a list"),
        ({"stages": [{"name": "x"}]}, "stages, number 1, id: It is missing"),
        ({"stages": [{"id": "a", "name": "x"}, {"id": "a", "name": "y"}]}, "number 2, id: The id “a” comes twice"),
        ({"stages": [{"id": "a", "name": ""}]}, "stages, number 1, name: It is empty"),
        ({"stages": [{"id": "a", "name": "x", "length_days": "long"}]}, "stages, number 1, length days"),
        ({"stages": [{"id": "a", "name": {"x": 1}, "length_days": [3]}]}, "stages, number 1"),
        (
            {"touchpoints": [{"id": "a", "title": "x", "stage": "b"}]},
            "touchpoints, number 1, stage: There is no stage “b” in this document",
        ),
        ({"touchpoints": [{"id": "a", "title": "x", "stage": 4}]}, "touchpoints, number 1, stage: It is text"),
        ({"dismissals": [{"id": "a", "rule": "x", "reason": "y", "kind": "x"}]}, "dismissals, number 1, kind: It is “role”"),
        (
            {"dismissals": [{"id": "a", "rule": "x", "reason": "y", "kind": "stage", "subject": "b"}]},
            "dismissals, number 1, subject: There is no stage “b” in this document",
        ),
        ({"dismissals": [{"id": "a", "rule": "x", "reason": ""}]}, "dismissals, number 1, reason: It is empty"),
        ({"journey": "x"}, "must hold the title"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(wrong, told):
    data = {"format": "touchline-journey", "version": 1, **wrong} if isinstance(wrong, dict) else wrong
    with pytest.raises(NotPortable) as refused:
        to_document(data, {}, {}, id_text)
    assert told in str(refused.value)
