"""The embedded exchange as a drill uses it: in this loop, or as a process that is told over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx
import orjson

from bntui.clock import Clock
from bntui.drill.fillledger import OwnTrade
from bntui.drill.scenario import Scenario
from bntui.errors import ConnectError
from bntui.sim.instructions import instruct
from bntui.sim.server import Sim, SimConfig, SimUrls
from bntui.sim.switches import Switches
from bntui.venue.limits import Limits

ANSWER_WAIT_S = 5.0
"""The exchange is on this machine: one that takes longer is gone."""


class ExchangeControl(Protocol):
    """What a drill does with an exchange."""

    async def fault(self, words: Mapping[str, object]) -> None:
        """Make something go wrong."""
        ...

    async def report(self) -> Mapping[str, Any]:
        """What the exchange saw of its clients."""
        ...

    async def own_trades(self, account: str, since_ms: int) -> list[OwnTrade]:
        """What an account has traded since a time, as symbols and ids."""
        ...

    async def halt(self, account: str) -> None:
        """Let an account trade no more."""
        ...


class LocalExchange:
    """An exchange in this loop."""

    def __init__(self, sim: Sim) -> None:
        """Control a running exchange."""
        self._sim = sim

    @property
    def urls(self) -> SimUrls:
        """Where it is reached."""
        return self._sim.urls

    async def fault(self, words: Mapping[str, object]) -> None:
        """Make something go wrong."""
        self._sim.fault(words)

    async def report(self) -> Mapping[str, Any]:
        """What the exchange saw of its clients."""
        return self._sim.report()

    async def own_trades(self, account: str, since_ms: int) -> list[OwnTrade]:
        """What an account has traded since a time."""
        done = self._sim.exchange.users.done.since(since_ms)
        return [(fill.symbol, fill.id) for fill in done if fill.account == account]

    async def halt(self, account: str) -> None:
        """Let an account trade no more."""
        instruct(self._sim.exchange.users.accounts, {"account": account, "fills_per_s": 0})


@asynccontextmanager
async def local_exchange(scenario: Scenario, limits: Limits, clock: Clock) -> AsyncIterator[LocalExchange]:
    """The scenario's exchange, on loopback ports of this process."""
    switches = Switches().override(scenario.switches)
    config = SimConfig(
        scenario.symbols,
        scenario.rate,
        scenario.seed,
        limits=limits,
        switches=switches,
        markets=(scenario.market,),
        moves_money=False,
        fills_per_s=scenario.account.fills_per_s if scenario.account is not None else 0.0,
    )
    async with Sim(config, clock) as sim:
        yield LocalExchange(sim)


class RemoteExchange:
    """An exchange that is another process. Raises ConnectError, in words, when it has gone."""

    def __init__(self, rest_url: str) -> None:
        """Control the exchange whose REST address this is."""
        self._rest_url = rest_url

    async def fault(self, words: Mapping[str, object]) -> None:
        """Make something go wrong."""
        await self._ask("POST", "/_sim/fault", orjson.dumps(words))

    async def report(self) -> Mapping[str, Any]:
        """What the exchange saw of its clients."""
        found: Mapping[str, Any] = orjson.loads(await self._ask("GET", "/_sim/report", b""))
        return found

    async def own_trades(self, account: str, since_ms: int) -> list[OwnTrade]:
        """What an account has traded since a time."""
        told = orjson.loads(await self._ask("GET", f"/_sim/fills?since={since_ms}", b""))
        return [(fill["symbol"], fill["id"]) for fill in told["fills"] if fill["account"] == account]

    async def halt(self, account: str) -> None:
        """Let an account trade no more."""
        await self._ask("POST", "/_sim/account", orjson.dumps({"account": account, "fills_per_s": 0}))

    async def _ask(self, method: str, path: str, body: bytes) -> bytes:
        try:
            async with httpx.AsyncClient(
                base_url=self._rest_url, timeout=ANSWER_WAIT_S, trust_env=False
            ) as http:
                answer = await http.request(method, path, content=body)
        except httpx.HTTPError as error:
            raise ConnectError(f"The embedded exchange does not answer ({type(error).__name__}).") from None
        if answer.status_code != httpx.codes.OK:
            raise ConnectError(f"The embedded exchange refused {path}: {answer.text}")
        return answer.content
