"""The trust gate: may a bot trust a symbol now? Reads what the engine knows, and changes nothing.

A question is a line: symbols, and options as NAME=VALUE. The answer is one JSON object in one line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bntui.clock import Clock
from bntui.engine.engine import Engine
from bntui.feed.feed import watch_wishes
from bntui.model.markets import Market, StreamKey, StreamKind, SymbolKey
from bntui.model.proof import Proof, prove
from bntui.model.states import StreamState
from bntui.model.trust import BADNESS_OF_TRUST, TRUST_OF_GRADE, Trust
from bntui.model.verdict import RULES, gather, worst_of
from bntui.model.views import StreamView
from bntui.wire.messages import Welcome

MOST_SYMBOLS = 200
"""Symbols in one question."""

OF_ALL_DATA = frozenset({"nothing watched", "connections down", "REST down", "clock off"})
"""Rules of the verdict that say nothing of one symbol's data: a lost connection shows in its streams."""

JUDGED_BY = tuple(rule for rule in RULES if rule.name not in OF_ALL_DATA)
"""What decides of a symbol."""

ANSWER_HOLDS_S = 0.05
"""The same question is not looked into more often: several bots cost little more than one."""

USUAL_GAPS = 3.0
"""A quote that is older than so many of the longest usual silences between two is not proven any more, before
anything has proven that it is wrong: evidence takes seconds, in which a bot would quote on."""

SHORTEST_AGE_S = 0.9
"""Of a younger quote no silence is told by itself: whoever asks often stops within a second."""

ANSWERS_KEPT = 64
"""Questions whose answers are remembered so long; beyond it all are forgotten."""

NAMES_KEPT = 4_000
"""Symbols whose streams' names are remembered; beyond it all are looked up anew."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a bot wants to know."""

    symbols: Mapping[str, SymbolKey]
    """By the word that the asker used."""
    max_age_s: float | None = None
    """Older quotes are not ok, whatever is known of them; None: what is usual, and evidence, decide."""
    accounts: bool = True
    """Fills of own accounts count too, on the symbol's market."""


def read_question(line: str, default: Market) -> Question:
    """A line of the protocol. Raises ValueError, in words."""
    symbols: dict[str, SymbolKey] = {}
    max_age_s: float | None = None
    accounts = True
    for word in line.split():
        name, equals, value = word.partition("=")
        if not equals:
            symbols[word] = SymbolKey.parse(word, default)
        elif name == "max_age":
            max_age_s = _seconds(value)
        elif name == "accounts" and value in ("yes", "no"):
            accounts = value == "yes"
        else:
            raise ValueError(f"{word!r} is none of max_age=SECONDS, accounts=yes, accounts=no")
    if not symbols:
        raise ValueError("no symbol is named")
    if len(symbols) > MOST_SYMBOLS:
        raise ValueError(f"{len(symbols)} symbols are more than {MOST_SYMBOLS}")
    return Question(symbols, max_age_s, accounts)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ValueError(f"max_age={text!r} is no number of seconds above 0")
    return seconds


