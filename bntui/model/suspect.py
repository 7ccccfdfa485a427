"""«Is it me, my VPS, or Binance?»: one suspect, named with its evidence. The rules are data; the first that
applies speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bntui.model.verdict import Facts

REFUSALS = ("451", "403", "418", "429")
"""HTTP answers that concern this IP and not one connection."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One row: when it applies, and what it says."""

    name: str
    applies: Callable[[Facts, bool | None], bool]
    words: Callable[[Facts, bool | None], str]


def _down(facts: Facts) -> int:
    return len(facts.failed) + len(facts.connecting)


def _all_down(facts: Facts) -> bool:
    return facts.connections > 0 and _down(facts) == facts.connections


def _refusal(facts: Facts) -> str:
    reasons = [shard.reason for shard in (*facts.failed, *facts.connecting)]
    return next((reason for reason in reasons if any(code in reason for code in REFUSALS)), "")


def _silent_shards(facts: Facts) -> set[int | None]:
    return {stream.shard for stream in facts.missing}


SUSPICIONS = (
    Suspicion(
        "own loop",
        lambda f, second: f.loop_lag_s > f.loop_lag_warn_s,
        lambda f, second: f"this machine: bntui's own loop lags {f.loop_lag_s:.1f} s, others may too",
    ),
    Suspicion(
        "refused",
        lambda f, second: bool(_refusal(f)),
        lambda f, second: f"this IP or place: the exchange refuses it ({_refusal(f)})",
    ),
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
        "stream host",
        lambda f, second: _all_down(f),
        lambda f, second: (
            f"Binance's stream host: REST answers, {f.connections} of {f.connections} connections are down"
        ),
    ),
    Suspicion(
        "single connections",
        lambda f, second: _down(f) > 0,
        lambda f, second: (
            f"single connections: {_down(f)} of {f.connections} are down, the others to the same host are up"
        ),
    ),
    Suspicion(
        "one connection",
        lambda f, second: bool(f.missing) and f.connections > 1 and len(_silent_shards(f)) == 1,
        lambda f, second: (
            f"connection {f.missing[0].shard}: it is up, {len(f.missing)} of its streams bring nothing, "
            "those of the others flow"
        ),
    ),
    Suspicion(
        "single streams",
        lambda f, second: bool(f.missing),
        lambda f, second: f"Binance: the connections are up, {len(f.missing)} streams bring nothing",
    ),
    Suspicion(
        "clock",
        lambda f, second: f.clock_is_off,
        lambda f, second: f"this machine's clock: {f.clock_words} off the exchange's",
    ),
    Suspicion(
        "REST",
        lambda f, second: not f.rest_ok,
        lambda f, second: f"Binance's REST: the streams flow ({f.rest_reason})",
    ),
)
"""In order: what explains most comes first."""


def suspect(facts: Facts, second_endpoint_ok: bool | None) -> str:
    """Whose fault it seems to be, with the evidence; empty when nothing points anywhere."""
    for suspicion in SUSPICIONS:
        if suspicion.applies(facts, second_endpoint_ok):
            return suspicion.words(facts, second_endpoint_ok)
    return ""
