"""Cells that the tables of own accounts share: whose it is, when, which side, and how streams look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from bntui.model.account import AccountKey
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.states import UserStreamState
from bntui.ui.format import ELLIPSIS, NONE, clean, decimal_of, human, price, utc, width_of
from bntui.ui.panels.depth import ROUNDED, plain
from bntui.ui.tables.contract import symbol_width
from bntui.ui.widgets.columns import Cell, Column

InstrumentOf = Callable[[SymbolKey], Instrument | None]

STREAM_STYLES = {
    UserStreamState.STARTING: "waiting",
    UserStreamState.LIVE: "live",
    UserStreamState.DOWN: "blind",
    UserStreamState.REFUSED: "blind",
    UserStreamState.NO_KEY: "blind",
}

STREAM_GLYPHS = {
    UserStreamState.STARTING: "◌",
    UserStreamState.LIVE: "●",
    UserStreamState.DOWN: "✖",
    UserStreamState.REFUSED: "✖",
    UserStreamState.NO_KEY: "✖",
}
"""Beside the word, for eyes that cannot tell the colours apart."""

STREAM_MEANINGS = {
    UserStreamState.STARTING: "not proven yet since the engine started",
    UserStreamState.LIVE: "subscribed, and proven to bring events",
    UserStreamState.DOWN: "lost, and tried again: what happens meanwhile is asked for afterwards",
    UserStreamState.REFUSED: "the exchange does not take the key: not tried again until you change something",
    UserStreamState.NO_KEY: "configured, but its key cannot be read",
}
"""For the help."""

MOST_DECIMALS = 8
"""Decimals from which on a sum is shortened, one by one, until it fits."""

LEAST_SYMBOL = 9

ASSET_CELLS = 5
"""Cells that a column has more where most of its sums of money name their asset."""

WHOLE_DAY = 14
"""Cells from which on a time tells its day too."""


class Owned(Protocol):
    """Anything of one account on one market."""

    @property
    def owner(self) -> AccountKey:
        """Whose it is."""
        ...


R = TypeVar("R", bound=Owned)


@dataclass(frozen=True, slots=True)
class Variety:
    """What must be told of each row because not all rows share it."""

    accounts: bool = False
    markets: bool = False
    sides: bool = False
    """Long and short positions of one symbol stand side by side (hedge mode)."""
    futures: bool = False
    """There are markets with positions and what they realise."""
    coins: bool = False
    """There are contracts that are settled in coins: each sum of money names its asset."""
    symbol: int = LEAST_SYMBOL
    """Cells that show the symbols whole."""

    @property
    def symbol_least(self) -> int:
        """Cells that a symbol has in any room: where accounts have to be told apart too, it may be cut."""
        return LEAST_SYMBOL if self.accounts else self.symbol


def variety(owners: Iterable[AccountKey], sides: bool = False, symbols: Iterable[str] = ()) -> Variety:
    """Read it from the accounts there are, and the symbols of the rows."""
    known = set(owners)
    markets = {owner.market for owner in known}
    return Variety(
        len({owner.account for owner in known}) > 1,
        len(markets) > 1,
        sides,
        any(market is not Market.SPOT for market in markets),
        Market.COINM in markets,
        symbol_width(symbols, LEAST_SYMBOL),
    )


def owner_columns(told: Variety, _row: type[R]) -> tuple[Column[R], ...]:
    """Whose it is, as far as rows differ in it."""

    def account(row: R, _width: int, _now: float) -> Cell:
        return clean(row.owner.account), ""

    def market(row: R, _width: int, _now: float) -> Cell:
        return str(row.owner.market), "faint"

    columns: list[Column[R]] = []
    if told.accounts:
        columns.append(Column("account", "account", 7, account, widest=14))
    if told.markets:
        columns.append(Column("market", "mkt", 5, market))
    return tuple(columns)


def side_cell(side: str) -> Cell:
    """`▲ BUY`, `▼ SELL`: word and arrow say it, colour helps. An unknown word is shown as it comes."""
    if side in ("BUY", "LONG"):
        return f"▲ {side}", "up"
    if side in ("SELL", "SHORT"):
        return f"▼ {side}", "down"
    return clean(side) or NONE, ""


def moment(ms: int, width: int, wall_ms: int) -> str:
    """When, UTC: with the day where there is room, or where it was another day."""
    if width >= WHOLE_DAY:
        return utc(ms, "%m-%d %H:%M:%S")
    today = utc(ms, "%Y-%m-%d") == utc(wall_ms, "%Y-%m-%d")
    return utc(ms) if today else utc(ms, "%m-%d %H:%M")


def signed(value: Decimal, decimals: int | None = None) -> str:
    """A sum of money with its sign: `+12.5`, `-3`, `0`; rounded to so many decimals, if it must be."""
    text = plain(value if decimals is None else ROUNDED.quantize(value, Decimal(1).scaleb(-decimals)))
    if not text.strip("-0."):
        return "0"
    return text if text.startswith("-") else f"+{text}"


def signed_within(value: Decimal, width: int) -> str:
    """The same in at most so many cells: with fewer decimals, or at last in three digits and a unit.

    Never cut: a number that lost its end looks like another.
    """
    for decimals in (None, *range(MOST_DECIMALS, -1, -1)):
        text = signed(value, decimals)
        if len(text) <= width and (text != "0" or not value):
            return text
    return f"{'+' if value > 0 else ''}{human(value)}"


def gain_within(value: Decimal, asset: str, width: int) -> str:
    """A gain or a loss with its asset, by the same rule; without room for both the asset is left out."""
    unit = f" {clean(asset)}" if asset else ""
    text = signed_within(value, width - width_of(unit)) + unit
    return text if width_of(text) <= width else signed_within(value, width)


def amount_within(text: str, asset: str, width: int) -> str:
    """An amount with its asset in at most so many cells, by the same rule where that can be."""
    whole = asset_amount(text, asset)
    value = decimal_of(text)
    if width_of(whole) <= width or value is None:
        return whole
    room = width - width_of(whole) + width_of(price(text, 0))
    for decimals in range(MOST_DECIMALS, 1, -1):
        shown = plain(ROUNDED.quantize(value, Decimal(1).scaleb(-decimals)))
        if len(shown) <= room and shown.strip("-0."):
            return f"{shown} {clean(asset)}".rstrip()
    return f"{human(value)} {clean(asset)}".rstrip()


def quantity_within(text: str | None, decimals: int | None, width: int) -> str:
    """A quantity as printed, or where it has no room in three digits and a unit."""
    whole = price(text, decimals)
    return whole if width_of(whole) <= width else human(decimal_of(text))


def price_within(text: str | None, decimals: int | None, width: int) -> str:
    """A price as printed, or where it has no room a sign that it is elsewhere: it is never cut or rounded."""
    whole = price(text, decimals)
    return whole if width_of(whole) <= width else ELLIPSIS


def trend(value: Decimal | None) -> str:
    """The style of a gain or a loss."""
    return "" if not value else "up" if value > 0 else "down"


def asset_amount(text: str, asset: str) -> str:
    """An amount with its asset: `0.00001 BTC`; the asset is not told where there is none."""
    return f"{price(text, 0)} {clean(asset)}".rstrip()
