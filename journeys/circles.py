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
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                node = path.pop()
                del on_path[node]
                done.add(node)
            elif step in on_path:
                return path[on_path[step] :]
            elif step not in done:
                on_path[step] = len(path)
                path.append(step)
                stack.append(iter(following.get(step, ())))
    return []
