"""The bench's stream source, a process of its own: one port for websockets and for what REST must say.

It costs as little as a sender can: messages are made ahead and written in blocks, so that the client is what
is measured. `python -m tests.bench.source --help` says what there is to choose. It prints three JSON lines:
its address when it is ready, what it has sent when the measured run begins, and when that has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import ssl
import sys
from collections import deque
from collections.abc import Iterator
from itertools import islice
from math import inf
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from bntui.clock import SystemClock
from bntui.sim.answers import exchange_info, listed
from bntui.sim.instruments import listing
from bntui.venue.binance.limits import SPOT
from tests.bench.streams import MIX, TICKER_EVERY_S, Ticking, symbols

CLOCK = SystemClock()

_ACCEPT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TICK_S = 0.001
"""At a fixed rate messages go out this often: one by one at 1,000 a second."""

_TRICKLE_S = 0.5
"""Before the run each stream brings a message this often, so that everything is live and warm."""

_NOBODY_S = 120.0
"""Who has not subscribed by then has ended."""

_BLOCK_BYTES = 1 << 16
_ONE_BY_ONE = 25_000
"""Messages a second; beyond it they are made before the run, and leave together once a tick."""

_TELL_OF_TRADES = ("@ticker", "@kline_1m")

_AHEAD, _AHEAD_S = 2_000, 0.02
"""Messages that are made ahead at a fixed rate, at most; and for how long."""

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_LONGEST_SHORT, _SHORT_LENGTH = 125, 126


def framed(payload: bytes, opcode: int = _TEXT) -> bytes:
    """A frame as a server sends it."""
    size = len(payload)
    if size <= _LONGEST_SHORT:
        return bytes((0x80 | opcode, size)) + payload
    return bytes((0x80 | opcode, _SHORT_LENGTH)) + size.to_bytes(2, "big") + payload


class Client(asyncio.Protocol):
    """One connection: requests of REST, or a websocket with its streams."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.streams: list[str] = []
        self.bare = False
        """Payloads without an envelope: it asked for one stream by its path."""
        self.writable = asyncio.Event()
        self.writable.set()
        self.transport: asyncio.Transport
        self._in = bytearray()
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.source.clients.discard(self)
        self.writable.set()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        self._in += data
        while not self._open and (end := self._in.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._in[:end])
            del self._in[: end + 4]
            self._request(head)
        while self._open and self._frame():
            pass

    def _request(self, head: bytes) -> None:
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        target = urlsplit(first.split(" ")[1])
        if (key := headers.get("sec-websocket-key")) is None:
            body = self.source.answer(target.path, parse_qs(target.query)).encode()
            kind = "Content-Type: application/json"
            self.transport.write(
                f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            )
            return
        accept = base64.b64encode(hashlib.sha1(key.encode() + _ACCEPT).digest()).decode()
        self.transport.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        self._open = True
        self.source.clients.add(self)
        named = parse_qs(target.query).get("streams", [""])[0] or ""
        path = unquote(target.path).removeprefix("/ws").strip("/")
        self.bare = not named and "@" in path
        self.subscribe([name for name in (named or path).split("/") if "@" in name])

    def _frame(self) -> bool:
        """Take one frame of the client, if it is there whole."""
        held = self._in
        if len(held) < 2:
            return False
        opcode, size, at = held[0] & 0xF, held[1] & 0x7F, 2
        if size == _SHORT_LENGTH:
            size, at = int.from_bytes(held[2:4], "big"), 4
        if len(held) < at + 4 + size:
            return False
        mask, payload = held[at : at + 4], held[at + 4 : at + 4 + size]
        text = bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))
        del held[: at + 4 + size]
        if opcode == _PING:
            self.transport.write(framed(text, _PONG))
        elif opcode == _CLOSE:
            self.transport.write(framed(text, _CLOSE))
            self.transport.close()
        elif opcode == _TEXT:
            self._asked(json.loads(text))
        return True

    def _asked(self, request: dict[str, object]) -> None:
        names = request.get("params")
        if request.get("method") == "SUBSCRIBE" and isinstance(names, list):
            self.subscribe(names)
        self.transport.write(framed(json.dumps({"result": None, "id": request.get("id")}).encode()))

    def subscribe(self, names: list[str]) -> None:
        """These streams flow from now on."""
        known = set(self.streams)
        self.streams += [name for name in names if name not in known]
        self.source.asked_at = CLOCK.monotonic()


