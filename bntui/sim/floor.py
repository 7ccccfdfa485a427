"""Where futures are traded: one engine for both families, and a front for each of the two hosts.

Contracts follow the Spot price of what they stand for. Where the exchange serves Spot too, it is that
market's price; of what is not listed there, and where Spot is not served, it is the price of a market that
nobody can see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import gcd
from random import Random

from bntui.clock import Clock
from bntui.model.markets import StreamKind
from bntui.sim.contracts import PERPETUAL
from bntui.sim.desk import Desk
from bntui.sim.dialect import SECOND_US, Paces
from bntui.sim.futurespayloads import contract_of
from bntui.sim.history import Piece
from bntui.sim.hub import Audience
from bntui.sim.instruments import Pair
from bntui.sim.market import Listed, Market
from bntui.sim.pricing import Pricing, middle
from bntui.sim.switchboard import FuturesSwitchboard
from bntui.venue.base import StreamSpec

_BOOKS = frozenset({StreamKind.DEPTH, StreamKind.PARTIAL_DEPTH, StreamKind.RPI_DEPTH})
_ON_BOTH_HOSTS = frozenset({StreamKind.KLINE, StreamKind.CONTINUOUS_KLINE, StreamKind.MARK_PRICE})
"""Of either family on either host (CM-UM integration notice, 2026-06-10)."""
_INDEX_RATE = 0.3
"""Activity of the market that nobody can see, in that of the futures."""


class Index:
    """The Spot prices that contracts follow."""

    def __init__(self, spot: Market | None, hidden: Market) -> None:
        """`spot`: what is served; `hidden`: the market for the rest."""
        self._markets = [market for market in (spot, hidden) if market is not None]
        self._hidden = hidden
        self._followed: frozenset[str] = frozenset()
        for market in self._markets:
            market.wanted_elsewhere.append(lambda: self._followed)

    def price(self, pair: Pair) -> float:
        """What a contract's index stands at, in the quote asset."""
        return middle(self._desk(pair)) * contract_of(pair).index_units

    def _desk(self, pair: Pair) -> Desk:
        contract = contract_of(pair)
        for market in self._markets:
            if (desk := market.desk(contract.index_symbol)) is not None:
                return desk
        raise ValueError(f"{contract.index_symbol} is traded nowhere")

    def hours(self, pair: Pair) -> Callable[[int], Piece | None]:
        """The past of a contract's index, by the hour."""
        past = self._desk(pair).timeline.past
        return past.piece if past is not None else lambda hour: None

    def ratio(self, pair: Pair) -> tuple[int, int]:
        """Ticks of a contract, and of its index, that are worth the same."""
        index, own = self._desk(pair).pair.tick_e8 * contract_of(pair).index_units, pair.tick_e8
        shared = gcd(index, own)
        return index // shared, own // shared

    def follow(self, pairs: Iterable[Pair]) -> None:
        """Keep the prices moving that contracts which are traded now follow."""
        self._followed = frozenset(contract_of(pair).index_symbol for pair in pairs)
        for symbol in self._followed:
            for market in self._markets:
                if market.wake(symbol) is not None:
                    break

    def advance(self) -> None:
        """Let happen what is due where nobody else sees to it."""
        self._hidden.advance()


