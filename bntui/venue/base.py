"""What a market is to the rest of the program: one value per market, and the shapes it is made of.

Nothing outside `venue/` asks which market it has before it: limits, stream names, payloads, request
frames and REST calls all come from the `Venue`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from bntui.venue.books import SPOT_BOOK, BookRule, BookSnapshot

if TYPE_CHECKING:
    from bntui.model.derivatives import MarkPrice, OpenInterest
    from bntui.model.events import AggTrade, Candle, ControlEvent, MarketEvent, Ticker, Trade
    from bntui.model.markets import Instrument, Market, StreamKind
    from bntui.model.status import MinuteCloses
    from bntui.venue.limits import Limits
    from bntui.venue.user import UserVenue

COMBINED_SOCKET = "/stream"
"""How the path of every combined socket ends; what stands before it parts the streams of some markets."""


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A stream name taken apart. Fields that the kind does not have are empty."""

    kind: StreamKind
    symbol: str = ""
    """Upper case; empty for streams of all symbols."""
    interval: str = ""
    """Of a kline (`1m`), or the window of a rolling ticker (`1h`)."""
    utc_offset: str = ""
    """Of a kline whose boundaries lie elsewhere, such as `+08:00`."""
    levels: int = 0
    """Of a partial book: 5, 10 or 20."""
    speed: str = ""
    """Of a book: `100ms`, or empty for the default speed."""


class Decoded(NamedTuple):
    """What one frame held."""

    stream: str | None
    """The stream's name: from the envelope, or rebuilt from a raw payload; None for control frames."""
    events: Sequence[MarketEvent]
    """Several for array streams; empty for control frames and for payloads that say nothing new."""
    said: Sequence[ControlEvent] = ()
    """What is no data: answers, warnings, and what cannot be read or is not known."""
    untold: Sequence[MarketEvent] = ()
    """Events of rows that do not say their market, where a stream carries the rows of several: those count
    whose symbol this market lists."""


class Access(StrEnum):
    """What a REST request must carry beside its parameters."""

    OPEN = "open"
    """Nothing."""
    KEY = "key"
    """The API key, in a header."""
    SIGNED = "signed"
    """The API key, a time and a signature."""


@dataclass(frozen=True, slots=True)
class RestCall:
    """One REST request, ready to send, with what it costs."""

    name: str
    """This program's word for it, such as `depth`."""
    path: str
    params: tuple[tuple[str, str], ...]
    weight: int
    header_is_wrong: bool = False
    """The answer's header does not tell the weight that is used up (documented of single calls)."""
    method: str = "GET"
    access: Access = Access.OPEN


class BestPrices(NamedTuple):
    """The best level of each side, as printed."""

    bid: str
    bid_qty: str
    ask: str
    ask_qty: str


@dataclass(frozen=True, slots=True)
class RestCalls:
    """The REST requests of a market that the feed uses. Unsigned market data only."""

    time: Callable[[], RestCall]
    exchange_info: Callable[[], RestCall]
    instrument: Callable[[str], RestCall]
    """What is listed under one symbol; where the exchange cannot be asked for one, everything."""
    tickers: Callable[[Sequence[str]], RestCall]
    """24 hour statistics of the given symbols; of all when none is given."""
    klines: Callable[[str, str, int], RestCall]
    """Symbol, interval, number of candles."""
    candles_from: Callable[[str, str, int, int], RestCall]
    """Symbol, interval, opening time of the first candle in epoch ms, number of candles."""
    candles_to: Callable[[str, str, int, int], RestCall]
    """Symbol, interval, opening time of the last candle in epoch ms, number of candles."""
    trades_from: Callable[[str, int, int], RestCall]
    """Symbol, first trade id, number of trades."""
    agg_trades_from: Callable[[str, int, int], RestCall]
    """Symbol, first id of an aggregated trade, number of them."""
    depth: Callable[[str, int], RestCall]
    """Symbol, levels."""
    best_prices: Callable[[Sequence[str]], RestCall] | None = None
    """Best bid and ask of one symbol, or of all when none is given; None where the statistics tell them."""
    mark_prices: Callable[[Sequence[str]], RestCall] | None = None
    """Mark prices and funding of one symbol, or of all when none is given; None where there are none."""
    open_interest: Callable[[str], RestCall] | None = None
    """Open contracts of a symbol; None where there are no contracts."""


