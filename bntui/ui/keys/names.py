"""What keys are called: by Textual, and by people."""

from __future__ import annotations

import re

_NAMES = {
    "left": "Left",
    "right": "Right",
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "plus": "+",
    "escape": "esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "down": "Down",
    "up": "Up",
    "delete": "Del",
    "backspace": "Bksp",
    "backslash": "\\",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "minus": "-",
    "equals_sign": "=",
    "percent_sign": "%",
    "full_stop": ".",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
}

_ARROWS = {"←": "left", "→": "right", "↓": "down", "↑": "up"}
"""Arrows are written so too. They are not shown so: in ASCII they would read as other keys, `v` and `<`."""

_FUNCTION = re.compile(r"\bf([0-9]+)$")

READ_AS = {name: key for key, name in _NAMES.items()} | _ARROWS
"""Keys by what people call them."""


def shown(keys: str) -> str:
    """Keys as people read them: `j Down`, `ctrl+d`."""
    return " ".join(_NAMES.get(key, _FUNCTION.sub(r"F\1", key)) for key in keys.split(","))
