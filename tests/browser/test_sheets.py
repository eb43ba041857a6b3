"""A map leaves as a sheet, is edited there, and comes back."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from journeys.models import Change, SheetImport
from journeys.tasks import apply_import, read_import


def dropped(page, text):
    transfer = page.evaluate_handle(
        """(text) => { const data = new DataTransfer();
            data.items.add(new File([text], 'edited.csv', { type: 'text/csv' })); return data; }""",
        text,
    )
    for event in ("dragover", "drop"):
        page.dispatch_event("#map", event, {"dataTransfer": transfer})
    page.wait_for_url(re.compile("/imports/"))


def test_a_title_edited_in_the_csv_of_a_map_is_the_one_thing_that_changes(visit, owner, five_stages):
    page = visit(owner, f"/w/{owner.workspace.slug}/journeys/{five_stages.pk}/", width=1440, height=900)
    page.get_by_label("More", exact=True).click()
    with page.expect_download() as found:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert found.value.suggested_filename == "Enterprise journey - Enterprise.csv"
    text = Path(found.value.path()).read_text("utf-8-sig")
    dropped(page, text.replace(",Discovery call,Someone", ",First call,Someone"))
    made = SheetImport.objects.get()
    assert made.title == five_stages.title
    read_import(str(made.pk))  # what the worker does
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_role("progressbar", name="Progress of the import")).to_be_visible()
    apply_import(str(made.pk))
    page.get_by_role("link", name="Open the map").click()
    expect(page.get_by_role("gridcell", name=re.compile("^First call, touchpoint"))).to_have_count(1)
    change = Change.objects.of(five_stages).since(five_stages.revision).get()
    assert [(patch["kind"], patch["after"]) for patch in change.patches] == [("touchpoint", {"title": "First call"})]