class Source:
    """All symbols, and who listens."""

    def __init__(self, count: int, kinds: list[str]) -> None:
        """So many symbols; `kinds` of messages are sent in the measured run, where they are asked for."""
        self.symbols: dict[str, Ticking] = symbols(count)
        self.clients: set[Client] = set()
        self.asked_at = 0.0
        self.sent = self.trades = 0
        self._kinds = kinds
        pairs = [pair for pair, _ in listing(count)]
        self._info = exchange_info([listed(p, permission_sets=False) for p in pairs], SPOT, now_ms())

    def answer(self, path: str, asked: dict[str, list[str]]) -> str:
        """What REST says; of most things nothing, which every client bears."""
        match path.rpartition("/")[2]:
            case "time":
                return f'{{"serverTime":{now_ms()}}}'
            case "exchangeInfo":
                return self._info
            case "depth":
                return self.symbols[asked["symbol"][0].lower()].snapshot()
            case "24hr":
                wanted = json.loads(asked["symbols"][0]) if "symbols" in asked else asked.get("symbol", [])
                found = [self.symbols[name.lower()] for name in wanted] or list(self.symbols.values())
                rows = [each.message("ticker", now_ms()).replace('"s":', '"symbol":') for each in found]
                return f"[{','.join(map(_as_rest, rows))}]"
            case "klines":
                count = int(asked.get("limit", ["60"])[0])
                return self.symbols[asked["symbol"][0].lower()].minutes(now_ms(), count)
            case "ping":
                return "{}"
            case _:
                return "[]"

    def message(self, client: Client, name: str) -> bytes:
        """The next frame of a stream."""
        symbol, _, kind = name.partition("@")
        payload = self.symbols[symbol.lower()].message(kind, now_ms())
        self.sent += 1
        self.trades += kind == "trade"
        return framed((payload if client.bare else f'{{"stream":"{name}","data":{payload}}}').encode())

    def trickle(self) -> None:
        """One message of each stream to each who asked for it; what tells of trades comes behind them all."""
        for tells_of_trades in (False, True):
            for client in list(self.clients):
                names = (name for name in client.streams if _is_known(name))
                frames = [
                    self.message(client, name)
                    for name in names
                    if name.endswith(_TELL_OF_TRADES) is tells_of_trades
                ]
                client.transport.write(b"".join(frames))

    def run_of(self, count: int, rate: float = 0.0) -> Iterator[tuple[Client, bytes]]:
        """So many frames, in the mix of the kinds that are asked for, round about the symbols. At a fixed
        rate tickers come as on the exchange: after trades."""
        by_kind: dict[str, list[tuple[Client, str]]] = {}
        for client in self.clients:
            for name in client.streams:
                if _is_known(name) and (kind := name.partition("@")[2]) in self._kinds:
                    by_kind.setdefault(kind, []).append((client, name))
        if not by_kind:
            return
        tickers = {}
        if rate and "trade" in by_kind:
            tickers = {name.partition("@")[0]: client for client, name in by_kind.pop("ticker", ())}
        told_of = dict.fromkeys(tickers, -inf)
        follows = ""
        places = dict.fromkeys(by_kind, 0)
        owed = dict.fromkeys(by_kind, 0.0)
        whole = sum(MIX[kind] for kind in by_kind)
        for number in range(count):
            if follows:
                told_of[follows] = number
                yield tickers[follows], self.message(tickers[follows], f"{follows}@ticker")
                follows = ""
                continue
            for kind in by_kind:
                owed[kind] += MIX[kind] / whole
            kind = max(owed, key=owed.__getitem__)
            owed[kind] -= 1
            client, name = by_kind[kind][places[kind]]
            # A step that is prime to the number, so that no two kinds keep step with one another.
            places[kind] = (places[kind] + 1) % len(by_kind[kind])
            yield client, self.message(client, name)
            symbol = name.partition("@")[0]
            if kind == "trade" and symbol in tickers and number - told_of[symbol] >= TICKER_EVERY_S * rate:
                follows = symbol

    async def saturate(self, count: int) -> None:
        """Everything as fast as it is taken; made before the first byte goes out."""
        blocks: list[tuple[Client, bytes]] = []
        open_blocks: dict[Client, bytearray] = {}
        for client, frame in self.run_of(count):
            block = open_blocks.setdefault(client, bytearray())
            block += frame
            if len(block) >= _BLOCK_BYTES:
                blocks.append((client, bytes(block)))
                block.clear()
        blocks += [(client, bytes(block)) for client, block in open_blocks.items()]
        self.begin()
        for client, sealed in blocks:
            await client.writable.wait()
            client.transport.write(sealed)
        while any(each.transport.get_write_buffer_size() for each in self.clients):  # noqa: ASYNC110
            await asyncio.sleep(_TICK_S)

    async def pace(self, count: int, rate: float) -> None:
        """So many messages a second, evenly: one by one, and where that would be too many, by the tick."""
        frames: Iterator[tuple[Client, bytes]] = self.run_of(count, rate)
        if together := rate > _ONE_BY_ONE:
            frames = iter(list(frames))
        ready: deque[tuple[Client, bytes]] = deque()
        self.begin()
        began, done = CLOCK.monotonic(), 0
        while done < count:
            due = min(count, int((CLOCK.monotonic() - began) * rate))
            while len(ready) < due - done:
                more = list(islice(frames, max(due - done, min(_AHEAD, int(rate * _AHEAD_S) or 1))))
                if not more:
                    return
                ready.extend(more)
            blocks: dict[Client, bytearray] = {}
            for _ in range(due - done):
                client, frame = ready.popleft()
                if together:
                    blocks.setdefault(client, bytearray()).extend(frame)
                elif client.transport.is_closing():
                    return
                else:
                    client.transport.write(frame)
            for client, block in blocks.items():
                client.transport.write(block)
            done = due
            await asyncio.sleep(_TICK_S)

    def begin(self) -> None:
        """The run begins when the bench has looked at the client and says so."""
        self.say("begin")
        sys.stdin.readline()

    def say(self, what: str) -> None:
        """Tell the bench."""
        print(json.dumps({"said": what, "sent": self.sent, "trades": self.trades}), flush=True)


