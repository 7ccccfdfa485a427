"""Every setting in one table: its word, what may stand there, what it is for, and its default.

Options, variables, the settings file, its template, README and the words of every error come from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

from bntui.model.markets import Market
from bntui.preferences import COLUMNS
from bntui.venue.binance.endpoints import Environment
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


class Shape(Enum):
    """How a setting is written."""

    VALUE = "one value"
    SWITCH = "true or false"
    ENTRIES = "a value for each name: a table in the file, a repeatable option"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table."""

    key: str
    """The word in the file; the option and the variable are made from it."""
    form: str
    """What stands there, as usage lines write it."""
    about: str
    """One sentence, without its default."""
    read: Callable[[object], object]
    """From a raw value to the setting's; raises ValueError in words. Of entries it reads each value."""
    default: str = ""
    """In words, as a user would write it; empty: there is none."""
    example: str = ""
    """A line or more for the template, where the default would not show how it is written."""
    shape: Shape = Shape.VALUE
    name: Callable[[str], object] | None = None
    """Of entries: from a raw name to the entry's."""
    draws: bool = False
    """Only commands that draw have an option for it; a mistake in the file is named and passed over."""
    commands: tuple[str, ...] = ()
    """Only these commands have an option for it; empty: all."""

    @property
    def option(self) -> str:
        """Its word on the command line."""
        return f"--{self.key.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"BNTUI_{self.key.upper()}"


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


def _profile(raw: object) -> str:
    text = text_of(raw)
    if not re.fullmatch(NAME, text):
        raise ValueError(NAME_RULE.format(raw=raw, what="a profile"))
    return text


def _place(raw: object) -> Path:
    path = Path(text_of(raw)).expanduser()
    if not path.is_absolute():
        raise ValueError(f"{raw!r} is no whole path; it begins with /")
    return path


def _fps(raw: object) -> float:
    value = number_of(raw)
    if not 1 <= value <= FPS_MOST:
        raise ValueError(f"{raw} is not between 1 and {FPS_MOST:g}")
    return value


def _limit_name(name: str) -> str:
    known = tuple(f.name for f in fields(Limits))
    if name not in known:
        raise ValueError(f"no limit is called {name!r}{nearest(name, known)}")
    return name


def _limit(raw: object) -> float:
    value = number_of(raw)
    if not 0 <= value < math.inf:
        raise ValueError(f"it cannot be {raw}")
    return value


def _market(name: str) -> Market:
    return word_of(name, Market)


def _url(*schemes: str) -> Callable[[object], str]:
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


_proxy_url = _url("http", "https", "socks5", "socks5h")


def _proxy(raw: object) -> str:
    """A proxy's address. One that wants a password belongs into a variable, which other users cannot see."""
    text = text_of(raw)
    return text.lower() if text.lower() == "none" else _proxy_url(text)


SETTINGS = (
    Setting(
        "market",
        "|".join(Market),
        "Market of symbols that name none.",
        lambda raw: word_of(raw, Market),
        "spot",
    ),
    Setting(
        "env",
        "|".join(Environment),
        "Which of the exchange's worlds.",
        lambda raw: word_of(raw, Environment),
        "main",
    ),
    Setting("profile", "NAME", "Whose engine, watchlist and history.", _profile, "default"),
    Setting(
        "proxy",
        "URL|none",
        "What connections to the exchange go through; otherwise HTTPS_PROXY, ALL_PROXY and NO_PROXY hold.",
        _proxy,
        example='proxy = "socks5://127.0.0.1:1080"',
    ),
    Setting(
        "rest_url",
        "[MARKET=]URL",
        "Address of the REST API. Repeatable.",
        _url("http", "https"),
        example='spot = "http://127.0.0.1:8080"',
        shape=Shape.ENTRIES,
        name=_market,
    ),
    Setting(
        "stream_url",
        "[MARKET=]URL",
        "Address of the market streams. Repeatable.",
        _url("ws", "wss"),
        example='spot = "ws://127.0.0.1:8081"',
        shape=Shape.ENTRIES,
        name=_market,
    ),
    Setting(
        "ws_api_url",
        "[MARKET=]URL",
        "Address of the WebSocket API. Repeatable.",
        _url("ws", "wss"),
        example='spot = "ws://127.0.0.1:8082"',
        shape=Shape.ENTRIES,
        name=_market,
    ),
    Setting(
        "limit",
        "NAME=VALUE",
        "One entry of the limits table. Repeatable.",
        _limit,
        example="own_stream_cap = 300",
        shape=Shape.ENTRIES,
        name=_limit_name,
    ),
    Setting(
        "trust_socket",
        "PATH",
        "Where bots ask the engine what they can trust; otherwise in the state folder.",
        _place,
        example='trust_socket = "/run/bntui/trust.sock"',
        commands=("engine", "trust", "wait"),
    ),
    Setting(
        "trust_group",
        "NAME",
        "Group of users whose bots may ask there too.",
        text_of,
        example='trust_group = "bots"',
        commands=("engine",),
    ),
    Setting(
        "theme",
        "NAME",
        "Colour theme of the screen.",
        text_of,
        "bntui-dark",
        'theme = "bntui-light"',
        draws=True,
    ),
    Setting("fps", "N", "Frames a second at most.", _fps, "10", "fps = 5", draws=True),
    Setting(
        "slow",
        "",
        "One frame a second, and a part of the watchlist's rows in each: for thin lines.",
        switch_of,
        "off",
        "slow = true",
        Shape.SWITCH,
        draws=True,
    ),
    Setting(
        "swap_colours",
        "",
        "What rises has the colour of what falls, and the other way round.",
        switch_of,
        "off",
        "swap_colours = true",
        Shape.SWITCH,
        draws=True,
    ),
    Setting(
        "ascii",
        "",
        "Draw with ASCII alone; by itself where the terminal or its encoding shows nothing else.",
        switch_of,
        "",
        "ascii = true",
        Shape.SWITCH,
        draws=True,
    ),
    Setting(
        "mouse",
        "",
        "Take the mouse; without it the terminal selects text as usual.",
        switch_of,
        "on",
        "mouse = false",
        Shape.SWITCH,
        draws=True,
    ),
    Setting(
        "watchlist",
        "NAME",
        "The named watchlist that is shown first.",
        text_of,
        "",
        'watchlist = "majors"',
        draws=True,
    ),
    Setting(
        "columns",
        "COLUMN,…",
        "Columns of the watchlists, in their order.",
        columns_of,
        "",
        'columns = ["symbol", "last", "change", "age", "state"]',
        draws=True,
    ),
)
"""The settings that have an option and a variable too."""

