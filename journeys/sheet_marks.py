"""What a spreadsheet would take for the start of a formula, marked with an apostrophe; and the mark taken off again.

A spreadsheet that splits a CSV at another character than we do sees cells begin within our texts: a mark stands wherever one of
them could (OWASP, CSV Injection). `unmark(mark(text)) == text` for every text, also for one that has apostrophes of its own.
"""

from __future__ import annotations

import re

#: equals, plus, minus, at, also fullwidth; a tab or a carriage return that a spreadsheet would skip
STARTS = "=+\\-@\t\r＝＋－＠"
#: what separates cells or rows, for one spreadsheet or another
_AFTER = r"(?<=[,;\t\r\n])"
#: quotes and blanks, which a spreadsheet may take away before it looks
_SOFT = r'(?:"|[^\S\t\r\n])*'
_DANGER = rf"'*{_SOFT}[{STARTS}]"
_PLACE, _PLACE_INSIDE = re.compile(rf"(?:^|{_AFTER})(?={_DANGER})"), re.compile(rf"{_AFTER}(?={_DANGER})")
_MARK, _MARK_INSIDE = re.compile(rf"(?:^|{_AFTER})'(?={_DANGER})"), re.compile(rf"{_AFTER}'(?={_DANGER})")


def mark(text: str) -> str:
    """The text with an apostrophe before all that could start a formula, wherever a spreadsheet may split it."""
    return _PLACE.sub("'", text)


def unmark(text: str) -> str:
    return _MARK.sub("", text)


def mark_inside(text: str) -> str:
    """The same, but for the very beginning of the text."""
    return _PLACE_INSIDE.sub("'", text)


def unmark_inside(text: str) -> str:
    return _MARK_INSIDE.sub("", text)
