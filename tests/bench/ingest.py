"""From the socket to the store: what a message costs, beside other makers' clients and doing nothing."""

from __future__ import annotations

import atexit
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.bench.comparing import Contender, Figures, Goal, Group
from tests.bench.stage import Failed, Load, measure
from tests.peers.environments import command as peer_command
from tests.peers.environments import prepare
from tests.peers.roster import Peer, Runtime
from tests.support.certificate import make_certificate

OURS_FAST, OURS = "bntui, fast", "bntui, websockets"
FLOOR_FAST, FLOOR = "floor: picows", "floor: websockets recv"

QUOTES = ("bookTicker",)
RUN_S = 5
"""Seconds at a fixed rate."""

SUSTAINED_S = 5
"""Seconds at a rate so high that everything must be made before."""


def of_python(package: str, version: str, *beside: str) -> Peer:
    """A package of the Python registry, for the environments."""
    return Peer(package, version, package, Runtime.PYTHON, "", "", beside=beside)


UNICORN = of_python("unicorn-binance-websocket-api[picows]", "2.16.1")
SDK = of_python("binance-sdk-spot", "13.2.0")
PYTHON_BINANCE = of_python("python-binance", "1.0.37")
CCXT = of_python("ccxt", "4.5.90")
CRYPTOFEED = of_python("cryptofeed", "2.4.1")

PEERS: Mapping[str, tuple[Peer, str, str]] = {
    "unicorn, picows": (UNICORN, "unicorn", "picows"),
    "unicorn, websockets": (UNICORN, "unicorn", "websockets"),
    "official SDK, raw": (SDK, "sdk_spot", "raw"),
    "official SDK, typed": (SDK, "sdk_spot", "typed"),
    "python-binance": (PYTHON_BINANCE, "python_binance", ""),
    "ccxt.pro": (CCXT, "ccxt_pro", ""),
    "cryptofeed (TLS: it takes no other)": (CRYPTOFEED, "cryptofeed_ticker", ""),
}
"""Name to client, script and way."""

BEST_PEERS = ("unicorn, picows", "official SDK, raw")
SLOW_PEER_MESSAGES, QUICK_MESSAGES = 30_000, 2_000_000
"""So many take about a second, or half of one: less could not be told from what else a machine does."""