class Floor:
    """Both families of futures. Moves only when `advance` is called, however many fronts call it."""

    def __init__(
        self, clock: Clock, listed: Sequence[Listed], rate: float, seed: int, spot: Market | None = None
    ) -> None:
        """`listed`: the contracts of both families; their shares of all activity add up to 1."""
        known = {pair.symbol for pair in spot.pairs} if spot is not None else set()
        symbols = dict.fromkeys(contract_of(pair).index_symbol for pair, _ in listed)
        rest = [symbol for symbol in symbols if symbol not in known]
        self.index = Index(spot, Market(clock, tuple(rest), rate * _INDEX_RATE, seed))
        self.pricing = Pricing(self.index.price)
        self.market = Market(clock, listed, rate, seed, self)
        self.boards: list[FuturesSwitchboard] = []
        """Of each front."""
        self._next_follow_us = 0

    def __repr__(self) -> str:
        return f"<Floor {self.market!r}>"

    def fair_ticks(self, pair: Pair) -> float:
        """What a contract should cost now."""
        return self.pricing.fair_ticks(pair, self.market.moment_us // 1000)

    def hours(self, pair: Pair) -> Callable[[int], Piece | None]:
        """The past of what a contract follows, by the hour."""
        return self.index.hours(pair)

    def ratio(self, pair: Pair) -> tuple[int, int]:
        """Ticks of a contract, and of what it follows, that are worth the same."""
        return self.index.ratio(pair)

    def advance(self) -> None:
        """Let everything happen that is due by now."""
        self.index.advance()
        self.market.advance()
        moment_us = self.market.moment_us
        if not 0 < self._next_follow_us - moment_us <= SECOND_US:
            self._next_follow_us = moment_us + SECOND_US
            self.index.follow([desk.pair for desk in self.market.awake_desks()])


class Front:
    """One of the two hosts, as a source of data: its own contracts, and what it shows of the other's."""

    def __init__(self, floor: Floor, *, coin_margined: bool, paces: Paces, seed: int) -> None:
        """The host of one family."""
        self._floor = floor
        self._market = floor.market
        self.pairs: Sequence[Pair] = [
            pair for pair in self._market.pairs if contract_of(pair).coin_margined is coin_margined
        ]
        """What is listed at this host, the busiest first."""
        self._own = {pair.symbol for pair in self.pairs}
        self._paces = paces
        self._lines = {
            f"{contract_of(pair).pair}_{contract_of(pair).kind}": pair.symbol for pair in self._market.pairs
        }
        """The contract of each kind on a pair, such as that of `BTCUSDT_PERPETUAL`."""
        self._board = FuturesSwitchboard(Random(seed), paces, floor.pricing, self._market.pairs)
        floor.boards.append(self._board)
        self._specs: dict[str, tuple[StreamSpec, str]] = {}
        """By the stream's name, what was asked for, and of which contract; empty: of all."""
        self._market.wanted_elsewhere.append(self._wanted)

    def __repr__(self) -> str:
        return f"<Front of {len(self.pairs)} contracts on {self._floor!r}>"

    def _wanted(self) -> set[str]:
        return {symbol for _, symbol in self._specs.values()}

    @property
    def pricing(self) -> Pricing:
        """What contracts should cost."""
        return self._floor.pricing

    def trade_steps(self, symbol: str) -> int:
        """The quantity of a typical trade."""
        return self._market.profile(symbol).trade_steps

    def now_us(self) -> int:
        """The exchange's time."""
        return self._market.now_us()

    def desk(self, symbol: str) -> Desk | None:
        """The desk of a contract of this host."""
        return self._market.desk(symbol) if symbol in self._own else None

    def open(self, spec: StreamSpec, audience: Audience) -> bool:
        """Let a stream flow. False where it stays silent."""
        if spec.kind is StreamKind.CONTRACT_INFO or not self._in_time(spec):
            return False
        moment_us = self._market.moment_us
        symbol = self._symbol(spec)
        if symbol is None:
            return False
        if not symbol:
            if spec.kind is not StreamKind.MARK_PRICE_ALL:
                self._market.wake_all()
            self._board.open_all(self._market.awake_desks, spec, audience, moment_us)
        else:
            desk = self._market.wake(symbol)
            if desk is None:
                return False
            self._board.open(desk, spec, audience, moment_us)
        self._specs[audience.name] = (spec, symbol)
        return True

    def _in_time(self, spec: StreamSpec) -> bool:
        """Whether a book comes at the speed that was asked for."""
        return spec.kind not in _BOOKS or spec.speed in self._paces.book

    def _symbol(self, spec: StreamSpec) -> str | None:
        """Which contract a stream is of: empty for all, None for none that is shown here."""
        if not spec.symbol:
            return ""
        if spec.kind is StreamKind.CONTINUOUS_KLINE:
            return self._lines.get(spec.symbol)
        if spec.kind is StreamKind.INDEX_PRICE:
            return self._lines.get(f"{spec.symbol}_{PERPETUAL}")
        if spec.symbol in self._own or spec.kind in _ON_BOTH_HOSTS:
            return spec.symbol
        return None

    def close(self, audience: Audience) -> None:
        """Nobody listens to a stream any more."""
        found = self._specs.pop(audience.name, None)
        if found is not None:
            spec, symbol = found
            self._board.close(self._market.desk(symbol) if symbol else None, spec, audience)

    def advance(self) -> None:
        """Let everything happen that is due by now."""
        self._floor.advance()
        self._board.schedule.run(self._market.moment_us)

    def shift(self, by_us: int) -> None:
        """Put the clock of both fronts forward, or back."""
        self._market.shift(by_us)
        for board in self._floor.boards:
            board.schedule.restart(self._market.moment_us)
