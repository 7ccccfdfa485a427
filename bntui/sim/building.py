"""Builds what each served market needs: its source of data, its rules, its answers over REST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from bntui.clock import Clock
from bntui.errors import UsageError
from bntui.model.markets import Market as MarketName
from bntui.sim.accountbuilding import futures_accounts, spot_accounts
from bntui.sim.contracts import futures_listing
from bntui.sim.dialect import COINM_PACES, USDM_PACES
from bntui.sim.exchange import Exchange, Source
from bntui.sim.floor import Floor, Front
from bntui.sim.futurescalls import FuturesCalls
from bntui.sim.futuresplayback import FuturesPlayback
from bntui.sim.house import HOUSES, US_HOUSE
from bntui.sim.keys import Keyring
from bntui.sim.listings import by_market, parts
from bntui.sim.market import Listed, Market
from bntui.sim.parameters import Call
from bntui.sim.playback import Playback
from bntui.sim.recording import survey
from bntui.sim.rules import Doorkeeper
from bntui.sim.script import HUMAN_RATE, Script
from bntui.sim.spotcalls import SpotCalls
from bntui.sim.switches import Switches
from bntui.venue.limits import Limits

_UNSEEN_PART = 0.1
"""Of the activity, that of a family that is not served, and yet is in the other's arrays."""
_UNSEEN_CONTRACTS = 6


@dataclass(frozen=True, slots=True)
class SimConfig:
    """What the embedded exchange is like."""

    symbols: int | tuple[str, ...] = 30
    """How many symbols are listed, or which; where several markets are served, in all of them together."""
    rate: float = 600.0
    """Mean messages a second of all `bookTicker` and `trade` streams together."""
    seed: int = 1
    host: str = "127.0.0.1"
    rest_port: int = 0
    """0: any free port. A further market takes the next ports."""
    stream_port: int = 0
    limits: Limits | None = None
    """Every number that a client is held to; None: each market's own."""
    replay: tuple[Path, ...] = ()
    """Recordings to play, one after the other, instead of the synthetic market."""
    speed: float = 1.0
    """Recorded seconds in a second."""
    loop: bool = False
    """Start the recording again at its end."""
    switches: Switches = field(default_factory=Switches)
    self_ticking: bool = True
    """Move by itself; without, whoever runs it calls `tick`."""
    markets: tuple[MarketName, ...] = (MarketName.SPOT,)
    """Which markets are served."""
    overrides: Mapping[str, float] = field(default_factory=dict)
    """Numbers that replace some of each market's limits."""

    moves_money: bool = True
    """Something is paid into its accounts, or out, now and then."""
    fills_per_s: float = HUMAN_RATE
    """How often each account's orders are filled on each market, once somebody has asked for it; 0: never.
    Nobody trades in a recording."""

    def limits_of(self, market: MarketName) -> Limits:
        """The numbers that a client of a market is held to."""
        return (self.limits or HOUSES[market].limits).override(self.overrides)


@dataclass(frozen=True, slots=True)
class Built:
    """One market, ready to be given its sockets."""

    exchange: Exchange
    calls: Mapping[str, Call]
    """What anybody may ask."""


def built(config: SimConfig, clock: Clock) -> tuple[dict[MarketName, Built], Playback | None]:
    """Every served market, and the recording where one is played. Raises UsageError where it cannot be."""
    if config.replay:
        return _replayed(config, clock)
    listed = by_market(config.markets, config.symbols, clock.wall_ms())
    part, found = parts(config.markets), dict[MarketName, Built]()
    script = Script(config.fills_per_s, moves_money=config.moves_money)
    spot: Market | None = None
    if MarketName.SPOT in config.markets:
        rate = config.rate * part[MarketName.SPOT]
        spot = Market(clock, listed[MarketName.SPOT], rate, config.seed)
        exchange = _exchange(config, clock, MarketName.SPOT, spot, None)
        exchange.users.open_accounts(spot_accounts(spot, config.seed, script))
        found[MarketName.SPOT] = Built(exchange, SpotCalls(exchange).calls())
    futures = [market for market in config.markets if market is not MarketName.SPOT]
    if futures:
        # One pool of weight for both futures hosts (CM-UM integration notice, 2026-06-10).
        doors = Doorkeeper(config.limits_of(futures[0]), config.switches.patience)
        floor = _floor(config, clock, listed, spot)
        for market in futures:
            coin = market is MarketName.COINM
            front = Front(
                floor, coin_margined=coin, paces=COINM_PACES if coin else USDM_PACES, seed=config.seed
            )
            exchange = _exchange(config, clock, market, front, doors)
            accounts = futures_accounts(floor, config.seed, script, coin_margined=coin)
            exchange.users.open_accounts(accounts)
            found[market] = Built(exchange, FuturesCalls(exchange, front).calls())
    return {market: found[market] for market in config.markets}, None


def _replayed(config: SimConfig, clock: Clock) -> tuple[dict[MarketName, Built], Playback]:
    """The market of a recording; it says itself which one that is."""
    recording = survey(config.replay)
    market = recording.market
    if config.markets != (MarketName.SPOT,) and market not in config.markets:
        raise UsageError(f"This is a recording of {market}, and --market names another.", "Leave it out.")
    if market is MarketName.SPOT:
        playback = Playback(clock, recording, speed=config.speed, loop=config.loop)
        exchange = _exchange(config, clock, market, playback, None)
        return {market: Built(exchange, SpotCalls(exchange).calls())}, playback
    futures = FuturesPlayback(clock, recording, speed=config.speed, loop=config.loop)
    exchange = _exchange(config, clock, market, futures, None)
    return {market: Built(exchange, FuturesCalls(exchange, futures).calls())}, futures


def _exchange(
    config: SimConfig,
    clock: Clock,
    market: MarketName,
    source: Source,
    doors: Doorkeeper | None,
) -> Exchange:
    return Exchange(
        source,
        config.limits_of(market),
        clock,
        config.switches,
        Random(config.seed),
        US_HOUSE if market is MarketName.SPOT and config.switches.spot_listen_keys else HOUSES[market],
        doors,
        Keyring(config.seed),
    )


def _floor(
    config: SimConfig, clock: Clock, listed: Mapping[MarketName, tuple[str, ...]], spot: Market | None
) -> Floor:
    """The floor of both families, also where only one of them is served."""
    part, rows, rate = parts(config.markets), list[Listed](), 0.0
    shares = {market: part.get(market, _UNSEEN_PART) for market in (MarketName.USDM, MarketName.COINM)}
    rate = config.rate * sum(shares.values())
    for market, share in shares.items():
        symbols: int | tuple[str, ...] = listed.get(market, _UNSEEN_CONTRACTS)
        for pair, profile in futures_listing(
            symbols, clock.wall_ms(), coin_margined=market is MarketName.COINM
        ):
            rows.append((pair, replace(profile, share=profile.share * share / sum(shares.values()))))
    return Floor(clock, rows, rate, config.seed, spot)
