"""The sample client, docs/mirror.py, keeps two workspaces in step while people draw in both: what is lost is told."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone

from journeys.breaking_down import break_down
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Segment, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.names import segment_named
from journeys.replacing import document_of
from tests.api.conftest import token_of
from tests.serving import Web
from tests.touchpoints.sheets import published

pytestmark = pytest.mark.django_db(transaction=True)
CLIENT = Path(__file__).resolve().parents[2] / "docs" / "mirror.py"
spec = importlib.util.spec_from_file_location("mirror", CLIENT)
mirror = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mirror)
EDITS, ROUNDS = 500, 25


@pytest.fixture
def web(tmp_path):
    (tmp_path / "web").mkdir()
    running = Web(tmp_path / "web", API_RATE="1000000")
    yield running
    running.stop()


class Side:
    """A workspace, somebody who draws in it, and the client that mirrors it."""

    def __init__(self, member, web, folder, random):
        self.member, self.random, self.count = member, random, Counter()
        self.mirror = mirror.Mirror(web.url, token_of(member), folder)
        self.surprises, self.typed = [], []

    def documents(self):
        """External id -> document, as the mirror's source has it."""
        found, workspace = {}, self.member.workspace_id
        for journey in Journey.objects.visible_to(self.member).called_by("mirror"):
            found[journey.external_id] = plain(document_of(journey, workspace, "mirror"))
        return found

    def edit(self):
        """One random act, as a page would do it. Returns whether it was possible."""
        journeys = list(Journey.objects.filter(segment__workspace=self.member.workspace).order_by("id"))
        journey = self.random.choice(journeys)
        act = self.random.choice(ACTS)
        try:
            act(self, journey, {"by": self.member, "at": timezone.now()})
        except (ActRefused, IndexError):
            return False
        self.count[act.__name__] += 1
        return True

    def any(self, model, journey, **more):
        return self.random.choice(list(model.objects.filter(journey=journey, **more).order_by("id")))

    def words(self):
        return f"{self.member.user.name} {self.random.randrange(10**9)}"

    def place(self, journey):
        return self.any(Stage, journey), self.any(Lane, journey), self.random.randrange(4)

    def surprise(self):
        """Somebody draws while the client is at it."""
        journey = Journey.objects.filter(segment__workspace=self.member.workspace).order_by("id")[0]
        title = self.words()
        Touchpoint.catch(journey, title, *self.place(journey), by=self.member, at=timezone.now())
        self.surprises.append(title)

    def type_into_a_file(self):
        """Somebody edits a file while the client is at it."""
        file = self.random.choice(sorted(self.mirror.folder.glob("*.json")))
        document = json.loads(file.read_text())
        if document["touchpoints"]:
            self.random.choice(document["touchpoints"])["title"] = title = self.words()
            file.write_text(json.dumps(document))
            self.typed.append(title)


def catch(side, journey, how):
    Touchpoint.catch(journey, side.words(), *side.place(journey), **how)


def retitle(side, journey, how):
    side.any(Touchpoint, journey).edit({"title": side.words()}, **how)


def note(side, journey, how):
    side.any(Touchpoint, journey).edit({"notes": side.words(), "effort_min": side.random.randrange(100)}, **how)


def move(side, journey, how):
    side.any(Touchpoint, journey).move_to(*side.place(journey), **how)


def remove(side, journey, how):
    side.any(Touchpoint, journey).remove(**how)


def feel(side, journey, how):
    stage, _, slot = side.place(journey)
    Emotion.place(journey, side.words(), stage, slot, side.random.choice([-2, 1]), **how)


def feel_otherwise(side, journey, how):
    side.any(Emotion, journey).edit({"why": side.words()}, **how)


def join(side, journey, how):
    Connector.join(side.any(Touchpoint, journey), side.any(Touchpoint, journey), side.random.choice(Connector.Kind.values), **how)


def part(side, journey, how):
    side.any(Connector, journey).remove(**how)


def hand_over(side, journey, how):
    role = side.random.choice(list(side.member.workspace.roles.order_by("name")))
    Handoff.draw(side.any(Touchpoint, journey), role, **how)


def rename_stage(side, journey, how):
    side.any(Stage, journey).rename(side.words(), **how)


def add_stage(side, journey, how):
    Stage.add(journey, side.words(), before=side.random.choice([None, side.any(Stage, journey)]), **how)


def move_stage(side, journey, how):
    side.any(Stage, journey).move_before(side.any(Stage, journey), **how)


def remove_stage(side, journey, how):
    if Stage.objects.filter(journey=journey).count() > 3:
        side.any(Stage, journey).remove(**how)


