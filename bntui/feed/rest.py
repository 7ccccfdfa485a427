"""REST, sparingly: every request is weighed before it is sent, and the exchange's word is law."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator

import httpx

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.certificates import trusted_by_rest
from bntui.feed.core.budget import WeightBudget
from bntui.feed.core.clockoffset import ClockOffset
from bntui.feed.core.failures import retry_after_s
from bntui.feed.credentials import Credentials
from bntui.feed.proxy import ProxyUnusable, proxy_for, shown
from bntui.secret import Secret
from bntui.venue.base import Access, RestCall, Venue
from bntui.venue.binance.signing import encoded

log = logging.getLogger(__name__)

WEIGHT_DIGITS = 9
"""A used weight of more digits is none."""


_ASKED_WRONG = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED})
"""HTTP statuses that find fault with a request, not with REST: in the second case with its key."""


class RestClient:
    """Requests to one market, within the weight budget of the IP; signed where they are about an account."""

    def __init__(
        self,
        base_url: str,
        venue: Venue,
        weight: WeightBudget,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        proxy: str = "",
    ) -> None:
        """Nothing is sent yet. `weight` is shared by all markets that share a pool of weight; `transport`
        stands for the network in tests; `proxy` is what the settings name."""
        self._venue = venue
        self._weight = weight
        self._clock = clock
        self._http: httpx.AsyncClient | None = None
        self._no_http = ""
        self._through = ""
        """The proxy, for people, behind what failed."""
        try:
            via = proxy_for(base_url, proxy)
            self._through = f" (through the proxy {shown(via)})" if via else ""
            self._http = httpx.AsyncClient(
                base_url=base_url,
                timeout=venue.limits.own_open_timeout_s,
                headers={"User-Agent": "bntui"},
                transport=transport,
                proxy=via if transport is None else None,
                # Which proxy there is, is decided here; certificates are still the user's choice.
                trust_env=False,
                verify=trusted_by_rest(base_url),
            )
        except ProxyUnusable as exc:
            self._no_http = str(exc)
        self._offset = ClockOffset()
        self.failure = ""
        """Why the last request failed; empty after one that did not."""
        self.answered_at: float | None = None
        """When the last request did not fail."""

    @property
    def offset_ms(self) -> float | None:
        """The exchange's clock less ours, by the best of the last samples; None before the first."""
        return self._offset.offset_ms(self._clock.monotonic(), self._clock.wall_ms())

    @property
    def clock_known(self) -> bool:
        """Whether `server_ms` can be signed with: measured, and our clocks have not parted since."""
        return self._offset.known(self._clock.monotonic(), self._clock.wall_ms())

    def server_ms(self) -> int:
        """What the exchange's clock reads now, as well as is known; right though our wall clock be set."""
        return round(self._offset.server_ms(self._clock.monotonic(), self._clock.wall_ms()))

    def wall_ms(self) -> int:
        """What our own wall clock reads, as receipts are dated."""
        return self._clock.wall_ms()

    def affordable(self, call: RestCall, share: float = 1.0) -> bool:
        """Whether an optional request fits in a share of our own weight; charges nothing."""
        budget = self._weight
        budget.refresh(self.server_ms())
        fits = (
            budget.own + call.weight <= budget.own_limit * share
            and budget.used + call.weight <= budget.stop_at
        )
        return fits and budget.blocked_until_ms is None

    @property
    def blocked_s(self) -> float:
        """How long the exchange asks to be left alone."""
        self._weight.refresh(self.server_ms())
        until_ms = self._weight.blocked_until_ms
        return 0.0 if until_ms is None else max(0.0, (until_ms - self.server_ms()) / 1000)

    def charge(self, weight: int) -> None:
        """Count weight that was spent in another way than by a request from here."""
        self._weight.take(weight, self.server_ms(), optional=False)

    def block(self, wait_s: float, why: str) -> None:
        """The exchange has asked to be left alone, in another way than by an answer from here."""
        self._weight.block(self.server_ms() + round(wait_s * 1000), why)

    async def fetch(
        self,
        call: RestCall,
        *,
        optional: bool,
        credentials: Credentials | None = None,
        listen_key: Secret | None = None,
    ) -> bytes:
        """Send a request and return its body. `credentials` go with it as the call says, and so does a listen
        key that it must name.

        Raises RestError, in words, when the budget does not allow it, when there is no answer, or
        when the answer is an error.
        """
        if self._http is None:
            raise self._failed(RestError(f"{self._no_http}, so nobody was asked for {call.name}"))
        if not self._weight.take(call.weight, self.server_ms(), optional=optional):
            why = self._weight.block_reason or "bntui's share of the request weight is used up"
            raise RestError(f"{call.name} was not asked for: {why}.")
        try:
            request = self._request(self._http, call, credentials, listen_key)
            status, headers, body = await self._send(self._http, call, request)
        except httpx.TimeoutException:
            raise self._failed(
                RestError(f"no answer in time{self._through}, asked for {call.name}")
            ) from None
        except httpx.HTTPError as exc:
            # The text of httpx may hold the URL; only the kind of failure is kept.
            raise self._failed(RestError(f"{_kind(exc)}{self._through}, asked for {call.name}")) from None
        self._obey(call, status, headers)
        if status == httpx.codes.OK:
            self.failure = ""
            self.answered_at = self._clock.monotonic()
            return body
        code, text = self._venue.bodies.error(body)
        message, hint = self._venue.bodies.explain(status, code, text)
        if status in _ASKED_WRONG and code:
            # The exchange is there and well: it is the question that was wrong, or the key.
            self.failure = ""
            self.answered_at = self._clock.monotonic()
            log.warning("REST: %s", message)
            raise RestError(message, hint, status=status, code=code, said=text)
        wait_s = self._retry_after_s(headers)
        raise self._failed(
            RestError(message, hint, status=status, code=code, retry_after_s=wait_s, said=text)
        )

    def _request(
        self, http: httpx.AsyncClient, call: RestCall, credentials: Credentials | None, key: Secret | None
    ) -> httpx.Request:
        """The request as it goes out: what is signed is the query exactly as it is sent."""
        params = (*call.params, *(() if key is None else (("listenKey", key.reveal()),)))
        if call.access is Access.OPEN:
            return http.build_request(call.method, call.path, params=list(params))
        user = self._venue.user
        assert credentials is not None, call.name
        assert user is not None, call.name
        query = encoded(params)
        if call.access is Access.SIGNED:
            query = user.query(params, credentials.sign, self.server_ms()).reveal()
        url = f"{call.path}?{query}" if query else call.path
        return http.build_request(call.method, url, headers={"X-MBX-APIKEY": credentials.api_key.reveal()})

    async def sample_clock(self) -> None:
        """Measure the clock offset once. Raises RestError."""
        call = self._venue.calls.time()
        sent_at, sent_ms = self._clock.monotonic(), self._clock.wall_ms()
        body = await self.fetch(call, optional=False)
        round_trip_s = self._clock.monotonic() - sent_at
        if (
            abs(self._clock.wall_ms() - sent_ms - round_trip_s * 1000)
            > self._venue.limits.own_clock_warn_ms / 2
        ):
            # Our clock was set meanwhile: the sample is of neither.
            return
        try:
            server_ms = self._venue.bodies.server_time_ms(body)
        except ValueError as exc:
            raise self._failed(RestError(f"what came is no answer, asked for {call.name}: {exc}")) from None
        self.learn_clock(server_ms, sent_at, sent_ms)

    def learn_clock(self, server_ms: int, sent_at: float, sent_ms: int) -> None:
        """Take a sample: what the exchange's clock read, asked for at these times of ours, told now."""
        now = self._clock.monotonic()
        self._offset.measured(sent_at, now, sent_ms + (now - sent_at) * 1000, server_ms)

    def forget_clock(self) -> None:
        """The clock was set: what was measured before is of another one."""
        self._offset.forget()

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()

    async def _send(
        self, http: httpx.AsyncClient, call: RestCall, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes]:
        most = int(self._venue.limits.own_frame_bytes)
        answer = await http.send(request, stream=True)
        try:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > most:
                    raise self._failed(
                        RestError(f"the answer is larger than {most} bytes, asked for {call.name}")
                    )
            return answer.status_code, answer.headers, bytes(body)
        finally:
            await answer.aclose()
            # It and its stream hold one another: thousands would wait for the collector, which comes rarely.
            answer.stream = httpx.ByteStream(b"")

    def _obey(self, call: RestCall, status: int, headers: httpx.Headers) -> None:
        now_ms = self.server_ms()
        used = headers.get("x-mbx-used-weight-1m", "")
        if used.isdecimal() and len(used) <= WEIGHT_DIGITS and not call.header_is_wrong:
            self._weight.header(int(used), now_ms)
        if status in (418, 429):
            wait_s = self._retry_after_s(headers) or self._venue.limits.ban_first_s
            what = "this IP is banned (418)" if status == 418 else "too much request weight (429)"
            self._weight.block(now_ms + round(wait_s * 1000), what)
            log.warning("REST: %s; no request for %.0f s", what, wait_s)

    def _retry_after_s(self, headers: httpx.Headers) -> float | None:
        return retry_after_s(headers.get("retry-after", ""), self._venue.limits)

    def _failed(self, error: RestError) -> RestError:
        if error.message != self.failure:
            log.warning("REST: %s", error)
        self.failure = error.message
        return error


def _kind(exc: httpx.HTTPError) -> str:
    causes = tuple(_causes(exc))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "the REST host's name cannot be resolved (DNS)"
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"TLS: the REST host's certificate is not trusted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return f"the TLS handshake with the REST host failed ({cause.reason or 'unknown reason'})"
    match exc:
        case httpx.ConnectError():
            return "the REST host cannot be reached"
        case httpx.RemoteProtocolError():
            return "the REST host broke off, or speaks no HTTP"
        case httpx.DecodingError():
            return "the REST host's answer cannot be unpacked"
        case httpx.ProxyError():
            return "the proxy refused"
        case _:
            return "the network failed"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