@dataclass(frozen=True, slots=True)
class RestBodies:
    """Readers of the answers. Each raises ValueError on a body that is not what it should be."""

    server_time_ms: Callable[[bytes], int]
    instruments: Callable[[bytes], tuple[Instrument, ...]]
    tickers: Callable[[bytes, int, float], tuple[Ticker, ...]]
    """Body, receipt in epoch ms, receipt on the monotonic clock."""
    minute_closes: Callable[[str, bytes], MinuteCloses]
    """Symbol, body of a klines answer."""
    candles: Callable[[str, str, bytes, int, float], tuple[Candle, ...]]
    """Symbol, interval, body of a klines answer, receipt twice; refilled, oldest first. The last one is
    closed only if it was over by the time of receipt."""
    trades: Callable[[str, bytes, int, float], tuple[Trade, ...]]
    """Symbol, body, receipt in epoch ms, receipt on the monotonic clock; refilled, oldest first."""
    agg_trades: Callable[[str, bytes, int, float], tuple[AggTrade, ...]]
    """As `trades`."""
    depth: Callable[[bytes], BookSnapshot]
    error: Callable[[bytes], tuple[int, str]]
    """The exchange's own code and text; (0, start of the body) where it has none."""
    explain: Callable[[int, int, str], tuple[str, str]]
    """HTTP status, the exchange's code and text, to what happened and what to do, for people."""
    best_prices: Callable[[bytes], Mapping[str, BestPrices]] | None = None
    """By symbol."""
    mark_prices: Callable[[bytes, int, float], tuple[MarkPrice, ...]] | None = None
    """Body, receipt in epoch ms, receipt on the monotonic clock."""
    open_interest: Callable[[bytes, int, float], OpenInterest] | None = None
    """As `mark_prices`."""


@dataclass(frozen=True, slots=True)
class Venue:
    """One market of one exchange, as data and pure functions."""

    market: Market
    name: str
    """For people: `Binance Spot`."""
    limits: Limits
    decode: Callable[[bytes | str, int, float], Decoded]
    """Frame, receipt in epoch ms, receipt on the monotonic clock. Never raises."""
    newest: Callable[[Sequence[bytes]], list[bytes]]
    """Of frames in the order of their coming, those that no later one has made worthless, told without
    decoding any."""
    outdates: Callable[[bytes], bool]
    """Whether a frame that begins with these bytes makes all before it worthless that begin with them too."""
    parse_stream: Callable[[str], StreamSpec]
    """Raises ValueError for a name that is no stream of this market."""
    format_stream: Callable[[StreamSpec], str]
    stream_path: Callable[[StreamSpec], str]
    """Path of the bare combined socket that serves this kind: `/stream` on Spot."""
    subscribe: Callable[[Sequence[str], int], str]
    """Names and request id to the text of a frame."""
    unsubscribe: Callable[[Sequence[str], int], str]
    batches: Callable[[Sequence[str], int, int], list[list[str]]]
    """Names, most names a frame, most bytes a frame: the names of each frame, in order."""
    calls: RestCalls
    bodies: RestBodies
    intervals: tuple[str, ...]
    """Of candles, shortest first."""
    watch_kinds: tuple[StreamKind, ...]
    """The streams that a row of the watchlist needs."""
    starter: tuple[str, ...]
    """Well-known symbols: what a first run watches, as far as the exchange lists them."""
    tickers_a_call: int
    """Symbols whose statistics one call brings at the least weight."""
    weight_pool: str
    """Markets with the same word here share one budget of request weight at the exchange."""
    book_rule: BookRule = SPOT_BOOK
    """How depth events follow one another."""
    user: UserVenue | None = None
    """What it says of own accounts; None where bntui cannot ask for them."""

    def part(self, spec: StreamSpec) -> str:
        """Which part of the market's streams a kind belongs to, such as `/market`; empty where there is one
        socket for all. Raises ValueError for a kind that no path is known of."""
        return self.stream_path(spec).removesuffix(COMBINED_SOCKET)

    def offers(self, spec: StreamSpec) -> bool:
        """Whether the market has such a stream."""
        try:
            self.format_stream(spec)
        except ValueError:
            return False
        return True