def add_lane(side, journey, how):
    Lane.add(journey, side.words(), **how)


def remove_lane(side, journey, how):
    side.any(Lane, journey, kind="role").remove(**how)


def rename_map(side, journey, how):
    journey.rename(side.words(), **how)


def move_map(side, journey, how):
    name = side.random.choice(["Enterprise", "Their own", f"Segment {side.random.randrange(4)}"])
    journey.edit({"segment_id": segment_named(side.member.workspace, name, at=how["at"]).pk}, **how)


def look_closer(side, journey, how):
    if Journey.objects.filter(segment__workspace=side.member.workspace).count() < 6:
        break_down(side.any(Touchpoint, journey), **how)


def begin(side, journey, how):
    if Journey.objects.filter(segment__workspace=side.member.workspace).count() < 6:
        Journey.objects.begin(journey.segment, side.words(), **how)


ACTS = [
    *[catch] * 4, *[retitle] * 6, *[note] * 6, *[move] * 6, *[remove] * 2, *[feel, feel_otherwise] * 2, *[join] * 4, part,
    hand_over, *[rename_stage] * 2, add_stage, *[move_stage] * 2, remove_stage, add_lane, remove_lane, look_closer, begin,
    rename_map, move_map,
]  # fmt: skip


def plain(document):
    lists = {key: {row["id"]: row for row in document[key]} for key in mirror.LISTS}
    order = {f"order of {key}": [row["id"] for row in document[key]] for key in mirror.ORDERED}
    return {"journey": {"": {"id": "", **document["journey"]}}, **lists, **order}


def changes(before, after):
    """What has been changed between two states of a map: (list, id, field) -> value; field "" for a row that came or went."""
    for key, rows in after.items():
        if key.startswith("order"):
            continue
        was = before.get(key, {})
        for id in {**was, **rows}:
            if id not in was or id not in rows:
                yield (key, id, ""), rows.get(id)
            else:
                names = {**was[id], **rows[id]}
                yield from (((key, id, f), rows[id].get(f)) for f in names if was[id].get(f) != rows[id].get(f))


def unaccounted(before, side, now, told):
    """What somebody has changed that is neither in the map now nor told of. `told`: the conflicts of this map."""
    kept = {(one["id"] or "", one.get("field", "")) for one in told if "id" in one}
    for (key, id, field), value in changes(before, side):
        there = now[key].get(id)
        if field:
            if (there and there.get(field) == value) or {(id, field), (id, "")} & kept:
                continue
            yield key, id, field, value
        elif there == value or (id, "") in kept:
            continue
        else:
            yield key, id, "came" if value else "went", value
    for key in mirror.ORDERED:
        name = f"order of {key}"
        common = set(before.get(name, [])) & set(side[name]) & set(now[name])
        was, mine, is_now = ([id for id in order if id in common] for order in (before.get(name, []), side[name], now[name]))
        if was != mine != is_now and not any(one["what"] == "order" for one in told):
            yield name, mine, is_now


def step(ours, theirs):
    """Mirror both until nothing moves. Returns what was told."""
    told = []
    for _ in range(6):
        told += ours.mirror.sync() + theirs.mirror.sync()
        if ours.documents() == theirs.documents():
            return told
    raise AssertionError("They do not come into step.")


def test_two_workspaces_stay_in_step_through_random_edits_on_both_sides(web, owner, stranger, tmp_path):
    random = Random(7)
    published("five-stages", owner)
    Segment.objects.make(stranger.workspace, "Their own", at=timezone.now())
    folder = tmp_path / "maps"
    ours, theirs = (Side(member, web, folder, random) for member in (owner, stranger))
    assert step(ours, theirs) == []
    edits, conflicts = 0, []
    for _ in range(ROUNDS):
        before = ours.documents()
        wanted = edits + EDITS / ROUNDS
        while edits < wanted:
            edits += random.choice((ours, theirs)).edit()
        drawn = [side.documents() for side in (ours, theirs)]
        if random.random() < 0.3:
            disturb(random.choice((ours, theirs)))
        told = step(ours, theirs)
        conflicts += told
        now = ours.documents()
        for documents in drawn:
            for id, document in documents.items():
                of_this = [one for one in told if one["map"] == id]
                missing = list(unaccounted(before.get(id, {}), document, now[id], of_this))
                assert not missing, (id, missing, of_this)
        titles = {card["title"] for document in now.values() for card in document["touchpoints"].values()}
        assert titles.issuperset(ours.surprises + theirs.surprises)
        wanted_by = {title for side in (ours, theirs) for title in side.typed}
        assert wanted_by <= titles | set(titles_in(told))
        for side in (ours, theirs):
            side.surprises.clear(), side.typed.clear()
    assert edits == EDITS
    done = ours.count + theirs.count
    assert set(done) == {act.__name__ for act in ACTS}, "Some act was never possible."
    assert {"field", "kept"} <= {one["what"] for one in conflicts}
    assert [json.loads(line) for line in (folder / "conflicts.jsonl").read_text().splitlines()] == conflicts
    # Once more: nothing is left to do, and nothing is done.
    revisions = list(Journey.objects.order_by("id").values_list("revision", flat=True))
    assert ours.mirror.sync() + theirs.mirror.sync() == []
    assert list(Journey.objects.order_by("id").values_list("revision", flat=True)) == revisions


