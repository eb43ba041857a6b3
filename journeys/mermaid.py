"""What Mermaid's `journey` diagrams leave no room for in a text, and the letters that stand for it.

The grammar (mermaid, packages/mermaid/src/diagrams/user-journey/parser/journey.jison) ends a name at a colon, a hash, a semicolon
or a line, splits the actors at commas, and takes a line that begins with one of its words for a statement.
"""

from __future__ import annotations

import re

_STAND_IN = str.maketrans({":": "：", ";": "；", "#": "＃"})
_BACK = str.maketrans({"：": ":", "；": ";", "＃": "#"})
_WORDS = re.compile(r"(?:title|section|journey|acctitle|accdescr)", re.IGNORECASE)


def sayable(text: str) -> str:
    """The text in one line, as a name in a diagram."""
    line = re.sub("%{2,}", "%", " ".join(text.split())).translate(_STAND_IN)
    return f"“{line}”" if _WORDS.match(line) else line


def sayable_actor(text: str) -> str:
    return sayable(text).replace(",", "，")


def said(text: str) -> str:
    """What a name in a diagram stands for."""
    text = text.strip().translate(_BACK)
    quoted = re.fullmatch("“(.*)”", text)
    return quoted[1] if quoted and _WORDS.match(quoted[1]) else text


def said_actor(text: str) -> str:
    return said(text).replace("，", ",")
