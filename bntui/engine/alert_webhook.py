"""Alerts as JSON by HTTP POST, tried again until they arrive. Addresses are secrets: only hosts are named."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import httpx
import orjson

from bntui.alertrules import host_of
from bntui.feed.core.backoff import Backoff, Uniform
from bntui.feed.proxy import ProxyUnusable, is_here, proxy_for
from bntui.model.text import counted
from bntui.secret import Secret

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0

WAITING_MOST = 100
"""Messages that wait for one address; beyond it the oldest is dropped, and its alert says so."""

KEEP_TRYING_S = 3_600.0
"""After an hour a message is old news: it is given up, and the next one is tried."""

BACKOFF_BASE_S = 1.0
BACKOFF_CAP_S = 60.0

LONGEST_ASKED_S = 5 * 60.0
"""A server that asks for a longer pause is asked again after this all the same."""

DELIVERED = "webhook delivered"

AGAIN = frozenset(
    {
        httpx.codes.REQUEST_TIMEOUT,
        httpx.codes.TOO_EARLY,
        httpx.codes.TOO_MANY_REQUESTS,
    }
)
"""Refusals that may not last. Those of 500 and above may not either; others are final."""


class Message(NamedTuple):
    """What is to be posted for one alert."""

    alert: int
    body: Mapping[str, object]


class Webhook:
    """Posts to one address, one message at a time, in order."""

    def __init__(
        self,
        address: Secret,
        on_sent: Callable[[int, str], None],
        monotonic: Callable[[], float],
        uniform: Uniform,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet. `on_sent` is told what became of each message; `sleep` and `transport` stand
        for time and network in tests."""
        self._address = address
        self._host = host_of(address)
        self._on_sent = on_sent
        self._monotonic = monotonic
        self._uniform = uniform
        self._sleep = sleep
        self._transport = transport
        self._http: httpx.AsyncClient | None = None
        self._waiting: deque[Message] = deque()
        self._came = asyncio.Event()
        self.dropped = 0

    def put(self, message: Message) -> None:
        """Post it after those before it."""
        if len(self._waiting) >= WAITING_MOST:
            dropped = self._waiting.popleft()
            self.dropped += 1
            log.warning("alert %s was not posted to %s: too many wait", dropped.alert, self._host)
            self._on_sent(dropped.alert, "webhook not sent: too many were waiting")
        self._waiting.append(message)
        self._came.set()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                while not self._waiting:
                    self._came.clear()
                    await self._came.wait()
                message = self._waiting.popleft()
                words = await self.post(message)
                log.info("alert %s, %s: %s", message.alert, self._host, words)
                self._on_sent(message.alert, words)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let the connection go."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def post(self, message: Message) -> str:
        """Post until it was taken, refused or given up, and say in words how that was."""
        backoff = Backoff(BACKOFF_BASE_S, BACKOFF_CAP_S, self._uniform)
        give_up_at = self._monotonic() + KEEP_TRYING_S
        while True:
            failure, pause_s, is_final = await self._try(message)
            if not failure:
                tries = backoff.failures + 1
                return DELIVERED + (f" with try {tries}" if tries > 1 else "")
            if is_final:
                return f"webhook refused: {failure}"
            delay_s = backoff.next_delay_s(min(pause_s, LONGEST_ASKED_S))
            if self._monotonic() + delay_s > give_up_at:
                return f"webhook given up after {counted(backoff.failures, 'try', 'tries')}: {failure}"
            if backoff.failures == 1:
                log.warning("alert %s, %s: %s; trying again", message.alert, self._host, failure)
                self._on_sent(message.alert, f"webhook fails, trying again: {failure}")
            await self._sleep(delay_s)

    async def post_once(self, message: Message) -> str:
        """Post without trying again, and say in words how that was."""
        failure, _, _ = await self._try(message)
        return f"webhook failed: {failure}" if failure else DELIVERED

    async def _try(self, message: Message) -> tuple[str, float, bool]:
        """(what failed, how long the server asks to wait, whether it is no use to try again)."""
        headers = {"User-Agent": "bntui", "Content-Type": "application/json"}
        try:
            if self._http is None:
                self._http = self._client()
            # No answer is of interest but its status, and none is followed elsewhere with what is a secret.
            async with self._http.stream(
                "POST", self._address.reveal(), content=orjson.dumps(message.body), headers=headers
            ) as answer:
                status = answer.status_code
                asked = answer.headers.get("Retry-After", "")
        except ProxyUnusable as error:
            return str(error), 0.0, True
        except httpx.TimeoutException:
            return f"no answer within {TIMEOUT_S:g} s", 0.0, False
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            # The text of httpx may hold the address; only the kind of failure is kept.
            return type(error).__name__, 0.0, isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol)
        if httpx.codes.is_success(status):
            return "", 0.0, False
        pause_s = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0.0
        return f"HTTP {status}", pause_s, not (httpx.codes.is_server_error(status) or status in AGAIN)

    def _client(self) -> httpx.AsyncClient:
        """Which proxy there is, is decided as for the exchange, by the environment alone."""
        address = self._address.reveal()
        proxy = proxy_for(address) if self._transport is None else None
        return httpx.AsyncClient(
            timeout=TIMEOUT_S,
            transport=self._transport,
            proxy=proxy,
            trust_env=False,
            verify=httpx.create_ssl_context(trust_env=not is_here(address)),
        )

    def __repr__(self) -> str:
        return f"<Webhook {self._host}: {len(self._waiting)} waiting, {self.dropped} dropped>"
