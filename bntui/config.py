"""What a run can be told: the settings of every command, and the options of single ones.

`bntui.sources` reads the settings from where users put them. Secrets are no settings: they come neither
from the command line nor from `config.toml`.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bntui.model.account import KeyKind, UserMethod
from bntui.model.markets import Market, StreamKind
from bntui.preferences import Preferences
from bntui.venue.binance.endpoints import Environment
from bntui.venue.binance.streams import INTERVALS

if TYPE_CHECKING:
    from bntui.alertrules import AlertRule

DEFAULT_PROFILE = "default"

BOOK_LEVELS = 10
"""Levels of each side that commands print of a book, unless they are told otherwise."""

MOST_BOOK_LEVELS = 500
"""More than that of each side are printed nowhere."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """An account of the user's at the exchange. Its key is no setting: `bntui.accounts` finds it."""

    name: str
    """The user's own word for it."""
    markets: tuple[Market, ...] = (Market.SPOT,)
    """Where its events are followed."""
    kind: KeyKind | None = None
    """How its key signs; None: told by what is there."""
    method: UserMethod | None = None
    """How its events are to be had, on the markets that know this way; None: each market's best."""


class Origin(NamedTuple):
    """A value that was given somewhere."""

    value: str
    """As it is shown."""
    place: str
    """An option, a variable, or a line of the settings file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole run, whatever the command."""

    market: Market = Market.SPOT
    """The market of symbols that name none."""
    environment: Environment = Environment.MAIN
    """Which of the exchange's worlds is meant."""
    profile: str = DEFAULT_PROFILE
    """One engine, one history and one watchlist belong to a profile."""
    rest_urls: Mapping[Market, str] = field(default_factory=dict)
    """Addresses that replace the environment's; no trailing slash."""
    stream_urls: Mapping[Market, str] = field(default_factory=dict)
    """The same for market streams."""
    ws_api_urls: Mapping[Market, str] = field(default_factory=dict)
    """The same for the WebSocket API."""
    proxy: str = ""
    """What connections to the exchange go through; `none`: nothing; empty: what the environment says."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Numbers that replace those of the limits table, under their names."""
    preferences: Preferences = field(default_factory=Preferences)
    """How the user wants the screen."""
    accounts: tuple[AccountSettings, ...] = ()
    """The user's accounts at the exchange."""
    alerts: tuple[AlertRule, ...] = field(default=(), compare=False)
    """What he wants to be told of, with what bntui tells by itself."""
    trust_socket: Path | None = None
    """Where bots ask the profile's engine what they can trust; None: in its state folder."""
    trust_group: str = ""
    """Whose members may ask there too; empty: the user alone."""
    config_path: Path | None = None
    """The settings file that was read; None where there is none."""
    flags: Mapping[str, str | Sequence[str]] = field(default_factory=dict, compare=False, repr=False)
    """What the command line named, to read everything once more."""
    warnings: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """What was given in vain, one line each."""
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)
    """What was given, by setting or entry: `fps`, `limit.url_chars`, `keys.move.down`."""

    @property
    def overridden(self) -> bool:
        """Whether any address was replaced: such runs get an engine and a history of their own."""
        return bool(self.rest_urls or self.stream_urls or self.ws_api_urls)

    def arguments(self, *, with_market: bool = True) -> tuple[str, ...]:
        """The options with which another process reads the same settings; the screen's are left out, and
        the market where it is told in another way."""
        words = ["--market", str(self.market)] if with_market else []
        words += ["--env", self.environment, "--profile", self.profile]
        words += ["--proxy", self.proxy] if self.proxy else []
        if self.config_path is not None:
            words += ["--config", str(self.config_path)]
        words += ["--trust-socket", str(self.trust_socket)] if self.trust_socket is not None else []
        words += ["--trust-group", self.trust_group] if self.trust_group else []
        for option, urls in (
            ("--rest-url", self.rest_urls),
            ("--stream-url", self.stream_urls),
            ("--ws-api-url", self.ws_api_urls),
        ):
            for market, url in urls.items():
                words += [option, f"{market}={url}"]
        for name, value in self.limits.items():
            words += ["--limit", f"{name}={value!r}"]
        return tuple(words)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """The embedded exchange of `bntui demo`."""

    symbols: int
    """How many symbols it lists."""
    rate: float
    """Mean messages a second, were every symbol subscribed to."""
    seed: int
    """The same seed makes the same market."""
    markets: tuple[Market, ...] = ()
    """Which markets it serves, the first for symbols that name none; empty: that of the run."""
    switches: tuple[tuple[str, str], ...] = ()
    """How it behaves where the real one is not certain, as in `bntui sim --switch NAME=VALUE`."""
    key: str = "hmac"
    """Which of the exchange's keys the screen has; empty: none, and so no account."""
    method: UserMethod | None = None
    """How the account's events are had; None: each market's best."""
    fills: float | None = None
    """Fills a second of the account; None: a gentle pace."""


