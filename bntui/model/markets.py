"""Markets, symbols and streams: the keys under which everything is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Market(StrEnum):
    """A market of the exchange; its symbols mean nothing without it."""

    SPOT = "spot"
    USDM = "usdm"
    COINM = "coinm"


class SymbolKey(NamedTuple):
    """A symbol of one market: nothing is ever keyed by the symbol alone."""

    market: Market
    symbol: str
    """Upper case, as the exchange prints it; may hold non-ASCII text."""

    @property
    def label(self) -> str:
        """What people read and type: `BTCUSDT` on Spot, `BTCUSDT.usdm` elsewhere."""
        return self.symbol if self.market is Market.SPOT else f"{self.symbol}.{self.market}"

    @property
    def full(self) -> str:
        """What reads back as this key whatever the default market is: `BTCUSDT.spot`."""
        return f"{self.symbol}.{self.market}"

    @classmethod
    def parse(cls, text: str, default: Market) -> SymbolKey:
        """Read what a user typed, in any case: `btcusdt`, `BTCUSDT.usdm`. Raises ValueError when empty."""
        symbol, dot, suffix = text.strip().rpartition(".")
        if dot and suffix.lower() in set(Market):
            key = cls(Market(suffix.lower()), symbol.upper())
        else:
            key = cls(default, text.strip().upper())
        if not key.symbol:
            raise ValueError("an empty symbol")
        return key


class StreamKind(StrEnum):
    """The kinds of market streams, over all markets; the values are this program's words for them."""

    TRADE = "trade"
    AGG_TRADE = "agg_trade"
    BLOCK_TRADE = "block_trade"
    BOOK_TICKER = "book_ticker"
    TICKER = "ticker"
    MINI_TICKER = "mini_ticker"
    MINI_TICKER_ALL = "mini_ticker_all"
    WINDOW_TICKER = "window_ticker"
    WINDOW_TICKER_ALL = "window_ticker_all"
    KLINE = "kline"
    AVG_PRICE = "avg_price"
    DEPTH = "depth"
    PARTIAL_DEPTH = "partial_depth"
    REFERENCE_PRICE = "reference_price"
    BOOK_TICKER_ALL = "book_ticker_all"
    TICKER_ALL = "ticker_all"
    RPI_DEPTH = "rpi_depth"
    CONTINUOUS_KLINE = "continuous_kline"
    MARK_PRICE = "mark_price"
    MARK_PRICE_ALL = "mark_price_all"
    INDEX_PRICE = "index_price"
    LIQUIDATION = "liquidation"
    LIQUIDATION_ALL = "liquidation_all"
    CONTRACT_INFO = "contract_info"


class StreamKey(NamedTuple):
    """A stream of one market, under the exchange's own name for it, such as `btcusdt@trade`."""

    market: Market
    name: str


class Side(StrEnum):
    """The taker's side of a trade."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class Instrument:
    """What exchangeInfo says of a symbol, as far as screens and checks need it."""

    key: SymbolKey
    status: str
    """`TRADING` where it trades; other and unknown words are shown as they come."""
    base: str
    quote: str
    tick_size: str
    """The smallest price step, as printed: `0.01000000`."""
    step_size: str
    """The smallest quantity step, as printed."""
    price_decimals: int
    """Decimals of `tick_size` without trailing zeros."""
    quantity_decimals: int
    """Decimals of `step_size` without trailing zeros."""
    contract: str = ""
    """Of a futures contract its type, in the exchange's word: `PERPETUAL`, `CURRENT_QUARTER`."""
    pair: str = ""
    """Of a futures contract: what it is about, such as `BTCUSD`."""
    margin: str = ""
    """Of a futures contract: the asset that it is settled in."""
    contract_size: str = ""
    """Where quantities are counted in contracts (COIN-M): what one is worth, in `quote`. Empty: they are
    counted in `base`."""
    expires_ms: int | None = None
    """Of a futures contract with an end: when it is settled."""
