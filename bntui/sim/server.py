"""The embedded exchange: its markets, each with sockets of its own, in any event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from bntui.clock import Clock
from bntui.errors import ConnectError
from bntui.model.markets import Market
from bntui.sim.building import SimConfig, built
from bntui.sim.exchange import Exchange
from bntui.sim.host import Host, HostUrls

__all__ = ["HostUrls", "Sim", "SimConfig", "SimUrls"]

_TICK_S = 0.02


@dataclass(frozen=True, slots=True)
class SimUrls:
    """Where the embedded exchange is reached."""

    by_market: Mapping[Market, HostUrls]
    """The first is that of symbols that name no market."""

    @property
    def rest(self) -> str:
        """The REST address of the first market."""
        return next(iter(self.by_market.values())).rest

    @property
    def streams(self) -> str:
        """The address of the first market's streams."""
        return next(iter(self.by_market.values())).streams

    @property
    def ws_api(self) -> str:
        """The address of the first market's WebSocket API."""
        return next(iter(self.by_market.values())).ws_api

    def as_json(self) -> dict[str, dict[str, str]]:
        """By market, as `bntui sim` prints it."""
        return {
            str(market): {"rest": urls.rest, "streams": urls.streams, "ws_api": urls.ws_api}
            for market, urls in self.by_market.items()
        }


class Sim:
    """The embedded exchange. Runs in the loop of whoever starts it, and leaves nothing behind."""

    def __init__(self, config: SimConfig, clock: Clock) -> None:
        """Prepare the markets. Raises UsageError where a recording cannot be played."""
        self._config = config
        markets, self.playback = built(config, clock)
        self._hosts = {market: Host(one, self.rewind) for market, one in markets.items()}
        self.exchanges: dict[Market, Exchange] = {
            market: host.exchange for market, host in self._hosts.items()
        }
        """By market, the first one first."""
        self._urls: SimUrls | None = None
        self._ticker: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Sim {self._urls.streams if self._urls else 'not started'} {self.exchange!r}>"

    @property
    def exchange(self) -> Exchange:
        """The first market's."""
        return next(iter(self.exchanges.values()))

    @property
    def urls(self) -> SimUrls:
        """Where it is reached. Raises RuntimeError before the start."""
        if self._urls is None:
            raise RuntimeError("the embedded exchange has not been started")
        return self._urls

    async def start(self) -> SimUrls:
        """Listen. Raises ConnectError where a port is taken."""
        config, urls = self._config, dict[Market, HostUrls]()
        try:
            for place, (market, host) in enumerate(self._hosts.items()):
                rest, streams = (port and port + 2 * place for port in (config.rest_port, config.stream_port))
                # Behind those of all markets, so that these are where they were without them.
                api = config.stream_port and config.stream_port + 2 * len(self._hosts) - 1 + place
                urls[market] = host.listen(config.host, rest, streams, api)
        except ConnectError:
            for host in self._hosts.values():
                host.give_up()
            raise
        self._urls = SimUrls(urls)
        for host in self._hosts.values():
            await host.start()
        if config.self_ticking:
            self._ticker = asyncio.create_task(self._tick_on(), name="sim ticks")
            self._ticker.add_done_callback(self._ticked_out)
        return self._urls

    async def stop(self) -> None:
        """Close every connection and all ports. Raises what made the exchange break, if it did."""
        ticker, self._ticker = self._ticker, None
        if ticker is not None:
            ticker.cancel()
            await asyncio.wait([ticker])
        await asyncio.gather(*(host.stop() for host in self._hosts.values()))
        if ticker is not None and not ticker.cancelled():
            ticker.result()

    async def __aenter__(self) -> Sim:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self.tick()

    def _ticked_out(self, ticker: asyncio.Task[None]) -> None:
        """An exchange that moves no more closes its connections; `stop` then raises what happened."""
        if not ticker.cancelled():
            for host in self._hosts.values():
                host.close_websockets()

    async def broken(self) -> None:
        """Wait until the exchange moves no more by a fault of its own; `stop` then raises what happened."""
        if self._ticker is not None:
            await asyncio.wait([self._ticker])

    def tick(self) -> None:
        """Let everything happen that is due by the clock."""
        for exchange in self.exchanges.values():
            exchange.tick()

    def report(self) -> dict[str, object]:
        """What is known of the first market's clients: connections, breaches, attempts, frames, streams,
        weights, pongs."""
        return self.exchange.report()

    def fault(self, words: Mapping[str, object]) -> None:
        """Make something go wrong with the first market, as `POST /_sim/fault` does. Raises BadFault in
        words."""
        self.exchange.fault(words)

    def rewind(self) -> bool:
        """Start the recording again; false where none is played."""
        if self.playback is None:
            return False
        self.playback.rewind()
        return True
