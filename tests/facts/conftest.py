from __future__ import annotations

import jsonschema_rs
import pytest

from accounts.api.fact_schemas import DATA
from accounts.models import Fact


@pytest.fixture(autouse=True)
def _only_what_the_vocabulary_knows(db):
    """Whatever a test has told says what is promised of its type, and nothing else."""
    yield
    for type, body in Fact.objects.values_list("type", "body"):
        jsonschema_rs.validate(DATA[type], body)
