"""Mirror the maps of a Touchline workspace into a folder of JSON files, and back.

    TOUCHLINE_TOKEN=tl_… python docs/mirror.py https://touchline.example FOLDER   (a token that may write)

A map is FOLDER/<id>.json. Edit the files, or mirror another workspace into the same folder: what both have changed is merged,
field by field. Of a field that both changed the workspace keeps its own; what one deleted and the other changed stays. What the
folder wanted and did not get is printed, and appended to FOLDER/conflicts.jsonl.
"""

import json
import os
import sys
import time
from pathlib import Path

import httpx

# Lists of a document: the first two stand in an order, the last two tie others together.
LISTS = ("stages", "lanes", "touchpoints", "emotions", "dismissals", "connectors", "handoffs")
ORDERED, TIES = LISTS[:2], LISTS[5:]
REFERS = {"stage": "stages", "lane": "lanes"} | dict.fromkeys(("source", "target", "touchpoint", "to_touchpoint"), "touchpoints")
EMPTY = {"journey": {}, **{key: [] for key in LISTS}}


class Mirror:
    def __init__(self, url, token, folder, source="mirror"):
        self.api = httpx.Client(base_url=f"{url.rstrip('/')}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        self.folder, self.maps = Path(folder), f"/journeys/by-external-id/{source}"
        where = self.api.base_url.netloc.decode().replace(":", "-")
        self.seen = self.folder / f".{where}-{self.ask('GET', '/me').json()['workspace']['slug']}"
        self.seen.mkdir(parents=True, exist_ok=True)  # each map as both sides had it last: it tells who has changed what

    def ask(self, method, path, fine=(), **more):
        while (answer := self.api.request(method, path, **more)).status_code == 429:
            time.sleep(int(answer.headers["Retry-After"]))
        return answer if answer.status_code in fine else answer.raise_for_status()

    def sync(self):
        """Let the files and the workspace say the same. Returns what could not be merged, or not be done."""
        self.told, self.left, page = [], {path.stem for path in self.folder.glob("*.json")}, f"{self.maps}?fields=external_id"
        while page:
            found = self.ask("GET", page).json()
            self.left, page = self.left | {one["external_id"] for one in found["results"]}, found["next"]
        while self.left:
            try:
                self.one(id := min(self.left))
            except (AttributeError, httpx.HTTPStatusError, LookupError, RuntimeError, TypeError, ValueError) as trouble:
                self.tell(id, [{"what": "failed", "why": repr(trouble)}])
        return self.told

    def tell(self, id, told):
        self.told += [{"map": id, **one} for one in told]
        with open(self.folder / "conflicts.jsonl", "a") as file:
            file.writelines(json.dumps({"map": id, **one}) + "\n" for one in told)

    def one(self, id):
        self.left.discard(id)
        files = [folder / f"{id}.json" for folder in (self.folder, self.seen)]
        typed, base = (json.loads(file.read_text()) if file.exists() else None for file in files)
        mine, ties, told = typed, True, []
        if nameless := [key for key in LISTS for row in (mine or EMPTY).get(key, ()) if not isinstance(row.get("id"), str)]:
            raise ValueError(f"The file does not say the “id” of each row of “{nameless[0]}”.")
        for child in {card.get("child") for card in (mine or EMPTY).get("touchpoints", ())} & self.left:
            self.one(child)  # what is inside has to be there first
        for _ in range(20):  # others may draw meanwhile
            (theirs, tagged), lost = self.read(id, base or {}), []
            wanted = merge(base or EMPTY, mine, theirs, lost, ties)
            if wanted == theirs:
                now = json.loads(files[0].read_text()) if files[0].exists() else None  # somebody may have typed meanwhile
                files[0].write_text(json.dumps(merge(typed or EMPTY, now, theirs, lost), indent=1))
                files[1].write_text(json.dumps({"tag": tagged["If-Match"], **theirs}))
                return self.tell(id, told + lost)
            put = self.ask("PUT", f"{self.maps}/{id}/document", (409, 412, 422, 428), headers=tagged, json=wanted)
            if put.status_code == 422 and not ties:
                why = {"detail": None, "errors": [], **put.json()}
                where = [error["pointer"] for error in why["errors"]]
                return self.tell(id, [*told, {"what": "refused", "type": why["type"], "detail": why["detail"], "where": where}])
            ties = ties and put.status_code != 422
            if put.is_success:  # now see what they make of it
                told, mine, base = told + lost, wanted, wanted
        raise RuntimeError("It does not come to rest: others draw on it.")

    def read(self, id, base):
        answer = self.ask("GET", f"{self.maps}/{id}/document", (304, 404), headers={"If-None-Match": base.get("tag", "none")})
        document = base if answer.status_code == 304 else answer.json() if answer.is_success else {}
        lists = {key: sorted(document[key], key=lambda row: row["id"]) for key in LISTS if key in document and key not in ORDERED}
        own = {name: value for name, value in document.items() if name not in ("id", "revision", "tag")}
        return own | lists or None, {"If-Match": answer.headers["ETag"]} if own else {}


def merge(base, mine, theirs, lost, ties=True):
    """What either side has changed since `base`; `lost` gets what of mine is not in it. Without `ties` mine are given up."""
    if not mine or not theirs:
        return theirs or mine
    base, mine = {**EMPTY, **base}, {**EMPTY, **base, **mine}  # what a file made by hand leaves out is as it was
    result = {**theirs, "journey": merge_row(base["journey"], mine["journey"], theirs["journey"], lost)}
    sides = {key: [{row["id"]: row for row in side[key]} for side in (base, mine, theirs)] for key in LISTS}
    for key, (was, my, their) in sides.items():
        rows = result[key] = {}
        for id in {**their, **my}:
            if key in TIES and not ties and my.get(id) not in (was.get(id), their.get(id)):
                lost.append({"what": "refused", "id": id, "mine": my.get(id)})
                rows |= {id: their[id]} if id in their else {}
            elif id in my and id in their:
                rows[id] = merge_row(was.get(id, {}), my[id], their[id], lost)
            elif (row := my.get(id) or their[id]) != was.get(id):  # new, or deleted by one and changed by the other
                rows[id] = row
                lost += [{"what": "kept", "id": id, "mine": my.get(id)}] if id in was else []
    all_rows = {key: {id: row for side in sides[key] for id, row in side.items()} for key in LISTS}
    while missing := [(key, row[name]) for rows in map(result.get, LISTS) for row in rows.values()
                      for name, key in REFERS.items() if row.get(name) in all_rows[key].keys() - result[key].keys()]:  # fmt: skip
        for key, id in missing:  # one deleted it, the other needs it
            result[key][id] = all_rows[key][id]
            lost.append({"what": "kept", "id": id, "mine": sides[key][1].get(id)})
    ids = {"", *(id for key in LISTS for id in result[key])}  # what was set aside about what is gone goes, too
    result["dismissals"] = {id: row for id, row in result["dismissals"].items() if row["kind"] == "role" or row["subject"] in ids}
    for key in LISTS:
        order = merge_order(*([row["id"] for row in side[key]] for side in (base, mine, theirs)), lost) if key in ORDERED else []
        result[key] = [result[key][id] for id in dict.fromkeys([*order, *sorted(result[key])]) if id in result[key]]
    return result


def merge_row(was, my, their, lost):
    row = {}
    for name in {**their, **my}:
        m, t, b = (side.get(name) for side in (my, their, was))
        row[name] = m if t == b else t
        if b not in (m, t) and m != t:
            lost.append({"what": "field", "id": my.get("id"), "field": name, "mine": m, "theirs": t})
    return {name: value for name, value in row.items() if name in their or value is not None}


def merge_order(was, my, their, lost):
    b, m, t = ([id for id in side if id in was and id in my and id in their] for side in (was, my, their))
    order, other = (list(my), their) if t == b != m else (list(their), my)
    lost += [{"what": "order", "mine": m}] if b != m != t != b else []
    for before, id in zip([None, *other], other, strict=False):
        if id not in order:
            order.insert(order.index(before) + 1 if before in order else 0, id)
    return order


if __name__ == "__main__":
    if len(sys.argv) != 3 or not os.environ.get("TOUCHLINE_TOKEN"):
        sys.exit(__doc__)
    try:  # a scheduler sees that somebody has to look
        sys.exit("\n".join(map(json.dumps, Mirror(sys.argv[1], os.environ["TOUCHLINE_TOKEN"], sys.argv[2]).sync())) or 0)
    except httpx.HTTPError as trouble:
        sys.exit("Check the address and the token: " + str(trouble).split("\n")[0])
