"""What is listed: symbols with their tick and step sizes, and how their numbers are printed.

Inside the embedded exchange a price is a whole number of ticks and a quantity a whole number of
steps, so that sums are exact; text is made only where something is sent.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from bntui.sim.noise import text_number, unit

E8 = 100_000_000
"""Spot prints eight decimals; ticks and steps are given in units of the eighth."""
_PLACES = 8


def eight_decimals(amount_e8: int) -> str:
    """A number of 0.00000001 as the exchange prints it."""
    if amount_e8 < 0:
        return "-" + eight_decimals(-amount_e8)
    return f"{amount_e8 // E8}.{amount_e8 % E8:08d}"


def decimals(amount_e8: int, places: int) -> str:
    """A number of 0.00000001 with fewer decimals; what does not fit is cut off."""
    text = eight_decimals(amount_e8)
    return text[: len(text) - _PLACES + places] if places else text.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Contract:
    """What a symbol of the futures is besides a pair of assets."""

    coin_margined: bool
    """Its quantities are contracts of so many dollars, and its volumes are told in the base asset."""
    pair: str
    """`BTCUSDT`, and `BTCUSD` on COIN-M; contracts of one pair differ in when they end."""
    kind: str
    """`PERPETUAL`, `CURRENT_QUARTER` or `NEXT_QUARTER`."""
    margin_asset: str
    onboard_ms: int
    delivery_ms: int
    """Of a perpetual, a day in the year 2100."""
    index_symbol: str
    """The Spot symbol whose price it follows."""
    index_units: int = 1
    """How many of that symbol's base asset one of its own stands for."""
    dollars: int = 0
    """Worth of one contract; 0 where a quantity is one of the base asset."""

    @property
    def family(self) -> int:
        """What `st` says of it: 1 for USD-M, 2 for COIN-M."""
        return 2 if self.coin_margined else 1

    @property
    def perpetual(self) -> bool:
        """Whether it never ends, and pays funding instead."""
        return self.kind == "PERPETUAL"


