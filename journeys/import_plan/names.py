"""Roles and playbooks by name: those that are there, and those that an import makes."""

from __future__ import annotations

from collections.abc import Callable

from journeys.import_plan.outcome import ImportPlan


class Names:
    """`roles` and `playbooks` map case-folded names to ids and grow as new ones are planned."""

    def __init__(self, roles: dict[str, str], playbooks: dict[str, str], new_id: Callable[[], str], result: ImportPlan):
        self.roles, self.playbooks, self.new_id, self.result = dict(roles), dict(playbooks), new_id, result

    def role(self, name: str) -> str:
        key = name.casefold()
        if key not in self.roles:
            self.roles[key] = self.new_id()
            self.result.new_roles.append((self.roles[key], name))
        return self.roles[key]

    def playbook(self, title: str) -> str | None:
        if not title:
            return None
        key = title.casefold()
        if key not in self.playbooks:
            self.playbooks[key] = self.new_id()
            self.result.new_playbooks.append((self.playbooks[key], title))
        return self.playbooks[key]
