"""Which clients are asked, in which version, and how they are pointed at the embedded exchange."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Runtime(StrEnum):
    """What runs a client."""

    PYTHON = "Python"
    NODE = "Node"


@dataclass(frozen=True, slots=True)
class Peer:
    """One client of another maker."""

    package: str
    """As its registry calls it."""
    version: str
    """Exactly this one: a newer one is a change of its own, with its results looked at. What it depends on is
    what its registry gives."""
    short: str
    """Head of its column."""
    runtime: Runtime
    script: str
    """In `clients/`: a module's name, or a file; empty where it is asked for accounts only."""
    pointed: str
    """What of it says where the exchange is."""
    remarks: tuple[str, ...] = ()
    """What it does in a way of its own, and why that is right or wrong."""
    accounts: str = ""
    """Its script for accounts; empty where it is not asked for them."""
    beside: tuple[str, ...] = ()
    """What else is asked of the registry, where the newest of what it depends on breaks it."""


_TWICE = (
    "Answers each ping twice, by its library and by itself. The second pong keeps nothing alive, and counts "
    "as one of the five frames a second."
)

PEERS = (
    Peer(
        "python-binance",
        "1.0.37",
        "python-binance",
        Runtime.PYTHON,
        "python_binance",
        "the attributes API_URL and STREAM_URL of its objects, for want of options",
        (
            "Opens a connection for each stream, which counts against the 300 attempts in 5 minutes.",
            "Asks for the array of mini tickers as !miniTicker@arr@1000ms, a name that is in no document.",
            "Its futures_account() asks /fapi/v2/account, which is not served here.",
            "Listens to futures without events=, and gets all of them.",
        ),
        accounts="python_binance_accounts",
    ),
    Peer(
        "ccxt",
        "4.5.90",
        "ccxt.pro",
        Runtime.PYTHON,
        "ccxt_pro",
        "the option urls",
        (
            "Opens a connection for each kind of call, at /ws/0, /ws/1 and so on: what is no stream's name "
            "there asks for nothing.",
            "Has no partial books, no average or reference prices among its streams.",
            "Its fetch_positions() asks /fapi/v1/leverageBracket first, which is not served here.",
            "Listens to futures without events=, and gets all of them.",
        ),
        accounts="ccxt_pro_accounts",
    ),
    Peer(
        "binance-sdk-spot",
        "13.2.0",
        "sdk-spot",
        Runtime.PYTHON,
        "sdk_spot",
        "the options base_path and stream_url",
        ("Waits half a second behind each subscription, so that it never breaks the five frames a second.",),
        accounts="sdk_spot_accounts",
    ),
    Peer(
        "binance-sdk-derivatives-trading-usds-futures",
        "18.0.1",
        "sdk-usds-futures",
        Runtime.PYTHON,
        "",
        "the options base_path and stream_url",
        ("Subscribes to its listen key as to a stream, on /private/stream.",),
        accounts="sdk_usds_futures_accounts",
    ),
    Peer(
        "binance-connector",
        "3.13.0",
        "connector",
        Runtime.PYTHON,
        "connector",
        "the options base_url and stream_url",
        (
            _TWICE,
            "Asks for books as @depth@1000ms unless told otherwise, a name that is in no document.",
        ),
    ),
    Peer(
        "unicorn-binance-websocket-api",
        "2.16.1",
        "unicorn",
        Runtime.PYTHON,
        "unicorn",
        "the options websocket_base_uri and restful_base_uri",
        (
            "Offers streams only; REST is a client of its own.",
            "Waits between the subscriptions of a new connection, not between those that are added later.",
        ),
    ),
    Peer(
        "binance",
        "3.6.5",
        "binance (js)",
        Runtime.NODE,
        "binance.cjs",
        "the options baseUrl and wsUrl",
        (
            _TWICE,
            "Its getServerTime() asks api.binance.com whatever baseUrl says; /api/v3/time is asked by get().",
        ),
    ),
    Peer(
        "@binance/spot",
        "32.0.4",
        "@binance/spot",
        Runtime.NODE,
        "binance_spot.cjs",
        "the options basePath and wsURL",
        (_TWICE,),
    ),
)
