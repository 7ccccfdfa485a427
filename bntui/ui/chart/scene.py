"""What a chart is asked to draw, and how it shares its room."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from bntui.model.markets import Instrument
from bntui.ui.chart.glyphs import BLOCKS, Glyphs
from bntui.ui.chart.timeline import UTC_ZONE, Zone
from bntui.ui.chart.window import Window
from bntui.ui.format import decimal_of, split_point


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose of the looks."""

    averages: bool = True
    vwap: bool = True
    log: bool = False
    hollow: bool = True
    """Candles that rose are outlines and those that fell are filled: colour is never the only sign."""
    zone: Zone = UTC_ZONE


@dataclass(frozen=True, slots=True)
class Cross:
    """The crosshair: on a candle, and at a line of the plot where the mouse holds it."""

    slot: int
    line: int | None = None
    held: bool = False
    """By the mouse, which takes it along."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """How prices and quantities of the symbol are written."""

    tick: Decimal
    price_decimals: int
    quantity_decimals: int
    base: str = ""
    """What volumes are counted in: a currency, or `contracts`."""
    quote: str = ""
    """What the other volume is counted in: for contracts it is the base currency."""
    other: str = "quote"
    """What the other volume is called."""

    @classmethod
    def of(cls, instrument: Instrument | None, price: str = "", quantity: str = "") -> Ticks:
        """As exchangeInfo says; where it says nothing, as a price and a quantity are printed."""
        if instrument is None:
            decimals = len(price.rstrip("0").partition(".")[2])
            return cls(Decimal(1).scaleb(-min(decimals, 20)), decimals, split_point(quantity)[1])
        tick = decimal_of(instrument.tick_size)
        decimals = max(min(instrument.price_decimals, 20), 0)
        return cls(
            tick if tick is not None and tick > 0 else Decimal(1).scaleb(-decimals),
            decimals,
            max(instrument.quantity_decimals, 0),
            "contracts" if instrument.contract_size else instrument.base,
            instrument.base if instrument.contract_size else instrument.quote,
            "coins" if instrument.contract_size else "quote",
        )


class OwnFill(NamedTuple):
    """A fill of one's own, to be marked on its candle."""

    time_ms: int
    bought: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the picture depends on beside the candles themselves."""

    width: int
    height: int
    interval: str
    now_ms: int
    ticks: Ticks
    window: Window = field(default_factory=Window)
    options: Options = field(default_factory=Options)
    cross: Cross | None = None
    choosing: str | None = None
    """The interval under the chooser's cursor, while it is open."""
    accepted_by: str = "enter"
    """The key that takes it."""
    offered: tuple[str, ...] = ()
    """The intervals to choose from."""
    wanted: str = ""
    """The interval that has been asked for and is not here yet."""
    dark: bool = False
    lit: bool = True
    """Has it the keys, or the place for itself? Among panels that have not, its title stands out less."""
    first: bool = False
    loading: bool = False
    failure: str = ""
    glyphs: Glyphs = BLOCKS
    own: tuple[OwnFill, ...] = ()
    """Oldest first."""


NARROWEST_WITH_AXIS = 16
"""Columns below which the prices at the right are left out."""

MARGIN_FROM = 30
"""Columns of the plot from which on one stays empty at the right edge."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands: lines from the top, columns from the left."""

    width: int
    height: int
    title: int
    """Lines of the title: 0 or 1."""
    values: int
    """Lines of the values of a candle."""
    plot: int
    volume: int
    times: int
    notes: int
    """Lines for legend and notes at the foot; without them the notes stand in the plot."""
    plot_width: int
    inset: int
    """Empty columns left of the plot: it begins where the words above it do."""
    axis: int
    """Columns of the price axis."""
    margin: int
    """Empty columns between the newest candle and the axis."""

    @property
    def top(self) -> int:
        """The first line of the plot."""
        return self.title + self.values

    @property
    def cells(self) -> int:
        """Columns in which candles may stand."""
        return max(self.plot_width - self.margin, 0)


def lay_out(width: int, height: int, label: int, values_width: int) -> Layout:
    """Share the room; `label` is the longest price, `values_width` all values of a candle in a row.

    What is left out first where lines are few: legend, volume, values, title, times. The plot always stays.
    """
    axis = min(label + 2, width // 2) if width >= NARROWEST_WITH_AXIS else 0
    inset = 1 if axis else 0
    plot_width = max(width - inset - axis, 0)
    title = 1 if height >= 4 else 0
    times = 1 if height >= 5 else 0
    notes = 1 if height >= 14 else 0
    most = 0 if height < 10 else 1 if height < 14 else 2 if height < 20 else 3
    values = min(most, -(-values_width // max(width - 2, 1)))
    rest = max(height - title - times - notes - values, 0)
    volume = 0 if rest < 7 else min(max(rest // 6, 1), 7)
    return Layout(
        width,
        height,
        title,
        values,
        rest - volume,
        volume,
        times,
        notes,
        plot_width,
        inset,
        axis,
        1 if plot_width >= MARGIN_FROM else 0,
    )
