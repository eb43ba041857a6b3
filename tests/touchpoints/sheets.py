"""The sheets of ../shared/samples, as they are on every customer's way: imported, published, travelled."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from customers.models import Customer, Enrolment
from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.publishing import publish
from journeys.sheets import read_sheet

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
#: a Monday
START = date(2026, 11, 30)


def published(name: str, member):
    """(the journey, its first version) of the sheet of that name."""
    segment = Segment.objects.make(member.workspace, name, at=NOW)
    sheet = read_sheet((Path(FOLDER) / f"{name}.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, name, name=name, by=member, at=NOW)
    return journey, publish(journey, "", by=member, at=NOW)


def customer(member, segment, name="Contoso", **fields):
    return Customer.objects.add(member.workspace, name, segment, by=member, at=NOW, **fields)


def enrolled(version, member, start=START, **fields):
    return Enrolment.objects.enrol(customer(member, version.journey.segment, **fields), version, start, by=member, at=NOW)
