"""Plays a recording of one of the futures markets.

Mark and index prices were not recorded; they are those of the middle of the contract's own book, without
funding. How much is held is not known, and the retail orders of `rpiDepth` are not either.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bntui.clock import Clock
from bntui.model.markets import Market, StreamKind
from bntui.sim.contracts import PERPETUAL
from bntui.sim.dialect import COINM_PACES, FUTURES_TEXTS, USDM_PACES
from bntui.sim.futurespayloads import contract_of
from bntui.sim.hub import Audience
from bntui.sim.instruments import Pair
from bntui.sim.playback import Playback
from bntui.sim.pricing import Pricing, own_index
from bntui.sim.recording import RecordedSymbol, Recording
from bntui.sim.switchboard import FuturesSwitchboard
from bntui.venue.base import StreamSpec
from bntui.venue.binance.futures_streams import SLOW_SPEED, UNDOCUMENTED_SPEED
from bntui.venue.binance.streams import FAST_SPEED

_UNKNOWN = frozenset({StreamKind.RPI_DEPTH, StreamKind.LIQUIDATION, StreamKind.LIQUIDATION_ALL})
"""What cannot be made from trades and books."""


class FuturesPlayback(Playback):
    """A recording of USD-M or COIN-M as a source of data."""

    texts = FUTURES_TEXTS
    speeds = ("", *(f"@{speed}" for speed in (FAST_SPEED, SLOW_SPEED, UNDOCUMENTED_SPEED)))

    def __init__(self, clock: Clock, recording: Recording, *, speed: float = 1.0, loop: bool = False) -> None:
        """Wait at the beginning of the tape. `speed`: recorded seconds in a second."""
        self._coin_margined = recording.market is Market.COINM
        self._first_ms = recording.first_ns // 1_000_000
        self.pricing = Pricing(own_index(self.desk), strays=False)
        super().__init__(clock, recording, speed=speed, loop=loop)

    def trade_steps(self, symbol: str) -> int:
        """0: nobody recorded how much is held."""
        return 0

    def pair(self, known: RecordedSymbol) -> Pair:
        """A contract as it is listed."""
        return known.contract(self._first_ms, coin_margined=self._coin_margined)

    def board(self) -> FuturesSwitchboard:
        """What connects streams that are made from the recording."""
        paces = COINM_PACES if self._coin_margined else USDM_PACES
        return FuturesSwitchboard(Random(0), paces, self.pricing, self.pairs)

    def open(self, spec: StreamSpec, audience: Audience) -> bool:
        """Let a stream flow; the first recorded one starts the tape."""
        if spec.kind is StreamKind.CONTRACT_INFO or (spec.kind in _UNKNOWN and not self.holds(audience.name)):
            return False
        return super().open(replace(spec, symbol=self._symbol(spec)), audience)

    def _symbol(self, spec: StreamSpec) -> str:
        """The contract that a stream of a pair is about; its own symbol otherwise."""
        wanted = spec.symbol
        if spec.kind is StreamKind.INDEX_PRICE:
            wanted = f"{spec.symbol}_{PERPETUAL}"
        elif spec.kind is not StreamKind.CONTINUOUS_KLINE:
            return wanted
        for pair in self.pairs:
            if f"{contract_of(pair).pair}_{contract_of(pair).kind}" == wanted:
                return pair.symbol
        return wanted