def now_ms() -> int:
    """Epoch milliseconds."""
    return CLOCK.wall_ms()


def _is_known(name: str) -> bool:
    return name.partition("@")[2] in MIX


_REST_NAMES = {
    "p": "priceChange",
    "P": "priceChangePercent",
    "w": "weightedAvgPrice",
    "x": "prevClosePrice",
    "c": "lastPrice",
    "Q": "lastQty",
    "b": "bidPrice",
    "B": "bidQty",
    "a": "askPrice",
    "A": "askQty",
    "o": "openPrice",
    "h": "highPrice",
    "l": "lowPrice",
    "v": "volume",
    "q": "quoteVolume",
    "O": "openTime",
    "C": "closeTime",
    "F": "firstId",
    "L": "lastId",
    "n": "count",
}


def _as_rest(row: str) -> str:
    told = json.loads(row)
    return json.dumps({_REST_NAMES.get(name, name): value for name, value in told.items()})


async def serve(options: argparse.Namespace) -> None:
    """One run: wait for clients, let everything come to life, then send what was asked for."""
    source = Source(options.symbols, options.kinds.split(","))
    tls: ssl.SSLContext | None = None
    if options.certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.certificate)
    server = await asyncio.get_running_loop().create_server(lambda: Client(source), "127.0.0.1", 0, ssl=tls)
    host = f"localhost:{server.sockets[0].getsockname()[1]}"
    plain = await asyncio.get_running_loop().create_server(lambda: Client(source), "127.0.0.1", 0)
    rest = f"http://localhost:{plain.sockets[0].getsockname()[1]}"
    print(json.dumps({"streams": f"{'wss' if tls else 'ws'}://{host}", "rest": rest}), flush=True)
    began = CLOCK.monotonic()
    while not source.asked_at or CLOCK.monotonic() - source.asked_at < options.settle:
        if not source.asked_at and CLOCK.monotonic() - began > _NOBODY_S:
            return
        await asyncio.sleep(_TRICKLE_S)
        source.trickle()
    if options.rate:
        await source.pace(options.count, options.rate)
    else:
        await source.saturate(options.count)
    source.say("end")
    # The clients are ended by the bench, which looks at them first.
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=50)
    parser.add_argument("--kinds", default=",".join(MIX), help="what the measured run consists of")
    parser.add_argument("--count", type=int, default=100_000, help="messages of the measured run")
    parser.add_argument("--rate", type=float, default=0.0, help="messages a second; 0: as fast as it goes")
    parser.add_argument("--settle", type=float, default=2.0, help="seconds from the last request to the run")
    parser.add_argument("--certificate", type=Path, help="PEM file with key and certificate: TLS")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
