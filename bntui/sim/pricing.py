"""What a contract should cost: the price that it follows, its basis, mark price and funding; and how much of
it is held."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sin

from bntui.sim.desk import Desk
from bntui.sim.futurespayloads import Mark, contract_of
from bntui.sim.instruments import E8, Pair, eight_decimals
from bntui.sim.noise import text_number, unit

HOUR_MS = 3_600_000
_YEAR_MS = 365 * 24 * HOUR_MS
_PREMIUM = 0.0006
"""How far a perpetual strays from its index, at most."""
_YEARLY = 0.05
"""How much dearer a contract is that is delivered in a year."""
_INTEREST = 0.0001
"""Of eight hours, part of every funding rate (funding rate rules, read 2026-05-28)."""
_MOST_APART = 0.0005
"""Funding goes with the premium only where it is further from the interest than this (the same rules)."""
_FUNDING_HOURS = (8, 8, 8, 4)
_SMOOTHED_MS = 60_000
"""Over how long the average of the mark price goes."""
_OPEN_TRADES = 40_000
"""Open interest in typical trades."""


IndexPrice = Callable[[Pair], float]
"""The price in the quote asset that a contract follows."""


class Pricing:
    """Prices every contract from the index that it follows."""

    def __init__(self, index: IndexPrice, *, strays: bool = True) -> None:
        """`strays`: contracts cost a little more or less than their index; otherwise just as much, and nobody
        pays funding."""
        self._index = index
        self._strays = strays

    def basis(self, pair: Pair, now_ms: int) -> float:
        """By which part a contract is dearer than its index."""
        if not self._strays:
            return 0.0
        contract, number = contract_of(pair), text_number(pair.symbol)
        waves = (
            sin(2 * pi * (now_ms / ((3 + 40 * unit(number, wave)) * HOUR_MS / 20) + unit(number, wave + 9)))
            for wave in range(3)
        )
        premium = _PREMIUM * sum(waves) / 3
        if contract.perpetual:
            return premium
        return premium / 4 + _YEARLY * max(0, contract.delivery_ms - now_ms) / _YEAR_MS

    def fair_ticks(self, pair: Pair, now_ms: int) -> float:
        """What a contract should cost."""
        return self._index(pair) * (1 + self.basis(pair, now_ms)) * E8 / pair.tick_e8

    def index_e8(self, pair: Pair) -> int:
        """The price that a contract follows."""
        return round(self._index(pair) * E8)

    def mark(self, pair: Pair, now_ms: int) -> Mark:
        """Everything at once."""
        contract, index, basis = contract_of(pair), self._index(pair), self.basis(pair, now_ms)
        earlier = self.basis(pair, now_ms - _SMOOTHED_MS)
        mark, average = (round(index * (1 + part) * E8) for part in (basis, (basis + earlier) / 2))
        if not (contract.perpetual and self._strays):
            return Mark(round(index * E8), mark, average, round(index * E8), eight_decimals(0), 0)
        apart = max(-_MOST_APART, min(_MOST_APART, _INTEREST - basis))
        every_ms = _FUNDING_HOURS[text_number(pair.symbol) % len(_FUNDING_HOURS)] * HOUR_MS
        return Mark(
            round(index * E8),
            mark,
            average,
            round(index * (1 + basis / 2) * E8),
            eight_decimals(round((basis + apart) * E8)),
            now_ms - now_ms % every_ms + every_ms,
        )

    def interest_rate(self, pair: Pair) -> str:
        """The part of the funding rate that does not depend on the premium."""
        return eight_decimals(round(_INTEREST * E8) if contract_of(pair).perpetual else 0)


def open_interest(desk: Desk, trade_steps: int, now_ms: int) -> int:
    """Steps of a contract that are held; it moves a little from minute to minute."""
    number = text_number(desk.pair.symbol)
    wave = sin(2 * pi * (now_ms / (6 * HOUR_MS) + unit(number, 3)))
    jitter = unit(number, now_ms // (HOUR_MS // 60))
    return round(trade_steps * _OPEN_TRADES * (0.5 + unit(number, 4)) * (1 + 0.04 * wave + 0.002 * jitter))


def own_index(desk: Callable[[str], Desk | None]) -> IndexPrice:
    """An index where only the contract itself is known: the middle of its book, else its last price."""

    def index(pair: Pair) -> float:
        here = desk(pair.symbol)
        return middle(here) if here is not None else 0.0

    return index


def middle(desk: Desk) -> float:
    """The middle of a book in the quote asset; the last price where a side is empty."""
    (bid, _), (ask, _) = desk.best()
    ticks = (bid + ask) / 2 if bid and ask else float(desk.timeline.open.close)
    return ticks * desk.pair.tick_e8 / E8
