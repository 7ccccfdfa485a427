"""«Is it me, my VPS, or Binance?»: one suspect, named with its evidence. The rules are data; the first that
applies speaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bntui.model.labels import all_of, stream_label
from bntui.model.markets import StreamKey
from bntui.model.text import span
from bntui.model.verdict import Facts
from bntui.model.views import ShardView

_REFUSAL = re.compile(r"\((?:HTTP )?(418|429|403|451)\)")
"""HTTP answers that concern this IP, or this place, and not one connection."""

SECONDS_UP_TO_MS = 10_000
"""A clock's fault is told with a fraction of a second up to here."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One row: when it applies, and what it says."""

    name: str
    applies: Callable[[Facts, bool | None], bool]
    words: Callable[[Facts, bool | None], str]


def _failing(facts: Facts) -> tuple[ShardView, ...]:
    """The connections that are down. One that opens for the first time has not failed at anything yet."""
    return (*facts.failed, *(shard for shard in facts.connecting if shard.reason or shard.reconnects))


def _down(facts: Facts) -> int:
    return len(_failing(facts))


def _all_down(facts: Facts) -> bool:
    return facts.connections > 0 and _down(facts) == facts.connections


def _all_words(facts: Facts) -> str:
    """The connections, of which each is down."""
    count = facts.connections
    return "the connection is down" if count == 1 else f"all {count} connections are down"


def _refusal(facts: Facts) -> str:
    reasons = [shard.reason for shard in (*facts.failed, *facts.connecting)]
    return next((reason for reason in reasons if _REFUSAL.search(reason)), "")


def _refused(facts: Facts) -> bool:
    return bool(_refusal(facts) or (not facts.rest_ok and _REFUSAL.search(facts.rest_reason)))


def _refused_words(facts: Facts) -> str:
    reason = _refusal(facts)
    if reason:
        return f"this IP or place: {reason}"
    return "this IP or place: the exchange refuses its REST requests"


def _silent_shards(facts: Facts) -> set[int | None]:
    return {stream.shard for stream in facts.missing}


def _silent_words(facts: Facts) -> str:
    first, count = facts.missing[0], len(facts.missing)
    label = stream_label(StreamKey(first.market, first.name))
    up = "the connection is up" if facts.connections == 1 else "the connections are up"
    which = label if count == 1 else f"{count} streams"
    why = f"{'' if count == 1 else f'{label}: '}{first.reason}" if first.reason else ""
    return f"Binance: {up}, but nothing comes of {which}{f' ({why})' if why else ''}"


def _one_connection_words(facts: Facts) -> str:
    count = len(facts.missing)
    ((reason, shared),) = Counter(stream.reason for stream in facts.missing).most_common(1)
    # What is said of one stream among many, such as the ids that it lacks, explains nothing of the others.
    why = f" ({reason})" if reason and (shared > 1 or count == 1) else ""
    return (
        f"connection {facts.missing[0].shard}: it is up, but nothing comes of {count} of its "
        f"streams{why}, while those of the others flow"
    )


def _single_words(facts: Facts) -> str:
    shards = _failing(facts)
    down, paths = [shard.id for shard in shards], {shard.path for shard in shards}
    path = f" of the path {shards[0].path}" if len(paths) == 1 and shards[0].path else ""
    others = facts.connections - len(down)
    up = "the other one is up" if others == 1 else f"the {others} others are up"
    up += f": {all_of(facts.kinds.lit)} flow" if facts.kinds is not None else ""
    if len(down) == 1:
        return f"connection {down[0]}{path} alone: it is down, {up}"
    return f"single connections{path}: {len(down)} of {facts.connections} are down, {up}"


def _clock_words(facts: Facts) -> str:
    ours_ms = -(facts.clock_offset_ms or 0.0)
    by = f"{abs(ours_ms) / 1000:.1f} s" if abs(ours_ms) < SECONDS_UP_TO_MS else span(abs(ours_ms) / 1000)
    way = "ahead of" if ours_ms > 0 else "behind"
    return f"this machine's clock, or the exchange's: ours is {by} {way} theirs, so ages and lags mislead"


SUSPICIONS = (
    Suspicion(
        "own loop",
        lambda f, second: f.loop_lag_s > f.loop_lag_warn_s,
        lambda f, second: (
            f"this machine: bntui itself was held up for {f.loop_lag_s:.1f} s, other programs here may be too"
        ),
    ),
    Suspicion("refused", lambda f, second: _refused(f), lambda f, second: _refused_words(f)),
    Suspicion(
        "main hosts",
        lambda f, second: _all_down(f) and not f.rest_ok and second is True,
        lambda f, second: (
            "Binance's main hosts: another of its hosts can be reached, streams and REST cannot"
        ),
    ),
    Suspicion(
        "network",
        lambda f, second: _all_down(f) and not f.rest_ok,
        lambda f, second: (
            "your network or this machine: neither streams nor REST can be reached"
            f"{', nor another host of the exchange' if second is False else ''}"
        ),
    ),
    Suspicion(
        "not known yet",
        lambda f, second: _all_down(f) and bool(f.missing) and not f.rest_answered,
        lambda f, second: f"not clear yet: {_all_words(f)}, and REST is being asked whether it still answers",
    ),
    Suspicion(
        "stream host",
        lambda f, second: _all_down(f),
        lambda f, second: f"Binance's stream host: {_all_words(f)}, while REST answers",
    ),
    Suspicion("single connections", lambda f, second: _down(f) > 0, lambda f, second: _single_words(f)),
    Suspicion(
        "one connection",
        lambda f, second: bool(f.missing) and f.connections > 1 and len(_silent_shards(f)) == 1,
        lambda f, second: _one_connection_words(f),
    ),
    Suspicion("single streams", lambda f, second: bool(f.missing), lambda f, second: _silent_words(f)),
    Suspicion("clock", lambda f, second: f.clock_is_off, lambda f, second: _clock_words(f)),
    Suspicion(
        "REST",
        lambda f, second: not f.rest_ok,
        lambda f, second: "Binance's REST: the streams flow, only REST fails",
    ),
)
"""In order: what explains most comes first."""


def suspect(facts: Facts, second_endpoint_ok: bool | None) -> str:
    """Whose fault it seems to be, with the evidence; empty when nothing points anywhere."""
    for suspicion in SUSPICIONS:
        if suspicion.applies(facts, second_endpoint_ok):
            return suspicion.words(facts, second_endpoint_ok)
    return ""
