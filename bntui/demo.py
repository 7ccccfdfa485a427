"""The embedded exchange of `bntui demo`: a process of its own, tied to this one by a pipe."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from types import TracebackType

import orjson

from bntui.accountsettings import DEMO, KEY_VARIABLES, variable_of
from bntui.clock import SystemClock
from bntui.commandoptions import DemoOptions
from bntui.config import AccountSettings, Settings
from bntui.errors import ConnectError
from bntui.model.access import UserMethod
from bntui.model.markets import Market
from bntui.sim import listings
from bntui.sim.keys import Keyring

END_WAIT_S = 1.0
"""The exchange gets so long to end after its pipe closed."""

LOOK_EVERY_S = 0.5
"""How soon its unexpected end is noticed."""


def demo_accounts(
    markets: tuple[Market, ...], method: UserMethod | None = None
) -> tuple[AccountSettings, ...]:
    """The account that trades on an embedded exchange, as a run is told of it."""
    return (AccountSettings(DEMO, markets, method=method),)


def key_variables(seed: int, name: str) -> dict[str, str]:
    """Variables with that account's key, one of those that the exchange has: it opens nothing else."""
    key = Keyring(seed).named(name)
    texts = (key.api_key, key.private.reveal())
    return {variable_of(prefix, DEMO): text for prefix, text in zip(KEY_VARIABLES[:2], texts, strict=True)}


class EmbeddedExchange:
    """Runs `bntui sim` while the context lasts. It ends when the pipe closes, however this process ends.

    Nothing starts it again: its prices and ids would begin anew, which no exchange's do.
    """

    name = "the embedded exchange"

    def __init__(self, settings: Settings, options: DemoOptions) -> None:
        """Nothing runs yet."""
        self._markets = options.markets or (settings.market,)
        keys = listings.keys(self._markets, options.symbols, SystemClock().wall_ms())
        self.symbols = tuple(key.full for key in keys)
        """What the exchange lists."""
        alone = replace(
            settings, rest_urls={}, stream_urls={}, ws_api_urls={}, trust_socket=None, trust_group=""
        )
        self._command = [
            *(sys.executable, "-m", "bntui", "sim", "--tied"),
            *("--symbols", str(options.symbols), "--rate", str(options.rate), "--seed", str(options.seed)),
            *(word for market in self._markets for word in ("--market", str(market))),
            *(word for name, value in options.switches for word in ("--switch", f"{name}={value}")),
            *(() if options.fills is None else ("--fills", str(options.fills))),
            *alone.arguments(with_market=False),
        ]
        self._child: subprocess.Popen[bytes] | None = None
        self._method = options.method
        self.keys_for_engine = key_variables(options.seed, options.key) if options.key else {}
        """With which its engine sees the account that trades there."""

    def __enter__(self) -> EmbeddedExchange:
        """Start it; it need not be ready yet."""
        self._child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def reached_from(self, settings: Settings) -> Settings:
        """The settings with the exchange's addresses; waits for them. Raises ConnectError if it failed."""
        pipe = self._child.stdout if self._child is not None else None
        line = pipe.readline() if pipe is not None else b""
        try:
            told = orjson.loads(line)
            rest, streams, ws_api = (
                {market: told[market][kind] for market in self._markets}
                for kind in ("rest", "streams", "ws_api")
            )
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise ConnectError(
                "The embedded exchange did not start.", "Run `bntui sim` to see why."
            ) from None
        return replace(
            settings,
            market=self._markets[0],
            rest_urls=rest,
            stream_urls=streams,
            ws_api_urls=ws_api,
            accounts=demo_accounts(self._markets, self._method) if self.keys_for_engine else (),
        )

    async def run(self) -> None:
        """Watch it from the screen that it is for. Raises ConnectError when it ends before it should."""
        while (child := self._child) is not None:
            code = child.poll()
            if code is not None:
                raise ConnectError(
                    f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
                )
            await asyncio.sleep(LOOK_EVERY_S)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the pipe, and see it gone."""
        child = self._child
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            child.wait(END_WAIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
