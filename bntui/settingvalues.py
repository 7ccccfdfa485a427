"""What may stand in a setting: from a raw value, as text or as TOML has it, to the setting's, or a ValueError
that says in words what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bntui.model.markets import Market
from bntui.preferences import COLUMNS
from bntui.venue.limits import Limits
from bntui.words import nearest

FPS_MOST = 30.0
"""More frames a second cost much and show nothing more."""

YES = ("on", "yes", "true", "1")
NO = ("off", "no", "false", "0")

NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}"
"""A word that may name a folder, a file and a variable too."""

NAME_RULE = (
    "{raw!r} is no name for {what}; it takes letters, digits, - and _, 32 at most,"
    " and begins with a letter or digit"
)

_Word = TypeVar("_Word", bound=StrEnum)


def text_of(raw: object) -> str:
    """A text that is not empty, without spaces around it."""
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"{raw!r} is no text")
    return raw.strip()


def number_of(raw: object) -> float:
    """A number, which the command line and variables write as text."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError(f"{raw!r} is no number")
    try:
        return float(raw)
    except (ValueError, OverflowError):
        raise ValueError(f"{raw!r} is no number") from None


def switch_of(raw: object) -> bool:
    """True or false."""
    word = raw.strip().lower() if isinstance(raw, str) else raw
    if word is True or word in YES:
        return True
    if word is False or word in NO:
        return False
    raise ValueError(f"{raw!r} is neither true nor false")


def word_of(raw: object, words: type[_Word]) -> _Word:
    """One of a few words, in whatever case."""
    text = text_of(raw).lower()
    known = tuple(word.value for word in words)
    if text not in known:
        raise ValueError(f"{raw!r} is none of {', '.join(known)}{nearest(text, known)}")
    return words(text)


def texts_of(raw: object) -> tuple[str, ...]:
    """Several words: a list, or a text with commas between them; each once."""
    words = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"{raw!r} is no list of texts")
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


def columns_of(raw: object) -> tuple[str, ...]:
    """Columns of a watchlist, in their order."""
    columns = texts_of(raw)
    for column in columns:
        if column not in COLUMNS:
            meant = nearest(column, COLUMNS) or f"; there are {', '.join(COLUMNS)}"
            raise ValueError(f"no column is called {column!r}{meant}")
    return columns


def name_of(raw: object, what: str) -> str:
    """The name of something (`what`, for the message), which files and log lines may hold as it is."""
    text = text_of(raw)
    if not re.fullmatch(NAME, text):
        raise ValueError(NAME_RULE.format(raw=raw, what=what))
    return text


def profile_of(raw: object) -> str:
    """The name of a profile."""
    return name_of(raw, "a profile")


def place_of(raw: object) -> Path:
    """A path that means the same wherever bntui is started."""
    path = Path(text_of(raw)).expanduser()
    if not path.is_absolute():
        raise ValueError(f"{raw!r} is no whole path; it begins with /")
    return path


def fps_of(raw: object) -> float:
    """Frames a second."""
    value = number_of(raw)
    if not 1 <= value <= FPS_MOST:
        raise ValueError(f"{raw} is not between 1 and {FPS_MOST:g}")
    return value


def limit_name_of(name: str) -> str:
    """The name of a limit."""
    known = tuple(f.name for f in fields(Limits))
    if name not in known:
        raise ValueError(f"no limit is called {name!r}{nearest(name, known)}")
    return name


def limit_of(raw: object) -> float:
    """The value of a limit."""
    value = number_of(raw)
    if not 0 <= value < math.inf:
        raise ValueError(f"it cannot be {raw}")
    return value


def market_of(name: str) -> Market:
    """One of the markets."""
    return word_of(name, Market)


def url_of(*schemes: str) -> Callable[[object], str]:
    """A reader of base URLs of these schemes."""

    def read(raw: object) -> str:
        """A base URL without its trailing slash. One with credentials is never repeated in the error."""
        text = text_of(raw)
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError("this is no URL") from None
        if parts.username is not None or parts.password is not None:
            raise ValueError("a URL must not carry a user name or password")
        if parts.query or parts.fragment:
            raise ValueError("a URL must not carry a query or fragment")
        if parts.scheme not in schemes or not host or not text.isprintable() or " " in text:
            begins = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ValueError(f"{text!r} is no URL that begins with {begins}")
        return text.rstrip("/")

    return read


_proxy_url = url_of("http", "https", "socks5", "socks5h")


def proxy_of(raw: object) -> str:
    """A proxy's address. One that wants a password belongs into a variable, which other users cannot see."""
    text = text_of(raw)
    return text.lower() if text.lower() == "none" else _proxy_url(text)
