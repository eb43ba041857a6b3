"""Two texts that began as one: what each has changed, word by word, and both changes together where they do not meet."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

#: a word with the blanks before it: blanks of their own would match everywhere
WORD = re.compile(r"\s*\S+|\s+")
#: (first, last + 1) word of the origin that is replaced, and by which words
Edit = tuple[int, int, list[str]]
#: words; beyond that a comparison could take seconds and nobody would read it
MOST = 1000


def words(text: str) -> list[str]:
    return WORD.findall(text)


def edits(was: list[str], now: list[str]) -> list[Edit]:
    """What has to be replaced in `was` to get `now`."""
    found = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return [(i, j, now[k:m]) for what, i, j, k, m in found if what != "equal"]


def merge(was: str, one: str, other: str) -> str | None:
    """The text with the edits of both; None where they touch the same words, or there is too much to compare."""
    origin, texts = words(was), (words(one), words(other))
    if max(len(origin), *map(len, texts)) > MOST:
        return None
    mine, theirs = (edits(origin, text) for text in texts)
    for i, j, new in mine:
        for k, m, newer in theirs:
            # Edits that only touch are taken for one place: whose words come first nobody can tell.
            if i <= m and k <= j and (i, j, new) != (k, m, newer):
                return None
    result, at = [], 0
    for i, j, new in sorted([*mine, *(edit for edit in theirs if edit not in mine)], key=lambda edit: edit[:2]):
        result += [*origin[at:i], *new]
        at = j
    return "".join([*result, *origin[at:]])


def marks(was: str, now: str) -> list[list[str]]:
    """`now` as pieces ["same" | "new" | "gone", text], in reading order; what is gone stands where it stood."""
    before, after = words(was), words(now)
    if max(len(before), len(after)) > MOST:
        return [["gone", was], ["new", now]]
    pieces: list[list[str]] = []
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(["same", "".join(after[k:m])])
            continue
        if j > i:
            pieces.append(["gone", "".join(before[i:j])])
        if m > k:
            pieces.append(["new", "".join(after[k:m])])
    return pieces
