"""What messages cost: wake-ups by the gulp, decoding by what is shown, and a store that is told once."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from selectors import BaseSelector, SelectorKey
from typing import TypeVar

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
from bntui.feed.opening import ASYNCIO, Sockets
from bntui.feed.transport import WebsocketsTransport
from bntui.venue.base import Decoded
from bntui.venue.binance.limits import SPOT
from tests.support.certificate import make_certificate
from tests.support.feed import VENUE
from tests.support.recorder import Recorder
from tests.support.shard import QUOTES, TRADES, Rig, quote, trade
from tests.support.sockets import FAST

MESSAGES = 600
PAUSE_S = 0.001

P = TypeVar("P", bound=asyncio.Protocol)


async def test_of_a_gulp_each_trade_is_decoded_and_one_quote_a_stream() -> None:
    decoded: list[bytes | str] = []

    def counting(frame: bytes | str, wall_ms: int, now: float) -> Decoded:
        decoded.append(frame)
        return VENUE.decode(frame, wall_ms, now)

    rig = Rig(venue=replace(VENUE, decode=counting))
    link = await rig.connect(TRADES, QUOTES)
    decoded.clear()
    rig.owner.gulps = 0
    link.receiver.frames([*[quote()] * 900, *[trade(1)] * 100])
    assert len(decoded) == 101
    assert rig.owner.gulps == 1


class Woken:
    """Counts how often a socket was found readable."""

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()
        self._selector: BaseSelector = vars(asyncio.get_running_loop())["_selector"]
        self._select = self._selector.select

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """As the loop's own."""
        found: list[tuple[SelectorKey, int]] = self._select(timeout)
        self.times.update(key.fd for key, _ in found)
        return found


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("sockets", [ASYNCIO, FAST], ids=["asyncio", "aiofastnet"])
async def test_a_busy_connection_wakes_its_reader_by_the_gulp(
    sockets: Sockets, tls: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = None
    if tls:
        certificate = make_certificate(tmp_path)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def one_by_one(server: ServerConnection) -> None:
        for number in range(MESSAGES):
            await server.send(f"{number:300}")
            await asyncio.sleep(PAUSE_S)
        await server.wait_closed()

    clock, woken = SystemClock(), Woken()
    monkeypatch.setattr(vars(asyncio.get_running_loop())["_selector"], "select", woken.select)
    endpoints: list[asyncio.Transport] = []

    async def dial(
        loop: asyncio.AbstractEventLoop, protocol_factory: Callable[[], P], host: str, port: int
    ) -> tuple[asyncio.Transport, P]:
        endpoint, protocol = await sockets.dial(loop, protocol_factory, host, port)
        endpoints.append(endpoint)
        return endpoint, protocol

    async with serve(one_by_one, "127.0.0.1", 0, ssl=context) as server:
        recorder = Recorder()
        transport = WebsocketsTransport(SPOT, clock, sockets=replace(sockets, dial=dial))
        url = f"{'wss' if tls else 'ws'}://localhost:{server.sockets[0].getsockname()[1]}/stream"
        link = await transport.open(url, recorder)
        assert not isinstance(link, Failure), link
        began = clock.monotonic()
        woken.times.clear()
        await recorder.until(lambda: len(recorder.got) == MESSAGES)
        (endpoint,) = endpoints
        # However long it took: so many gulps of that length are in it, and the first reads are not gulps.
        most = (clock.monotonic() - began) / SPOT.own_gulp_s + 8
        assert 0 < woken.times[endpoint.get_extra_info("socket").fileno()] <= most
        assert len(recorder.gulps) <= most
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)
