"""Nothing is missing in the built-in journey templates: whoever begins with one begins with a hundred points."""

import json

import pytest

from accounts.ids import id_text
from journeys.gaps import find_gaps
from journeys.portable import named_in
from journeys.unpacking import to_document
from tests.journeys.test_journey_templates_content import FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_built_in_template_has_no_gap(file):
    told = json.loads(file.read_text())
    roles, playbooks = ({name.casefold(): id_text() for name in names} for names in named_in(told))
    document = to_document(told, roles, playbooks, id_text)
    report = find_gaps(document, {id: name for name, id in roles.items()})
    assert [gap.text for gap in report.gaps] == []
    assert report.set_aside == ()
    assert report.points == 100


def test_there_are_six_of_them():
    assert len(FILES) >= 6
