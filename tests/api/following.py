"""Who follows the changes of a workspace, as a program does."""

from __future__ import annotations

import pytest


class Follower:
    """A program that follows the changes of the workspace that a client belongs to."""

    def __init__(self, client, **params):
        self.client = client
        self.more = "".join(f"&{name}={value}" for name, value in params.items())
        self.cursor = client.ask("GET", "changes").json()["next"]

    def ask(self):
        answer = self.client.ask("GET", f"changes?cursor={self.cursor}{self.more}")
        assert answer.status_code == 200, answer.content
        self.cursor = answer.json()["next"]
        return answer.json()

    def told(self):
        """All that is new."""
        found, more = [], True
        while more:
            page = self.ask()
            found, more = found + page["results"], page["more"]
        return found

    def types(self):
        return [entry["type"] for entry in self.told()]


@pytest.fixture
def follower(api, viewer):
    return Follower(api(viewer, "read"))


def every(client, path, more=""):
    """A list as it is, by id."""
    found, path = {}, f"{path}?limit=200{more}"
    while path:
        page = client.ask("GET", path).json()
        found |= {one["id"]: one for one in page["results"]}
        path = page["next"] and page["next"].partition("/api/v1/")[2]
    return found
