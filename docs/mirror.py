"""Mirror the maps of a Touchline workspace into a folder of JSON files, and back.

    TOUCHLINE_TOKEN=tl_… python docs/mirror.py https://touchline.example FOLDER

A map is FOLDER/<id>.json. Edit the files, or mirror another workspace into the same folder: what both have changed is merged,
field by field. Of a field that both changed the workspace keeps its own; what the folder wanted is printed, and appended to
FOLDER/conflicts.jsonl. What one deleted and the other changed stays. Needs a token to write.
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

    def every(self, path):
        while path:
            page = self.ask("GET", path).json()
            yield from page["results"]
            path = page["next"]

    def sync(self):
        """Let the files and the workspace say the same. Returns what could not be merged."""
        self.told, self.segments = [], {one["name"]: one["id"] for one in self.every("/segments")}
        names = {id: name for name, id in self.segments.items()}
        there = {one["external_id"]: names[one["segment"]] for one in self.every(f"{self.maps}?fields=external_id,segment")}
        self.left = {path.stem: None for path in self.folder.glob("*.json")} | there
        while self.left:
            self.one(*next(iter(self.left.items())))
        return self.told

    def one(self, id, segment):
        self.left.pop(id)
        files = [folder / f"{id}.json" for folder in (self.folder, self.seen)]
        mine, base = (json.loads(file.read_text()) if file.exists() else {"document": None} for file in files)
        segment, ties, told = segment or mine["segment"], True, []
        for child in {card.get("child") for card in (mine["document"] or {}).get("touchpoints", [])} & self.left.keys():
            self.one(child, self.left[child])  # what is inside has to be there first
        for _ in range(20):  # others may draw meanwhile
            (theirs, tag), lost = self.read(id, base), []
            wanted = merge(base["document"], mine["document"], theirs, lost, ties)
            put = None if wanted == theirs else self.put(id, segment, wanted, {"If-Match": tag} if tag else {})
            if put is None or (put.status_code == 422 and not ties):
                refused = [{"what": "refused", "why": put.json().get("detail"), "mine": wanted}] if put else []
                self.told += (told := [{"map": id, **one} for one in told + (refused or lost)])
                with open(self.folder / "conflicts.jsonl", "a") as file:
                    file.writelines(json.dumps(one) + "\n" for one in told)
                for file in () if refused else files:
                    file.write_text(json.dumps({"segment": segment, "tag": tag, "document": theirs}, indent=1))
                return
            ties = ties and put.status_code != 422
            if put.is_success:  # now see what they make of it
                told, mine, base = told + lost, {"document": wanted}, {"document": wanted}
        raise RuntimeError(f"{id} does not come to rest")

    def read(self, id, base):
        answer = self.ask("GET", f"{self.maps}/{id}/document", (304, 404), headers={"If-None-Match": base.get("tag", "none")})
        found = {200: lambda: plain(answer.json()), 304: lambda: base["document"], 404: lambda: None}
        return found[answer.status_code](), answer.headers.get("ETag")

    def put(self, id, segment, document, headers):
        if segment not in self.segments:
            self.segments[segment] = self.ask("POST", "/segments", json={"name": segment}).json()["id"]
        params, refused = {} if headers else {"segment": self.segments[segment]}, (409, 412, 422, 428)
        return self.ask("PUT", f"{self.maps}/{id}/document", refused, headers=headers, params=params, json=document)


def merge(base, mine, theirs, lost, ties=True):
    """What either side has changed since `base`; `lost` gets what of mine is not in it. Without `ties` mine are given up."""
    if not mine or not theirs:
        return theirs or mine
    base = base or {"journey": {}} | {key: [] for key in LISTS}
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
    about = {"", *(id for key in LISTS for id in result[key])}  # what was set aside about what is gone goes, too
    result["dismissals"] = {
        id: row for id, row in result["dismissals"].items() if row["kind"] == "role" or row["subject"] in about
    }
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


def plain(document):
    lists = {key: sorted(document[key], key=lambda row: row["id"]) for key in LISTS if key not in ORDERED}
    return {name: value for name, value in document.items() if name not in ("id", "revision")} | lists


if __name__ == "__main__":
    print(*Mirror(sys.argv[1], os.environ["TOUCHLINE_TOKEN"], sys.argv[2]).sync(), sep="\n")
