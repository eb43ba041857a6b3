"""Find circles among arrows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def find_path(arrows: Iterable[tuple[Node, Node]], start: Node, end: Node) -> list[Node]:
    """The nodes from `start` to `end` by the fewest arrows, or [] if there is no way."""
    following: dict[Node, list[Node]] = {}
    for source, target in arrows:
        following.setdefault(source, []).append(target)
    came_from: dict[Node, Node] = {start: start}
    ring = [start]
    while ring and end not in came_from:
        outer = []
        for node in ring:
            for step in following.get(node, ()):
                if step not in came_from:
                    came_from[step] = node
                    outer.append(step)
        ring = outer
    if end not in came_from:
        return []
    path = [end]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]


def find_circle(arrows: Iterable[tuple[Node, Node]]) -> list[Node]:
    """The nodes of one circle in the order of its arrows, or [] if there is none."""
    return next(find_circles(arrows), [])


def find_circles(arrows: Iterable[tuple[Node, Node]]) -> Iterator[list[Node]]:
    """Circles that share no node, until without their nodes there is none left. One walk over all arrows; iterative: maps
    may be long."""
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
                begins = on_path[step]
                circle = path[begins:]
                yield circle
                # Told once; what else leads from its nodes is walked from there, as from any other start.
                for node in circle:
                    del on_path[node]
                    done.add(node)
                del path[begins:], stack[begins:]
            elif step not in done:
                on_path[step] = len(path)
                path.append(step)
                stack.append(iter(following.get(step, ())))