class TrustGate:
    """Answers questions of bots from what the engine knows at that moment."""

    def __init__(self, engine: Engine, clock: Clock, welcome: Welcome) -> None:
        """`welcome`: what the engine says of itself to viewers, it says here too."""
        self._engine = engine
        self._clock = clock
        self._welcome = welcome
        self._names: dict[SymbolKey, tuple[StreamKey, ...]] = {}
        self._quotes: dict[SymbolKey, StreamKey | None] = {}
        self._answers: dict[str, tuple[float, tuple[bytes, int]]] = {}
        """By question: until when the answer holds, and the answer."""
        self._holds_until = 0.0
        """Of the answer that is being found."""

    def asked(self, askers: int) -> None:
        """So many bots are there: what they ask about is read sooner."""
        self._engine.beat.sooner("bots", askers > 0, self._clock.monotonic())

    def answer(self, line: str) -> tuple[bytes, int]:
        """The answer to a line, with its line end, and how many symbols it was about.

        It is at most ANSWER_HOLDS_S old, and none is given again for quotes that have become too old since.
        """
        now = self._clock.monotonic()
        known = self._answers.get(line)
        if known is not None and now < known[0]:
            return known[1]
        if len(self._answers) >= ANSWERS_KEPT:
            self._answers.clear()
        self._holds_until = now + ANSWER_HOLDS_S
        answer = self._find(line, now)
        self._answers[line] = self._holds_until, answer
        return answer

    def _find(self, line: str, now: float) -> tuple[bytes, int]:
        try:
            question = read_question(line, self._engine.feed.default_market)
        except ValueError as error:
            return self._told(Trust.BLIND, error=str(error)), 0
        proofs: dict[Market, Proof] = {}
        symbols: dict[str, Any] = {}
        worst = Trust.OK
        for word, key in question.symbols.items():
            if question.accounts and key.market not in proofs and self._engine.feed.serves(key.market):
                proofs[key.market] = self._proof(key.market, now)
            trust, reason, age_s = self._judge(key, proofs.get(key.market), question.max_age_s, now)
            symbols[word] = {
                "trust": trust,
                "reason": reason,
                "age_s": None if age_s is None else round(age_s, 3),
            }
            if BADNESS_OF_TRUST[trust] > BADNESS_OF_TRUST[worst]:
                worst = trust
        return self._told(worst, symbols), len(symbols)

    def _told(self, trust: Trust, symbols: Mapping[str, Any] | None = None, error: str = "") -> bytes:
        verdict = self._engine.store.verdict
        told: dict[str, Any] = {
            "trust": trust,
            "symbols": symbols or {},
            "accounts": {
                view.owner.label: view.state for view in self._engine.store.accounts.streams.values()
            },
            "verdict": verdict.sentence if verdict is not None else "DEGRADED: the engine is starting",
            "environment": self._welcome.environment,
            "version": self._welcome.version,
            "pid": self._welcome.pid,
        }
        if error:
            told["error"] = error
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)

    def _proof(self, market: Market, now: float) -> Proof:
        """Whether fills of the accounts of a market arrive."""
        accounts = self._engine.store.accounts
        return prove(
            (view for owner, view in accounts.streams.items() if owner.market is market),
            (view for owner, view in accounts.recoveries.items() if owner.market is market),
            now,
            2 * self._engine.feed.market(market).venue.limits.own_first_data_s,
        )

    def _judge(
        self, key: SymbolKey, proof: Proof | None, max_age_s: float | None, now: float
    ) -> tuple[Trust, str, float | None]:
        store, feed = self._engine.store, self._engine.feed
        if store.row(key) is None:
            return Trust.BLIND, self._why_not_watched(key), None
        limits = feed.market(key.market).venue.limits
        quotes_at = self._quotes_at(key)
        age_s = None if quotes_at is None else max(0.0, now - quotes_at)
        wanted = self._streams(key)
        streams = [view for name in wanted if (view := store.streams.get(name)) is not None]
        if len(streams) < len(wanted):
            return Trust.STALE, "not all of its streams are subscribed to yet", age_s
        facts = gather(
            streams,
            (),
            store.health,
            now,
            first_data_s=2 * limits.own_first_data_s,
            clock_warn_ms=limits.own_clock_warn_ms,
            loop_lag_warn_s=limits.own_loop_lag_warn_s,
            proof=proof if proof is not None else Proof(),
        )
        found = [rule for rule in JUDGED_BY if rule.applies(facts)]
        reason = "; ".join(rule.words(facts) for rule in found)
        if facts.missing and facts.missing[0].reason:
            reason += f" ({facts.missing[0].reason})"
        trust = TRUST_OF_GRADE[worst_of(found)]
        if trust is Trust.OK:
            most_s = self._usual_age(key) if max_age_s is None else max_age_s
            # What is usual was learned from what waits as long; a promise must hold for what has waited.
            waited_s = self._engine.beat.longest_wait_s(quotes_at or 0.0) if max_age_s is not None else 0.0
            silent_s = None if age_s is None else age_s + waited_s
            if most_s is not None and (silent_s is None or silent_s >= most_s):
                seen = "no quote yet" if silent_s is None else f"no quote for {silent_s:.1f} s"
                most = f"the usual {most_s:.1f} s" if max_age_s is None else f"{most_s:g} s"
                return Trust.STALE, f"{seen}, more than {most}", age_s
            if most_s is not None and quotes_at is not None:
                self._holds_until = min(self._holds_until, quotes_at + most_s - waited_s)
        return trust, reason or _why_quiet(streams), age_s

    def _usual_age(self, key: SymbolKey) -> float | None:
        """How old a quote of the symbol may be, by what is usual; None where nothing is known of that, or
        where more than that is known: why there is none."""
        name = self._quotes[key]
        view = self._engine.store.streams.get(name) if name is not None else None
        beat_s = self._engine.feed.rhythm(name) if name is not None else None
        if view is None or view.state is not StreamState.LIVE or beat_s is None:
            return None
        return max(SHORTEST_AGE_S, USUAL_GAPS * beat_s)

    def _why_not_watched(self, key: SymbolKey) -> str:
        feed = self._engine.feed
        if not feed.serves(key.market):
            return f"the engine has no {key.market} market"
        if feed.instruments_known(key.market) and feed.instrument(key) is None:
            return f"{key.label} is not listed"
        return f"the engine does not watch {key.label}"

    def _quotes_at(self, key: SymbolKey) -> float | None:
        """When the last quote came, as the feed saw it: fresher than any view of it."""
        self._streams(key)
        name = self._quotes[key]
        return None if name is None else self._engine.feed.data_at(name)

    def _streams(self, key: SymbolKey) -> tuple[StreamKey, ...]:
        """What a row of the watchlist needs. What a viewer opens beside it must not stop a bot."""
        names = self._names.get(key)
        if names is None:
            if len(self._names) >= NAMES_KEPT:
                self._names.clear()
                self._quotes.clear()
            venue = self._engine.feed.market(key.market).venue
            of_kind = {
                wish.kind: StreamKey(key.market, venue.format_stream(wish.spec(key.symbol)))
                for wish in watch_wishes(venue)
            }
            names = self._names[key] = tuple(of_kind.values())
            self._quotes[key] = of_kind.get(StreamKind.BOOK_TICKER)
        return names


def _why_quiet(streams: list[StreamView]) -> str:
    """What says of a stream that brings nothing that there is nothing to bring."""
    return next((view.reason for view in streams if view.state is StreamState.QUIET), "")
