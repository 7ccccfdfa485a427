"""A small futures floor whose time is told by the test, and an ear at each of its two hosts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bntui.clock import ManualClock
from bntui.sim.contracts import contract, futures_listing
from bntui.sim.dialect import COINM_PACES, USDM_PACES
from bntui.sim.floor import Floor, Front
from bntui.sim.hub import Hub
from bntui.sim.instruments import Pair
from bntui.sim.market import Market
from bntui.venue.base import Decoded
from bntui.venue.binance.futures_codec import decode_coinm, decode_usdm
from bntui.venue.binance.futures_streams import parse_coinm, parse_usdm
from tests.sim.rig import Ear

NOW_MS = 1_767_225_600_000
"""2026-01-01."""

PERPETUAL = contract("BTCUSDT", NOW_MS, coin_margined=False)
DELIVERY = contract("BTCUSDT_260327", NOW_MS, coin_margined=False)
COIN = contract("BTCUSD_PERP", NOW_MS, coin_margined=True)
COIN_DELIVERY = contract("BTCUSD_260327", NOW_MS, coin_margined=True)


class Pit:
    """A floor with both fronts."""

    def __init__(self, *, spot: bool = True, rate: float = 800.0, seed: int = 1) -> None:
        self.clock = ManualClock()
        now_ms = self.clock.wall_ms()
        listed = [
            (pair, replace(profile, share=profile.share / 2))
            for coin in (False, True)
            for pair, profile in futures_listing(12, now_ms, coin_margined=coin)
        ]
        self.spot = Market(self.clock, 4, 400.0, seed) if spot else None
        self.floor = Floor(self.clock, listed, rate, seed, self.spot)
        self.usdm = Front(self.floor, coin_margined=False, paces=USDM_PACES, seed=seed)
        self.coinm = Front(self.floor, coin_margined=True, paces=COINM_PACES, seed=seed)
        self.ears = {"usdm": Ear(), "coinm": Ear()}
        self._hubs = {"usdm": Hub(), "coinm": Hub()}

    def listen(self, market: str, *names: str) -> list[bool]:
        """Subscribe at a host: whether each stream flows."""
        flows = []
        for name in names:
            audience = self._hubs[market].join(name, self.ears[market])
            assert audience is not None
            spec = (parse_coinm if market == "coinm" else parse_usdm)(name)
            flows.append((self.coinm if market == "coinm" else self.usdm).open(spec, audience))
        return flows

    def leave(self, market: str, name: str) -> None:
        """Unsubscribe at a host."""
        front = self.coinm if market == "coinm" else self.usdm
        for audience in self._hubs[market].leave([name], self.ears[market]):
            front.close(audience)

    def run(self, seconds: float, step_s: float = 0.05) -> None:
        """Let everything go on for a while."""
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            if self.spot is not None:
                self.spot.advance()
            self.usdm.advance()
            self.coinm.advance()

    def payloads(self, market: str, stream: str) -> list[Any]:
        """What came on one stream, read."""
        return self.ears[market].payloads(stream)

    def decoded(self, market: str) -> list[Decoded]:
        """Everything that came at a host, as the client's codec reads it."""
        decode = decode_coinm if market == "coinm" else decode_usdm
        return [decode(text, 0, 0.0) for text in self.ears[market].texts]


def fields(text: str) -> list[str]:
    """The names of a payload's fields, in order."""
    return list(json.loads(text))


def pairs_of(rows: list[tuple[Pair, object]]) -> list[Pair]:
    """The pairs of a listing."""
    return [pair for pair, _ in rows]
