"""Import from the page, with a real Celery worker on the real broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.embedded import ROOT
from journeys.demo import FOLDER
from journeys.drawn import kept
from journeys.models import Change, Journey, Segment, SheetImport, Touchpoint
from journeys.reading import read_document
from journeys.rendering import draw
from journeys.tasks import sweep_imports
from tests.journeys.hostile import FILES

pytestmark = pytest.mark.django_db(transaction=True)


def start_worker():
    url = os.environ["DATABASE_URL"].replace("/touchline?", f"/{connection.settings_dict['NAME']}?")
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, start_new_session=True)


@pytest.fixture
def worker():
    process = start_worker()
    yield process
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture
def segment(owner):
    return Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())


def upload(client, segment, content, name="sheet.csv", title="From the page"):
    url = reverse("journeys:import_sheet", args=[segment.workspace.slug])
    return client.post(url, {"segment": segment.pk, "title": title, "file": SimpleUploadedFile(name, content)})


def until(pk, *states, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = SheetImport.objects.get(pk=pk)
        if found.state in states:
            return found
        time.sleep(0.1)
    raise AssertionError(f"it is still {found.state}")


def test_a_sheet_is_previewed_then_goes_in_as_one_change(client_for, owner, segment, worker):
    client = client_for(owner)
    page = upload(client, segment, (FOLDER / "five-stages.csv").read_bytes())["Location"]
    found = until(SheetImport.objects.get().pk, "previewed")
    text = client.get(page).content.decode()
    assert "Nothing has changed yet" in text
    assert "22 new" in text
    assert "Discovery call" in text
    assert not Journey.objects.exists()
    client.post(page + "apply/")
    until(found.pk, "done")
    journey = Journey.objects.get(title="From the page")
    assert Touchpoint.objects.filter(journey=journey).count() == 19
    assert [change.label for change in Change.objects.of(journey).since(1)] == ["imported sheet.csv"]
    roles = {str(role.pk): role.name for role in segment.workspace.roles.all()}
    deadline = time.monotonic() + 10
    while kept(journey, journey.revision, roles, room=1) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert kept(journey, journey.revision, roles, room=1) == draw(read_document(journey), roles, room=1)  # drawn ahead
    again = upload(client, segment, (FOLDER / "five-stages.csv").read_bytes())["Location"]
    until(SheetImport.objects.exclude(pk=found.pk).get().pk, "previewed")
    assert "The map says all of this already" in client.get(again).content.decode()


def test_bad_rows_are_shown_and_can_be_fetched(client_for, owner, segment, worker):
    client = client_for(owner)
    page = upload(client, segment, b"stage,title,emotion\nOne,Good,\nOne,Bad,9\n")["Location"]
    until(SheetImport.objects.get().pk, "previewed")
    text = client.get(page + "?only=bad").content.decode()
    assert "9 is not between -2 and 2" in text
    answer = client.get(page + "problems/")
    assert "attachment" in answer["Content-Disposition"]
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("One,Bad,9,")


def test_a_file_that_is_no_sheet_is_refused_in_a_sentence(client_for, owner, segment, worker):
    client = client_for(owner)
    page = upload(client, segment, b"\x89PNG\x00\x00")["Location"]
    until(SheetImport.objects.get().pk, "refused")
    assert "This is not a sheet" in client.get(page).content.decode()


def test_the_worker_outlives_the_worst_files_and_goes_on_with_the_next(client_for, owner, segment, worker):
    client = client_for(owner)
    for name in ("a part of many megabytes", "200,000 rows in an XLSX", "200,000 rows in a CSV"):
        make, message = FILES[name]
        page = upload(client, segment, make(), "worst.xlsx")["Location"]
        until(SheetImport.objects.latest("id").pk, "refused", seconds=60)
        assert message in client.get(page).content.decode()
    assert worker.poll() is None
    upload(client, segment, b"stage,title\nOne,Two\n")
    until(SheetImport.objects.latest("id").pk, "previewed")
    assert not Journey.objects.exists()


def test_an_import_whose_message_was_lost_is_found_by_the_sweep(owner, segment, worker):
    long_ago = timezone.now() - timedelta(minutes=1)
    made = SheetImport.objects.upload(segment, "Lost", "lost.csv", b"stage,title\nOne,Two\n", by=owner, at=long_ago)
    sweep_imports()
    until(made.pk, "previewed")


def test_an_import_whose_worker_was_killed_is_taken_up_again_and_goes_in_once(owner, segment, worker):
    long_ago = timezone.now() - timedelta(minutes=10)
    made = SheetImport.objects.upload(segment, "Killed", "killed.csv", b"stage,title\nOne,Two\n", by=owner, at=long_ago)
    SheetImport.objects.filter(pk=made.pk).update(state="applying", claimed_at=long_ago)
    sweep_imports()
    sweep_imports()
    until(made.pk, "done")
    assert Touchpoint.objects.filter(journey__title="Killed").count() == 1


def test_what_was_typed_is_kept_when_the_file_is_missing(client_for, owner, segment):
    url = reverse("journeys:import_sheet", args=[segment.workspace.slug])
    answer = client_for(owner).post(url, {"segment": segment.pk, "title": "My map"})
    assert answer.status_code == 422
    assert 'value="My map"' in answer.content.decode()
    assert "This field is required" in answer.content.decode()


def test_an_import_of_another_workspace_does_not_exist(client_for, stranger, owner, segment):
    made = SheetImport.objects.upload(segment, "T", "t.csv", b"stage,title\n", by=owner, at=timezone.now())
    for name in ("import_preview", "import_problems"):
        assert client_for(stranger).get(reverse(f"journeys:{name}", args=[stranger.workspace.slug, made.pk])).status_code == 404