def disturb(side):
    """Let somebody draw and somebody type between the client's reading and its putting back, once."""
    ask = side.mirror.ask

    def disturbed(method, *args, **more):
        if method == "PUT":
            side.mirror.ask = ask
            side.surprise()
            side.type_into_a_file()
        return ask(method, *args, **more)

    side.mirror.ask = disturbed


def titles_in(told):
    """The titles that the folder wanted and that were told of."""
    for one in told:
        mine = one.get("mine")
        yield mine if one.get("field") == "title" else mine.get("title") if isinstance(mine, dict) else None


def test_what_one_map_cannot_have_stops_no_other(web, owner, tmp_path):
    published("five-stages", owner)
    one = mirror.Mirror(web.url, token_of(owner), tmp_path / "maps")
    assert one.sync() == []
    (file,) = (tmp_path / "maps").glob("*.json")
    (file.parent / "0.json").write_text("{ no JSON")
    document = json.loads(file.read_text())
    document["journey"]["title"] = "Typed into the file"
    file.write_text(json.dumps(document))
    (told,) = one.sync()
    assert (told["map"], told["what"]) == ("0", "failed")
    assert Journey.objects.get(segment__workspace=owner.workspace).title == "Typed into the file"


def test_a_file_made_by_hand_leaves_out_what_it_likes_and_what_is_wrong_is_told_in_few_words(web, owner, tmp_path):
    published("five-stages", owner)
    one = mirror.Mirror(web.url, token_of(owner), tmp_path)
    assert one.sync() == []
    (there,) = tmp_path.glob("*.json")
    drawn = json.loads(there.read_text())
    own = {"format": "touchline-journey", "version": 1, "journey": {"title": "By hand", "segment": "Enterprise"}}
    own["lanes"] = [{"id": "us", "name": "Customer", "kind": "customer"}, {"id": "out", "name": "Outside", "kind": "outside"}]
    (tmp_path / "1.json").write_text(json.dumps(own))
    there.write_text(json.dumps({"journey": drawn["journey"] | {"title": "Shorter"}}))
    assert one.sync() == []
    assert json.loads((tmp_path / "1.json").read_text())["stages"] == []
    assert json.loads(there.read_text()) == drawn | {"journey": drawn["journey"] | {"title": "Shorter"}}
    # A card without an id, and one on no stage.
    card = {"lane": "nowhere", "stage": "nowhere", "slot": 0, "title": "Typed " * 15}
    (tmp_path / "2.json").write_text(json.dumps(own | {"touchpoints": [card]}))
    there.write_text(json.dumps(drawn | {"touchpoints": [*drawn["touchpoints"], card | {"id": "new"}]}))
    told = {one["map"]: one for one in one.sync()}
    assert set(told) == {"2", there.stem}
    assert "“id” of each row of “touchpoints”" in told["2"]["why"]
    assert told[there.stem]["type"] == "urn:touchline:problem:invalid"
    assert "nowhere" in told[there.stem]["detail"]
    assert len(json.dumps(told[there.stem])) < 500
    assert "Typed" in there.read_text()


def test_the_client_says_how_it_is_called(web, owner, tmp_path):
    def call(*arguments, **environment):
        command = [sys.executable, str(CLIENT), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    for run in (call(), call(web.url, str(tmp_path)), call(web.url, TOUCHLINE_TOKEN="tl_")):
        assert run.returncode == 1
        assert run.stderr.strip() == mirror.__doc__.strip()
    assert call(web.url, str(tmp_path), TOUCHLINE_TOKEN=token_of(owner)).returncode == 0
    for url, why in ((web.url, "401"), ("http://127.0.0.1:9", "refused")):
        run = call(url, str(tmp_path), TOUCHLINE_TOKEN="tl_mistyped")
        assert run.returncode == 1
        assert run.stderr.startswith("Check the address and the token: ")
        assert why in run.stderr
        assert len(run.stderr.splitlines()) == 1
    assert len(CLIENT.read_text().splitlines()) < 150
