"""Every setting in one table: its word, what may stand there, what it is for, and its default.

Options, variables, the settings file, its template, README and the words of every error come from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from bntui.model.markets import Market
from bntui.settingvalues import (
    columns_of,
    fps_of,
    limit_name_of,
    limit_of,
    market_of,
    place_of,
    profile_of,
    proxy_of,
    switch_of,
    text_of,
    url_of,
    word_of,
)
from bntui.venue.binance.endpoints import Environment


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
    Setting("profile", "NAME", "Whose engine, watchlist and history.", profile_of, "default"),
    Setting(
        "proxy",
        "URL|none",
        "What connections to the exchange go through; otherwise HTTPS_PROXY, ALL_PROXY and NO_PROXY hold.",
        proxy_of,
        example='proxy = "socks5://127.0.0.1:1080"',
    ),
    Setting(
        "rest_url",
        "[MARKET=]URL",
        "Address of the REST API. Repeatable.",
        url_of("http", "https"),
        example='spot = "http://127.0.0.1:8080"',
        shape=Shape.ENTRIES,
        name=market_of,
    ),
    Setting(
        "stream_url",
        "[MARKET=]URL",
        "Address of the market streams. Repeatable.",
        url_of("ws", "wss"),
        example='spot = "ws://127.0.0.1:8081"',
        shape=Shape.ENTRIES,
        name=market_of,
    ),
    Setting(
        "ws_api_url",
        "[MARKET=]URL",
        "Address of the WebSocket API. Repeatable.",
        url_of("ws", "wss"),
        example='spot = "ws://127.0.0.1:8082"',
        shape=Shape.ENTRIES,
        name=market_of,
    ),
    Setting(
        "limit",
        "NAME=VALUE",
        "One entry of the limits table. Repeatable.",
        limit_of,
        example="own_stream_cap = 300",
        shape=Shape.ENTRIES,
        name=limit_name_of,
    ),
    Setting(
        "trust_socket",
        "PATH",
        "Where bots ask the engine what they can trust; otherwise in the state folder.",
        place_of,
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
    Setting("fps", "N", "Frames a second at most.", fps_of, "10", "fps = 5", draws=True),
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