@dataclass(frozen=True, slots=True)
class SimOptions:
    """The embedded exchange of `bntui sim`."""

    port: int | None
    """The REST port, the streams on the next one; None: any free ports."""
    replay: tuple[Path, ...]
    """Recordings to play instead of the synthetic market; they follow one another."""
    speed: float
    """How many recorded seconds pass in a second."""
    loop: bool
    """Start the recording again at its end."""
    symbols: int
    """How many symbols the synthetic market lists."""
    rate: float
    """Mean messages a second, were every symbol subscribed to."""
    seed: int
    """The same seed makes the same market."""
    tied: bool = False
    """End when stdin closes, and so with whoever started it and holds the other end."""
    switches: tuple[tuple[str, str], ...] = ()
    """How it behaves where the real exchange is not certain: names and values."""
    markets: tuple[Market, ...] = ()
    """Which markets it serves; empty: that of the run."""
    keys: Path | None = None
    """A folder that the keys of its accounts are written to; None: nowhere."""
    fills: float | None = None
    """Fills a second of its accounts, on each market; None: as many as a person has."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How `bntui engine` runs; a viewer that starts one names all of them, a user none."""

    leaves: bool = False
    """End with the last viewer instead of staying."""
    folder: Path | None = None
    """A throw-away state folder instead of the profile's; removed at the end."""
    label: str = ""
    """What the screen calls the environment, such as `demo`."""
    accounts: tuple[AccountSettings, ...] | None = None
    """Instead of those of the settings file; None: those."""


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What `bntui status` judges, and how it prints."""

    json: bool
    """Print one JSON object instead of words."""
    for_s: float | None
    """How long to look before judging; None: the command's own choice."""
    kinds: tuple[str, ...]
    """Kinds of events to judge, as `parse_kinds` gives them; empty: the command's own choice."""
    own: bool
    """Make connections of its own rather than ask the running engine."""
    watch: bool = False
    """Go on, and print a line at each change."""
    every_s: float = 10.0
    """How often a watch looks."""


@dataclass(frozen=True, slots=True)
class TrustOptions:
    """What `bntui trust` asks, and how it prints."""

    json: bool = False
    """Print one JSON object instead of words."""
    max_age_s: float | None = None
    """Older quotes are not trusted, whatever is known of them."""
    accounts: bool = True
    """Fills of own accounts on the symbols' markets count too."""


@dataclass(frozen=True, slots=True)
class WaitOptions:
    """What `bntui wait` waits for."""

    for_s: float
    """How long the symbols must have been trusted."""
    timeout_s: float | None = None
    """When to give up; None: never."""
    max_age_s: float | None = None
    """As `TrustOptions.max_age_s`."""
    accounts: bool = True
    """As `TrustOptions.accounts`."""


@dataclass(frozen=True, slots=True)
class TailOptions:
    """What `bntui tail` prints."""

    json: bool
    """Print JSON objects instead of words."""
    for_s: float | None
    """When to end; None: never."""
    kinds: tuple[str, ...]
    """Kinds of events to print, as `parse_kinds` gives them; empty: the command's own choice."""
    own: bool
    """Make connections of its own rather than ask the running engine."""
    levels: int = BOOK_LEVELS
    """Levels of each side that are printed of a book."""


@dataclass(frozen=True, slots=True)
class FillsOptions:
    """What `bntui fills` prints."""

    since_s: float | None
    """How far back; None: all that are kept."""
    json: bool
    account: str
    """Of one account; empty: of all."""


@dataclass(frozen=True, slots=True)
class CandlesOptions:
    """What `bntui candles` prints."""

    interval: str
    """In the exchange's words."""
    limit: int
    """How many of the newest candles."""
    json: bool
    """Print JSON objects instead of a table."""
    own: bool
    """Ask the exchange rather than the running engine."""


@dataclass(frozen=True, slots=True)
class BookOptions:
    """What `bntui book` prints."""

    json: bool
    """Print one JSON object instead of a table."""
    for_s: float | None
    """How long to wait for a synced book; None: the command's own choice."""
    own: bool
    """Make connections of its own rather than ask the running engine."""
    levels: int
    """Of each side."""
    step: str
    """Price step that levels are grouped by, as text; empty: the exchange's own levels."""
    partial: bool
    """The best 20 levels as the exchange sends them, without a snapshot."""


@dataclass(frozen=True, slots=True)
class AlertsOptions:
    """What `bntui alerts` does."""

    action: str
    """One of ALERTS_ACTIONS."""
    name: str = ""
    """Of the rule; empty: all of them."""
    json: bool = False


ALERTS_ACTIONS = ("list", "test")


@dataclass(frozen=True, slots=True)
class KeysOptions:
    """What `bntui keys` does."""

    action: str
    """One of KEYS_ACTIONS."""
    name: str = ""
    """Of the account; empty: all of them."""
    markets: tuple[Market, ...] = ()
    """Where a new account's events are followed; empty: on the run's market."""


