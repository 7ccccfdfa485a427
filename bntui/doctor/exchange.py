"""What the exchange says to this machine: REST, its clock, and the handshake of a websocket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from bntui.doctor.findings import Finding, bad, ok, skipped, unreached, warn
from bntui.doctor.network import Patience, place_of
from bntui.errors import RestError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import WeightBudget
from bntui.feed.core.failures import Failure
from bntui.feed.rest import RestClient
from bntui.feed.runs import Run
from bntui.feed.transport import Link
from bntui.feed.transports import usual_transport
from bntui.model.text import one_line, span
from bntui.venue.base import StreamSpec, Venue
from bntui.venue.places import Endpoints
from bntui.words import sentence

CLOCK_SAMPLES = 2
"""The first opens the connection, which takes a while that nobody knows the halves of; the second tells."""

CLOCK_BAD_MS = 1_000.0
"""The exchange refuses signed requests from so far ahead (rest-api.md, Timing security)."""

NORMAL_CLOSURE = 1000
"""The close code of an end that both sides agree on (RFC 6455, 7.4.1)."""

LEFT_ALONE = frozenset({418, 429})
"""Statuses that ask for silence: whoever goes on asking is banned, or for longer."""

_OTHER_HOSTS = (
    "for Spot market data alone, --rest-url https://data-api.binance.vision "
    "--stream-url wss://data-stream.binance.vision often work"
)
_FIXES = {
    403: "This IP has sent too much, or is one that the firewall keeps out (a VPN, a shared address): stop "
    f"what polls and wait five minutes, or use another IP; {_OTHER_HOSTS}.",
    404: "Check --env, and the addresses of your own (`bntui config explain`).",
    418: "Stop whatever sends too much from this IP, and wait: each attempt makes the ban longer.",
    429: "Another program on this IP asks too much: find it, and wait until the time is over.",
    451: f"Run it in a country that Binance serves; {_OTHER_HOSTS}.",
}
_TROUBLE_FIX = "The exchange has trouble of its own: wait. Nothing on this machine needs a change."
_ODD_FIX = "A login page, a proxy or a wrong address answers in its place: open it in a browser to see."
_NO_ANSWER_FIX = (
    "Connections open, and end or bring nothing: a firewall or proxy in between holds or cuts them, or the "
    "exchange is overloaded. Try again in a minute, then from another network."
)
_CLOCK_FIX = "Let the clock be set: `sudo timedatectl set-ntp true`, or `sudo chronyc makestep`."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the exchange said, and whether it may be asked for more."""

    findings: tuple[Finding, ...]
    good: bool
    left_alone: bool = False
    """It has asked for silence."""


def fix_for(status: int) -> str:
    """What to do about an HTTP status; 0: there was none."""
    if status in _FIXES:
        return _FIXES[status]
    if not status:
        return _NO_ANSWER_FIX
    server_fault = 500
    return _TROUBLE_FIX if status >= server_fault else _ODD_FIX


async def ask_rest(venue: Venue, endpoints: Endpoints, patience: Patience) -> Answer:
    """Ask for the time, which weighs least, and compare clocks."""
    place, limits = place_of(endpoints.rest), venue.limits
    weight = WeightBudget(
        limits.request_weight,
        limits.request_weight_window_s,
        limits.own_weight_share,
        limits.own_weight_stop_share,
    )
    impatient = replace(venue, limits=limits.override({"own_open_timeout_s": patience.seconds}))
    rest = RestClient(endpoints.rest, impatient, weight, patience.clock, proxy=endpoints.proxy)
    took_ms = 0.0
    try:
        async with asyncio.timeout(CLOCK_SAMPLES * patience.seconds):
            for _ in range(CLOCK_SAMPLES):
                began = patience.clock.monotonic()
                await rest.sample_clock()
                took_ms = (patience.clock.monotonic() - began) * 1000
        offset_ms = rest.offset_ms
    except TimeoutError:
        said = f"no whole answer within {CLOCK_SAMPLES * patience.seconds:g} s"
        return _silent(unreached("rest", place, said, _NO_ANSWER_FIX))
    except RestError as error:
        # What came without a status was an answer all the same, if REST counts it as one.
        fix = _ODD_FIX if not error.status and rest.answered_at is not None else fix_for(error.status)
        again = f" It asks for {span(error.retry_after_s)} of silence." if error.retry_after_s else ""
        found = unreached("rest", place, f"{sentence(one_line(error.message))}{again}", fix)
        return _silent(found, left_alone=error.status in LEFT_ALONE)
    finally:
        await rest.close()
    return Answer(
        (ok("rest", place, "answers", took_ms), _clock(place, offset_ms, limits.own_clock_warn_ms)), True
    )