@dataclass(frozen=True, slots=True)
class Pair:
    """One symbol, and the texts of its numbers."""

    symbol: str
    base: str
    quote: str
    tick_e8: int
    step_e8: int
    price_places: int = _PLACES
    """Decimals with which prices are printed; on the futures not those of the tick."""
    quantity_places: int = _PLACES
    contract: Contract | None = None
    """None on Spot."""

    def price(self, ticks: int) -> str:
        """A price, or a change of price."""
        return decimals(ticks * self.tick_e8, self.price_places)

    def quantity(self, steps: int) -> str:
        """A quantity of the base asset, or of contracts."""
        return decimals(steps * self.step_e8, self.quantity_places)

    def value(self, product: int, steps: int) -> str:
        """What a sum of ticks times steps, over so many steps, is worth: an amount of the quote asset.

        Of contracts it is one of the base asset, by their mean price.
        """
        if self.contract is not None and self.contract.dollars:
            worth = steps * steps * self.step_e8 * self.contract.dollars
            return eight_decimals(worth * E8 // (product * self.tick_e8) if product else 0)
        places = min(_PLACES, self.price_places + self.quantity_places)
        return decimals(product * self.tick_e8 * self.step_e8 // E8, places)

    def average(self, product: int, steps: int) -> str:
        """A volume-weighted price: a sum of ticks times steps, divided by the steps."""
        return decimals(product * self.tick_e8 // steps if steps else 0, self.price_places)


def percent(change: int, of: int) -> str:
    """A change in percent, with the three decimals of the 24 hour statistics."""
    return f"{change * 100 / of if of else 0:.3f}"


@dataclass(frozen=True, slots=True)
class Profile:
    """How the synthetic market treats a symbol."""

    price: int
    """Ticks at the start."""
    spread: int
    """Ticks between best bid and best ask when nothing disturbs them."""
    gap: int
    """Ticks between neighbouring levels."""
    levels: int
    """Levels kept on each side of the book."""
    level_steps: int
    """Typical quantity of a level."""
    trade_steps: int
    """Typical quantity of a trade."""
    share: float
    """Part of all activity; the shares of all symbols but the rare ones add up to 1."""
    rare: bool = False
    """Trades once in minutes, however busy the rest is."""


_USD = {
    "BTC": 91_250.0,
    "ETH": 3_120.0,
    "SOL": 138.2,
    "BNB": 893.0,
    "XRP": 2.05,
    "币安人生": 0.1631,
    "DOGE": 0.139,
    "PEPE": 4.61e-6,
    "ADA": 0.421,
    "TRX": 0.2873,
    "LINK": 13.62,
    "AVAX": 13.24,
    "SHIB": 8.42e-6,
    "SUI": 1.58,
    "LTC": 82.4,
    "BCH": 561.0,
    "DOT": 2.11,
    "UNI": 5.83,
    "NEAR": 1.74,
    "APT": 1.83,
    "ARB": 0.213,
    "OP": 0.312,
    "TON": 1.59,
    "WIF": 0.385,
    "BONK": 9.3e-6,
    "FIL": 1.51,
    "ATOM": 2.24,
    "ETC": 13.1,
    "XLM": 0.241,
    "HBAR": 0.136,
    "ICP": 3.41,
    "INJ": 5.32,
    "AAVE": 182.5,
    "FLOKI": 4.6e-5,
    "RENDER": 1.57,
    "FET": 0.243,
    "SEI": 0.131,
    "TIA": 0.571,
    "ENA": 0.262,
    "WLD": 0.581,
    "ALGO": 0.133,
    "VET": 0.0127,
    "GRT": 0.0431,
    "LDO": 0.621,
    "IMX": 0.271,
    "STX": 0.302,
    "RUNE": 0.642,
    "JUP": 0.213,
    "PYTH": 0.0671,
    "SAND": 0.131,
    "MANA": 0.142,
    "AXS": 0.931,
    "GALA": 0.0067,
    "CRV": 0.383,
    "EGLD": 7.31,
    "THETA": 0.312,
    "DYDX": 0.191,
    "CHZ": 0.0312,
    "ZEC": 412.0,
    "DASH": 44.1,
}
"""Base assets with a price to start from, in dollars."""

_QUOTES = {
    "USDT": 1.0,
    "USDC": 1.0,
    "FDUSD": 1.0,
    "BTC": _USD["BTC"],
    "EUR": 1.163,
    "TRY": 0.0236,
    "ETH": _USD["ETH"],
    "BNB": _USD["BNB"],
    "BRL": 0.183,
    "JPY": 0.0064,
}
"""Quote assets with their price in dollars."""

RARE_SYMBOL = "BNBETH"
"""The symbol that trades once in minutes."""

_HEAD = (
    "BTCUSDT",
    "ETHUSDT",
    "SOLUSDT",
    "BNBUSDT",
    "XRPUSDT",
    "币安人生USDT",
    "DOGEUSDT",
    RARE_SYMBOL,
    "ETHBTC",
    "PEPEUSDT",
    "ADAUSDT",
    "TRXUSDT",
    "LINKUSDT",
    "AVAXUSDT",
    "SHIBUSDT",
    "BTCFDUSD",
    "SUIUSDT",
    "BTCEUR",
    "LTCUSDT",
)
"""The first symbols, by activity."""

_SYLLABLES = tuple(first + second for first in "BCDFGHKLMNPRSTVZ" for second in "AEIOU")

_STEEPNESS = 1.1
"""Activity falls with this power of the rank."""


def split_symbol(symbol: str) -> tuple[str, str]:
    """Base and quote asset of a symbol, as far as a name tells; an unknown quote is the last part."""
    for quote in sorted(_QUOTES, key=len, reverse=True):
        if symbol.endswith(quote) and len(symbol) > len(quote):
            return symbol[: -len(quote)], quote
    middle = len(symbol) // 2
    return symbol[:middle] or symbol, symbol[middle:]


def symbol_names(count: int) -> tuple[str, ...]:
    """The first `count` names: well-known pairs, then each known asset in each quote, then invented."""
    names = dict.fromkeys(_HEAD)
    for quote in _QUOTES:
        if len(names) >= count:
            break
        names.update(dict.fromkeys(base + quote for base in _USD if base != quote))
    number = 0
    while len(names) < count:
        number += 1
        names[invented(number) + "USDT"] = None
    return tuple(names)[:count]


def invented(number: int) -> str:
    """An asset that nobody has heard of, another one for each number from 1 on."""
    name, rest = "", number + len(_SYLLABLES)
    while rest:
        rest, place = divmod(rest, len(_SYLLABLES))
        name = _SYLLABLES[place] + name
    return name


def known_assets() -> tuple[str, ...]:
    """Base assets that people know, roughly by how much they are traded."""
    return tuple(_USD)


def dollars_of(asset: str) -> float:
    """The price of an asset at the start; of an unknown one, some price that is always the same."""
    return _USD.get(asset) or 10 ** (4.5 * unit(text_number(asset), 1) - 3.5)


def quote_dollars(asset: str) -> float:
    """The price of a quote asset; 1 of an unknown one."""
    return _QUOTES.get(asset, 1.0)


def shares(names: Sequence[str], rare: Container[str]) -> list[float]:
    """How all activity is parted among symbols, the busiest first; the rare ones have none of it."""
    weights = [0.0 if name in rare else (rank + 1) ** -_STEEPNESS for rank, name in enumerate(names)]
    total = sum(weights) or 1.0
    return [weight / total for weight in weights]


def listing(symbols: int | Sequence[str]) -> list[tuple[Pair, Profile]]:
    """Every symbol of a synthetic market, the busiest first."""
    names = symbol_names(symbols) if isinstance(symbols, int) else tuple(dict.fromkeys(symbols))
    parts = shares(names, (RARE_SYMBOL,))
    return [_listed(name, rank, parts[rank]) for rank, name in enumerate(names)]


def _listed(symbol: str, rank: int, share: float) -> tuple[Pair, Profile]:
    base, quote = split_symbol(symbol)
    dollars = dollars_of(base)
    price = dollars / quote_dollars(quote)
    step_decimals = min(5, max(0, floor(log10(dollars) + 0.5)))
    tick_decimals = min(8 - step_decimals, max(2 if price < 1e6 else 0, ceil(log10(4_000 / price))))
    pair = Pair(symbol, base, quote, 10 ** (8 - tick_decimals), 10 ** (8 - step_decimals))
    ticks, step_value = round(price * 10**tick_decimals), dollars / 10**step_decimals
    return pair, profile_of(ticks, step_value, rank, share, rare=symbol == RARE_SYMBOL)


def profile_of(ticks: int, step_value: float, rank: int, share: float, *, rare: bool) -> Profile:
    """How a symbol is treated that costs so many ticks, and a step of which is worth so many dollars."""
    ticks = max(50, ticks)
    quiet = 1.0 if rare else min(1.0, rank / 400)
    """From 0 for the busiest symbol to 1 for the quietest."""
    basis_point = ticks / 10_000
    return Profile(
        price=ticks,
        spread=max(1, round(basis_point * (0.0 if rank < 20 and quiet < 1 else 2 + 18 * quiet))),
        gap=max(1, round(basis_point * (0.2 + 3 * quiet))),
        levels=1000 if rank < 5 else 300 if rank < 50 else 80,
        level_steps=max(4, round(30_000 ** (1 - 0.4 * quiet) / step_value)),
        trade_steps=max(1, round(800 ** (1 - 0.4 * quiet) / step_value)),
        share=share,
        rare=rare,
    )