BY_KEY: Mapping[str, Setting] = MappingProxyType({setting.key: setting for setting in SETTINGS})


@dataclass(frozen=True, slots=True)
class Section:
    """A table that only the settings file has."""

    key: str
    title: str
    """How it is written: `[watchlists.NAME]`."""
    about: str
    example: str
    """Lines for the template."""


SECTIONS = (
    Section(
        "watchlists",
        "watchlists.NAME",
        "A named watchlist: `symbols`, and `columns` of its own if you like. `[` and `]` go through them.",
        'symbols = ["BTCUSDT", "ETHUSDT", "BTCUSDT.usdm"]\ncolumns = ["symbol", "last", "age", "state"]',
    ),
    Section(
        "accounts",
        "accounts.NAME",
        "An account at the exchange, without its key: `markets`, and `kind` and `method` if need be.",
        'markets = ["spot", "usdm"]',
    ),
    Section(
        "alerts",
        "[alerts]",
        "A rule of what you are told without looking; repeat the table for each.",
        'name = "btc-low"\nkind = "price_below"\nsymbols = ["BTCUSDT"]\nvalue = 60000\n'
        'command = ["notify-send", "{text}"]',
    ),
    Section(
        "keys",
        "keys",
        "Other keys for actions, by the ids of `bntui config keys`; several in a list, none as an empty one.",
        '"move.down" = ["ctrl+n", "down"]\n"app.quit" = "ctrl+x"',
    ),
    Section(
        "profiles",
        "profiles.NAME",
        "Any of the settings for one profile alone; they beat those outside.",
        'env = "testnet"\ntheme = "bntui-contrast"',
    ),
)
"""What only the file says."""

SCALARS = tuple(setting.key for setting in SETTINGS if setting.shape is not Shape.ENTRIES)
"""Settings with one value. Their words are the same in the file, in options, and in `BNTUI_…` variables."""

TABLES = tuple(setting.key for setting in SETTINGS if setting.shape is Shape.ENTRIES)
"""Settings with a value for each market or limit: tables in the file, repeatable options."""

FILE_KEYS = (*SCALARS, *TABLES, *(section.key for section in SECTIONS))
"""What the settings file may hold."""

PROFILE_KEYS = tuple(key for key in FILE_KEYS if key not in ("profile", "profiles"))
"""What a profile's section may hold."""


_NAMES = {"watchlists": "majors", "accounts": "main-bot", "profiles": "bot2"}
"""Of sections that have a name, for the template."""


def template() -> str:
    """A settings file in which everything is explained and nothing set."""
    lines = [
        "# Settings of bntui. Everything here may be left out: remove the # before what you want to change.",
        "# An option of the command line beats a BNTUI_ variable, a variable a profile, a profile this file.",
        "",
    ]
    for setting in SETTINGS:
        if setting.shape is Shape.ENTRIES:
            continue
        lines += [*_explained(setting), f"#{setting.example or _assigned(setting)}", ""]
    for setting in SETTINGS:
        if setting.shape is Shape.ENTRIES:
            lines += [*_explained(setting), f"#[{setting.key}]", *_commented(setting.example), ""]
    for section in SECTIONS:
        title = section.title.replace("NAME", _NAMES.get(section.key, ""))
        lines += [f"# {section.about}", f"#[{title}]", *_commented(section.example), ""]
    return "\n".join(lines)


def _explained(setting: Setting) -> Iterable[str]:
    default = f" Default: {setting.default}." if setting.default else ""
    form = f" ({setting.form})" if setting.form and setting.shape is Shape.VALUE else ""
    yield f"# {setting.about.removesuffix(' Repeatable.')}{form}{default}"


def _assigned(setting: Setting) -> str:
    return f'{setting.key} = "{setting.default}"'


def _commented(lines: str) -> list[str]:
    return [f"#{line}" for line in lines.splitlines()]