@cache
def certificate() -> Path:
    """The certificate of this run of the bench."""
    folder = Path(mkdtemp(prefix="bntui-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_certificate(folder)


def _figures(words: list[str], load: Load) -> Figures:
    measured = measure(words, load, certificate() if load.tls else None)
    if measured.lost > load.symbols * len(load.kinds) * 8:
        # What trickles before the run may come before a client listens.
        raise Failed(f"{measured.lost} messages never reached it")
    return {
        "cpu": measured.cpu_us,
        "memory": measured.rss_mb,
        "rate": load.count / measured.wall_s,
        "trades lost": measured.trades_lost,
    }


def own(client: str, way: str, load: Load) -> Callable[[], Figures]:
    """A script of this project's environment."""
    words = [sys.executable, "-m", f"tests.bench.clients.{client}", "--way", way]
    return lambda: _figures(words, load)


def _peer(name: str, load: Load) -> Contender:
    peer, script, way = PEERS[name]

    def run() -> Figures:
        prepare(peer)
        words = [peer_command(peer, "")[0], "-m", f"tests.bench.clients.{script}"]
        return _figures([*words, *(("--way", way) if way else ())], load)

    return Contender(name, run)


def _us(medians: Mapping[tuple[str, str], float], *names: str) -> float:
    return min(medians[name, "cpu"] for name in names if (name, "cpu") in medians)


def _against_peers(ours: str) -> Callable[[Mapping[tuple[str, str], float]], float]:
    return lambda medians: _us(medians, *PEERS) / medians[ours, "cpu"]


def _ours_and_floor(load: Load) -> list[Contender]:
    return [
        Contender(OURS_FAST, own("ours", "fast", load)),
        Contender(OURS, own("ours", "websockets", load)),
        Contender(FLOOR_FAST, own("floor", "fast", load)),
        Contender(FLOOR, own("floor", "websockets", load)),
    ]


UNITS = {"cpu": "µs/msg", "memory": "MB"}


def _quotes() -> Group:
    load, slow = Load(kinds=QUOTES, count=QUICK_MESSAGES), Load(kinds=QUOTES, count=SLOW_PEER_MESSAGES)
    peers = [_peer(name, slow) for name in PEERS if not name.startswith("cryptofeed")]
    tls = Load(kinds=QUOTES, count=SLOW_PEER_MESSAGES, tls=True)
    cryptofeed = [_peer(name, tls) for name in PEERS if name.startswith("cryptofeed")]
    return Group(
        "ingest/quotes",
        "bookTicker of 50 symbols, as fast as it is taken",
        UNITS,
        [*_ours_and_floor(load), *peers, *cryptofeed],
        OURS_FAST,
        [
            Goal("the best peer costs at least 3 times bntui[fast]", _against_peers(OURS_FAST), least=3),
            Goal(
                "bntui[fast] costs at most 2.5 times the floor",
                lambda medians: medians[OURS_FAST, "cpu"] / _us(medians, FLOOR_FAST),
                most=2.5,
            ),
        ],
    )


def _paced(rate: int, *, tls: bool = False) -> Group:
    load = Load(kinds=QUOTES, count=rate * RUN_S, rate=rate, tls=tls)
    goals = [
        Goal(f"the best peer costs at least 3 times {name}", _against_peers(name), least=3)
        for name in (OURS_FAST, OURS)
        if rate <= 5_000
    ]
    return Group(
        f"ingest/{rate}{'-tls' if tls else ''}",
        f"bookTicker of 50 symbols, {rate:,} messages a second, one by one{', over TLS' if tls else ''}",
        UNITS,
        [*_ours_and_floor(load), *(_peer(name, load) for name in BEST_PEERS)],
        OURS_FAST,
        goals,
    )


def _mix(tls: bool) -> Group:
    load = Load(count=200_000, tls=tls)
    slow = Load(count=SLOW_PEER_MESSAGES, tls=tls)
    what = "over TLS" if tls else "plain"
    return Group(
        f"ingest/mix-{'tls' if tls else 'plain'}",
        f"quotes, trades, books kept, candles, tickers of 50 symbols, {what}, as fast as it is taken",
        {**UNITS, "rate": "msg/s", "trades lost": "trades"},
        [*_ours_and_floor(load), *(_peer(name, slow) for name in (*BEST_PEERS, "python-binance"))],
        OURS_FAST,
    )


def _sustained() -> Group:
    plain = Load(count=75_000 * SUSTAINED_S, rate=75_000)
    fast = Load(count=150_000 * SUSTAINED_S, rate=150_000, tls=True)
    # Of a run of seconds, the moments before and behind it are a part.
    held = 0.95
    return Group(
        "ingest/sustained",
        "the same mix for some seconds: 75,000 messages a second plain, 150,000 over TLS",
        {"cpu": "µs/msg", "rate": "msg/s", "trades lost": "trades"},
        [
            Contender(OURS, own("ours", "websockets", plain)),
            Contender(OURS_FAST, own("ours", "fast", fast)),
        ],
        OURS,
        [
            Goal("messages a second by websockets", lambda m: m[OURS, "rate"], least=held * 75_000),
            Goal(
                "messages a second over TLS with bntui[fast]",
                lambda m: m[OURS_FAST, "rate"],
                least=held * 150_000,
            ),
            Goal("trades lost", lambda m: m[OURS, "trades lost"] + m[OURS_FAST, "trades lost"], most=0),
        ],
    )


def _symbols() -> Group:
    few, many, each = "50 symbols", "2,000 symbols", "each quote decoded"
    kinds = ("bookTicker", "trade")
    loads = {
        few: Load(50, kinds, 5_000 * RUN_S, 5_000, settle_s=5),
        many: Load(2_000, kinds, 5_000 * RUN_S, 5_000, settle_s=20),
    }
    return Group(
        "ingest/symbols",
        "how the cost of a message grows with the symbols: 5,000 messages a second, fast",
        UNITS,
        [
            *(Contender(name, own("ours", "fast", load)) for name, load in loads.items()),
            # With more symbols a gulp has fewer quotes that replace one another.
            *(Contender(f"{name}, {each}", own("ours", "fast+every", load)) for name, load in loads.items()),
        ],
        few,
        [
            Goal(
                "a message of one of 2,000 symbols costs at most 1.2 times",
                lambda m: m[many, "cpu"] / m[few, "cpu"],
                most=1.2,
            )
        ],
    )


def groups() -> list[Group]:
    """Everything about ingest."""
    paced = [_paced(rate) for rate in (1_000, 5_000, 20_000)]
    paced += [_paced(rate, tls=True) for rate in (1_000, 5_000)]
    return [_quotes(), *paced, _mix(tls=False), _mix(tls=True), _sustained(), _symbols()]
