"""What single commands are told; `bntui.config` has what all of them are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bntui.config import AccountSettings
from bntui.model.access import UserMethod
from bntui.model.markets import Market

BOOK_LEVELS = 10
"""Levels of each side that commands print of a book, unless they are told otherwise."""

MOST_BOOK_LEVELS = 500
"""More than that of each side are printed nowhere."""


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
    metrics: tuple[str, int] | None = None
    """Host and port where the metrics of a single drill's engine are served; None: nowhere."""


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What `bntui record` keeps, and where."""

    folder: Path
    for_s: float | None
    """When to end; None: when it is told to."""
    raw: bool
    """Every frame of market data too."""
    most_mb: int
    """What is kept at most, in megabytes; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What `bntui replay` plays, and how."""

    paths: tuple[Path, ...]
    """Folders and files; none: what the profile's engine keeps."""
    at: str
    """Where to begin: a time as it was typed; empty: at the beginning."""
    speed: float
    list: bool
    """Only say how the verdict turned."""
    json: bool
    """… as JSON objects."""
