"""REST, sparingly: every request is weighed before it is sent, and the exchange's word is law."""

from __future__ import annotations

import logging
from collections import deque

import httpx

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.core.budget import WeightBudget
from bntui.venue.base import RestCall, Venue

log = logging.getLogger(__name__)

CLOCK_SAMPLES = 5
"""Clock offsets kept; the one with the shortest round trip counts."""


class RestClient:
    """Unsigned requests to one market, within the weight budget of the IP."""

    def __init__(
        self,
        base_url: str,
        venue: Venue,
        weight: WeightBudget,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet. `weight` is shared by all markets that share a pool of weight; `transport`
        stands for the network in tests."""
        self._venue = venue
        self._weight = weight
        self._clock = clock
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=venue.limits.own_open_timeout_s,
            headers={"User-Agent": "bntui"},
            transport=transport,
        )
        self._offsets: deque[tuple[float, float]] = deque(maxlen=CLOCK_SAMPLES)
        self.failure = ""
        """Why the last request failed; empty after one that did not."""

    @property
    def offset_ms(self) -> float | None:
        """The exchange's clock less ours, by the best of the last samples; None before the first."""
        return min(self._offsets)[1] if self._offsets else None

    def server_ms(self) -> int:
        """What the exchange's clock reads now, as well as is known."""
        return self._clock.wall_ms() + round(self.offset_ms or 0.0)

    def affordable(self, call: RestCall, share: float = 1.0) -> bool:
        """Whether an optional request fits in a share of our own weight; charges nothing."""
        budget = self._weight
        budget.refresh(self.server_ms())
        fits = (
            budget.own + call.weight <= budget.own_limit * share
            and budget.used + call.weight <= budget.stop_at
        )
        return fits and budget.blocked_until_ms is None

    async def fetch(self, call: RestCall, *, optional: bool) -> bytes:
        """Send a request and return its body.

        Raises RestError, in words, when the budget does not allow it, when there is no answer, or
        when the answer is an error.
        """
        if not self._weight.take(call.weight, self.server_ms(), optional=optional):
            why = self._weight.block_reason or "bntui's share of the request weight is used up"
            raise RestError(f"{call.name} was not asked for: {why}.")
        try:
            status, headers, body = await self._send(call)
        except httpx.TimeoutException:
            raise self._failed(RestError(f"{call.name}: no answer in time.")) from None
        except httpx.HTTPError as exc:
            # The text of httpx may hold the URL; only the kind of failure is kept.
            raise self._failed(RestError(f"{call.name}: {_kind(exc)}.")) from None
        self._obey(status, headers)
        if status == httpx.codes.OK:
            self.failure = ""
            return body
        code, text = self._venue.bodies.error(body)
        message, hint = self._venue.bodies.explain(status, code, text)
        raise self._failed(
            RestError(message, hint, status=status, code=code, retry_after_s=_retry_after_s(headers))
        )

    async def sample_clock(self) -> None:
        """Measure the clock offset once. Raises RestError."""
        call = self._venue.calls.time()
        sent_at, sent_ms = self._clock.monotonic(), self._clock.wall_ms()
        body = await self.fetch(call, optional=False)
        round_trip_s = self._clock.monotonic() - sent_at
        try:
            server_ms = self._venue.bodies.server_time_ms(body)
        except ValueError as exc:
            raise self._failed(RestError(f"time: {exc}")) from None
        self._offsets.append((round_trip_s, server_ms - (sent_ms + round_trip_s * 500)))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, call: RestCall) -> tuple[int, httpx.Headers, bytes]:
        most = int(self._venue.limits.own_frame_bytes)
        async with self._http.stream("GET", call.path, params=list(call.params)) as answer:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > most:
                    raise self._failed(RestError(f"{call.name}: the answer is larger than {most} bytes."))
            return answer.status_code, answer.headers, bytes(body)

    def _obey(self, status: int, headers: httpx.Headers) -> None:
        now_ms = self.server_ms()
        used = headers.get("x-mbx-used-weight-1m", "")
        if used.isdecimal():
            self._weight.header(int(used), now_ms)
        if status in (418, 429):
            wait_s = _retry_after_s(headers) or self._venue.limits.ban_first_s
            what = "this IP is banned (418)" if status == 418 else "too much request weight (429)"
            self._weight.block(now_ms + round(wait_s * 1000), what)
            log.warning("REST: %s; no request for %.0f s", what, wait_s)

    def _failed(self, error: RestError) -> RestError:
        if error.message != self.failure:
            log.warning("REST: %s", error)
        self.failure = error.message
        return error


def _retry_after_s(headers: httpx.Headers) -> float | None:
    text = headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None


def _kind(exc: httpx.HTTPError) -> str:
    match exc:
        case httpx.ConnectError():
            return "the REST host cannot be reached"
        case httpx.RemoteProtocolError():
            return "the REST host broke off its answer"
        case httpx.ProxyError():
            return "the proxy refused"
        case _:
            return "the network failed"