def _silent(found: Finding, *, left_alone: bool = False) -> Answer:
    why = "the exchange could not be asked for its time"
    return Answer((found, skipped("clock", found.subject, why)), False, left_alone)


def _clock(place: str, offset_ms: float | None, warn_ms: float) -> Finding:
    if offset_ms is None:
        return skipped("clock", place, "it was set while it was compared")
    side = "behind" if offset_ms > 0 else "ahead of"
    said = f"{abs(offset_ms):.0f} ms {side} the exchange's"
    if abs(offset_ms) > CLOCK_BAD_MS:
        return bad("clock", place, f"{said}: signed requests are refused, and every lag is wrong", _CLOCK_FIX)
    if abs(offset_ms) > warn_ms:
        return warn("clock", place, said, _CLOCK_FIX)
    return ok("clock", place, said)


async def shake_hands(
    venue: Venue, endpoints: Endpoints, attempts: AttemptsFile, patience: Patience
) -> Finding:
    """Open one websocket as the feed does, and close it: one of the attempts that are counted."""
    place = place_of(endpoints.streams)
    if attempts.take() is not None:
        return warn(
            "handshake",
            place,
            "not tried: bntui's share of the IP's connection attempts is used up",
            "Something opens connections again and again: see `bntui status` and the log.",
        )
    limits = venue.limits.override({"own_open_timeout_s": patience.seconds})
    transport = usual_transport(limits, patience.clock, endpoints.proxy)
    path = venue.stream_path(StreamSpec(venue.watch_kinds[0], venue.starter[0]))
    visit = _Visit()
    began = patience.clock.monotonic()
    opened: Link | Failure = await transport.open(endpoints.streams + path, visit)
    ms = (patience.clock.monotonic() - began) * 1000
    if isinstance(opened, Failure):
        dated = opened.dated(patience.clock.wall_ms())
        return unreached("handshake", place, dated.text, fix_for(opened.status or 0))
    try:
        async with asyncio.timeout(patience.seconds):
            opened.send_ping(b"")
            await visit.answered.wait()
    except TimeoutError:
        return warn("handshake", place, "it opens, and then nothing comes back", _NO_ANSWER_FIX, ms)
    finally:
        opened.end(NORMAL_CLOSURE, "")
        await visit.over.wait()  # within the close timeout, whatever the server does
    return ok("handshake", place, "opens, and answers a ping", ms)


class _Visit:
    """Waits for an answer and for the end of a connection, and for nothing else of it."""

    def __init__(self) -> None:
        self.answered = asyncio.Event()
        self.over = asyncio.Event()

    def frames(self, frames: list[bytes]) -> None:
        """Nothing was asked for."""

    def flood(self, run: Run) -> None:
        """Nothing was asked for."""

    def binary(self, size: int) -> None:
        """Nothing was asked for."""

    def pinged(self, payload: bytes) -> None:
        """It is closed before that matters."""

    def ponged(self, payload: bytes) -> None:
        """Somebody is there, and reads."""
        self.answered.set()

    def lost(self, code: int | None, reason: str, by_us: bool) -> None:
        """The last call."""
        self.over.set()