KEYS_ACTIONS = ("add", "list", "remove", "check")


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """How `bntui doctor` looks, and what the command line knows already."""

    json: bool
    """Print one JSON object instead of lines."""
    trouble: str = ""
    """Why the settings cannot be read; empty: they can."""
    trouble_fix: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class MetricsOptions:
    """What `bntui serve-metrics` is told."""

    host: str
    """The address that it listens on."""
    port: int
    """0: any free one."""


@dataclass(frozen=True, slots=True)
class DrillOptions:
    """Which drills `bntui drill` runs, and how."""

    names: tuple[str, ...]
    """Of the list, or files of the user's own."""
    all: bool
    """Every drill of the list."""
    json: bool
    """Print one JSON object for each."""
    list: bool
    """Only say which drills there are."""
    screen: bool
    """There is a terminal: a single drill is shown on it."""


STREAM_OF_KIND: Mapping[str, StreamKind] = MappingProxyType(
    {
        "quote": StreamKind.BOOK_TICKER,
        "trade": StreamKind.TRADE,
        "agg_trade": StreamKind.AGG_TRADE,
        "block_trade": StreamKind.BLOCK_TRADE,
        "ticker": StreamKind.TICKER,
        "mini_ticker": StreamKind.MINI_TICKER,
        "candle": StreamKind.KLINE,
        "avg_price": StreamKind.AVG_PRICE,
        "depth": StreamKind.DEPTH,
        "reference_price": StreamKind.REFERENCE_PRICE,
        "mark_price": StreamKind.MARK_PRICE,
        "index_price": StreamKind.INDEX_PRICE,
        "liquidation": StreamKind.LIQUIDATION,
        # No stream brings it: REST is asked for it where the mark price is wanted.
        "open_interest": StreamKind.MARK_PRICE,
    }
)
"""The kinds of events that come from streams, and the stream that brings them."""

ACCOUNT_KINDS = ("fill", "order", "balance", "position")
"""The kinds of events that own accounts bring."""

KINDS: tuple[str, ...] = (*STREAM_OF_KIND, *ACCOUNT_KINDS, "book", "link", "gap")
"""All kinds of events; the last three are what bntui makes of them, and tells of itself."""

DEFAULT_INTERVAL = "1m"

_STEP = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_SECONDS_OF_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def parse_duration(text: str) -> float:
    """Seconds of `500ms`, `20s`, `5m`, `23h`, `1h30m`. Raises ValueError, in words, for anything else."""
    parts = _DURATION_PART.findall(text)
    seconds = sum(float(number) * _SECONDS_OF_UNIT[unit] for number, unit in parts)
    if not parts or "".join(number + unit for number, unit in parts) != text or not math.isfinite(seconds):
        raise ValueError(f"{text!r} is no duration; write it like 500ms, 20s, 5m or 1h30m")
    return seconds


METRICS_ADDRESS = "127.0.0.1:9464"
"""Where metrics are served unless somebody says otherwise: on this machine alone, on OpenTelemetry's port."""

_LISTEN = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})")


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:9464` or `[::1]:9464`. Raises ValueError, in words, for anything else."""
    found = _LISTEN.fullmatch(text)
    if found is None or int(found["port"]) > 0xFFFF:
        raise ValueError(f"{text!r} is no address; write it like {METRICS_ADDRESS} or [::1]:9464")
    return found["six"] or found["host"], int(found["port"])


def parse_step(text: str) -> str:
    """A price step, such as `0.5`, as it was written. Raises ValueError, in words, for what is none."""
    if _STEP.fullmatch(text) is None or not text.strip("0."):
        raise ValueError(f"{text!r} is no price step; write it like 0.5 or 10")
    return text


def parse_kinds(text: str) -> tuple[str, ...]:
    """Kinds of events in a comma-separated list: `trade,candle:5m`; a candle without interval is `1m`'s.

    Raises ValueError, in words, for what is no kind.
    """
    kinds: dict[str, None] = {}
    for word in filter(None, (word.strip() for word in text.split(","))):
        kind, colon, argument = word.partition(":")
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of event{nearest(kind, KINDS)}")
        if kind == "candle":
            word = f"{kind}:{parse_interval(argument if colon else DEFAULT_INTERVAL)}"
        elif colon:
            raise ValueError(f"{kind} takes nothing after a colon; only a candle does, its interval")
        kinds[word] = None
    if not kinds:
        raise ValueError("no kind of event is named")
    return tuple(kinds)


def parse_interval(text: str) -> str:
    """An interval of candles. Raises ValueError, in words, for any other word."""
    if text not in INTERVALS:
        raise ValueError(f"{text!r} is no candle interval; there are {', '.join(INTERVALS)}")
    return text


def closest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word that is most like the given one; None where none is `likeness` (0 to 1) like it."""
    return next(iter(difflib.get_close_matches(word, tuple(known), n=1, cutoff=likeness)), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` where a known word is close, else nothing: the end of a message."""
    meant = closest(word, known)
    return f"; did you mean {meant}?" if meant else ""


def sentence(text: str) -> str:
    """The text with the full stop that it lacks."""
    return text if text.endswith((".", "?")) else f"{text}."
