"""What must be true of a map and its log when many have drawn on it at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from accounts.models import Role
from journeys.document import Document, apply_patches, empty_document
from journeys.models import Change, Journey
from journeys.reading import read_document
from journeys.rendering import draw, page_parts
from tests.live_editing.deeds import Deed
from tests.live_editing.pictures import Picture, expected
from tests.live_editing.sending import Sent
from tests.live_editing.simulation import REFUSALS, Client, wait_for

#: how an undo or redo says that it has changed nothing
NOTHING = ("Nothing to", "Could not")


def judge(journey: Journey, clients: list[Client], *, may_fail: bool = False) -> str:
    """Raises AssertionError for whatever is not as it must be. Returns what was seen, in a line. `may_fail`: where parts were
    killed a server may say that it cannot answer, as long as it does so when asked again."""
    journey.refresh_from_db()
    pages = [client.page for client in clients]
    wait_for(pages, journey.revision)
    log = list(Change.objects.of(journey).since(0))
    documents = replay(journey, log)
    assert documents[-1] == read_document(journey), "The log does not lead to the map"
    troubles = [trouble for page in pages for trouble in page.troubles]
    assert not troubles, troubles
    failures = [failure for page in pages for failure in page.failures]
    assert may_fail or not failures, failures
    roles = {str(pk): name for pk, name in Role.objects.filter(workspace=journey.segment.workspace_id).values_list("pk", "name")}
    due = expected(page_parts(draw(documents[-1], roles, room=1)))
    for number, page in enumerate(pages):
        assert page.picture == due, f"Page {number} shows {difference(page.picture, due)}"
    done = [one for client in clients for one in client.done]
    ids = Counter(change.act_id for change in log if change.act_id)
    assert all(count == 1 for count in ids.values())
    by_id = {str(change.act_id): change for change in log if change.act_id}
    assert set(by_id) <= {sent.id for _, sent in done}
    refused = 0
    for deed, sent in done:
        refused += judge_act(deed, sent, by_id.get(sent.id), documents)
    return f"{len(log)} changes, {len(done)} acts, {refused} refused"


def replay(journey: Journey, log: list[Change]) -> list[Document]:
    """The map at each revision, from nothing."""
    assert [change.revision for change in log] == list(range(1, journey.revision + 1)), "A gap among the revisions"
    documents = [empty_document(str(journey.pk))]
    # What a map is begun with, and no act has set.
    documents[0]["journey"] = dict(read_document(journey)["journey"])
    for change in reversed(log):
        for patch in reversed(change.patches):
            if patch["kind"] == "journey":
                documents[0]["journey"].update(patch["before"])
    for change in log:
        documents.append(apply_patches(documents[-1], change.patches, change.revision))
    return documents


def judge_act(deed: Deed, sent: Sent, change: Change | None, documents: list[Document]) -> bool:
    """Whether it was refused. What was acknowledged stands in the log, or the map had it already."""
    for answer in sent.answers:
        assert answer.done or answer.status in REFUSALS, f"{answer.status}: {sent}"
        assert answer.done or answer.said.get("message"), f"Refused without a word: {sent}"
        assert "has had this id" not in answer.said.get("message", ""), f"Mistaken for another: {sent}"
    done = [answer for answer in sent.answers if answer.done]
    if change is None:
        for answer in done:
            rests = deed.may_rest or str(answer.said["said"]).startswith(NOTHING)
            assert rests or holds(documents[answer.said["revision"]], deed), f"Acknowledged and not done: {sent}"
        return not done
    assert str(change.by_id) == sent.member
    assert holds(documents[change.revision], deed), f"Done otherwise than asked: {sent}"
    told = [answer.said["revision"] for answer in done]
    if sent.way == "cut" and change.revision not in told:
        # What was cut off may arrive behind what repeats it. The page was told that it could not be done then, and is told of
        # this as of anything else that happens.
        assert not done, f"Done in {change.revision}: {sent}"
        return True
    assert change.revision in told, f"Done in {change.revision}: {sent}"
    if sent.way != "together":
        first = next(n for n, answer in enumerate(sent.answers) if answer.done and answer.said["revision"] == change.revision)
        assert all(answer.done for answer in sent.answers[first:]), f"Done, then refused: {sent}"
    judge_edit(sent, change)
    return False


def judge_edit(sent: Sent, change: Change) -> None:
    """An edit has replaced what its page showed, and nothing that somebody had written meanwhile."""
    for name, was in sent.values.items():
        if name.startswith("was-") and change.kind == Change.Kind.ACT:
            for patch in change.patches:
                if patch["before"] and name[4:] in patch["before"]:
                    before = patch["before"][name[4:]].replace("\r\n", "\n")
                    assert before == was.replace("\r\n", "\n"), f"“{before}” was overwritten unseen: {sent}"


def holds(document: Document, deed: Deed) -> bool:
    """Whether the map says what the deed wanted."""
    for key, id, fields in deed.wants:
        row: Any = document["journey"] if key == "journey" else document[key].get(id)
        if fields is None or row is None:
            if row is not None or fields is not None:
                return False
        elif any(_plain(row[name]) != _plain(value) for name, value in fields.items()):
            return False
    return True


def _plain(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def difference(picture: Picture, due: Picture) -> dict[str, Any]:
    ids = [id for id in {*picture, *due} if picture.get(id) != due.get(id)]
    return {id: (picture.get(id), due.get(id)) for id in ids[:3]}
