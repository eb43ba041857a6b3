"""Find a circle among arrows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def find_circle(arrows: Iterable[tuple[Node, Node]]) -> list[Node]:
    """The nodes of one circle in the order of its arrows, or [] if there is none. Iterative: maps may be long."""
    following: dict[Node, list[Node]] = {}
    for source, target in arrows:
        following.setdefault(source, []).append(target)
    done: set[Node] = set()
    for start in following:
        if start in done:
            continue
        path: list[Node] = [start]
        on_path = {start: 0}
        stack = [iter(following[start])]
        while stack:
            target = next(stack[-1], None)
            if target is None:
                stack.pop()
                node = path.pop()
                del on_path[node]
                done.add(node)
            elif target in on_path:
                return path[on_path[target] :]
            elif target not in done:
                on_path[target] = len(path)
                path.append(target)
                stack.append(iter(following.get(target, ())))
    return []
