"""«Am I blind?»: the truth table, as data, and the one sentence that it makes.

*live* needs every wanted stream to be live, or quiet with a reason. *blind* is any that brings no data
though it should, or might. *degraded* is what lies between: data flows, but something is not as it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bntui.model.judged import HealthView, VerdictView
from bntui.model.labels import all_of, kind_words, stream_label
from bntui.model.markets import Market, StreamKey, SymbolKey
from bntui.model.proof import (
    NO_ACCOUNTS,
    Proof,
    incomplete_words,
    recovering_words,
    starting_words,
    unproven_words,
)
from bntui.model.states import BookState, Grade, ShardState, StreamState
from bntui.model.text import span

if TYPE_CHECKING:
    from bntui.model.panels import BookStatus
    from bntui.model.views import ShardView, StreamView

NAMED = 3
"""Streams that a sentence calls by name; the rest are counted."""

BEING_REPLACED = "being replaced by shard "
"""How the reason of a connection begins whose successor is open or on its way; its number follows."""

ANOTHER_DAY_MS = 24 * 3_600 * 1_000
"""An exchange whose clock is further behind than this is no skewed clock but a replay, on its tape's time."""

LONG_OFFSET_MS = 10_000
"""An offset is told in milliseconds up to here, and as a span beyond."""


class ExitCode(IntEnum):
    """What the program's exit says to scripts."""

    LIVE = 0
    DEGRADED = 1
    BLIND = 2
    USAGE = 3
    """Wrong usage, config or key."""
    CONNECT = 4
    """The exchange or the engine cannot be reached."""
    CRASH = 70
    """A fault of the program (EX_SOFTWARE of sysexits.h)."""


EXIT_CODES = {
    Grade.LIVE: ExitCode.LIVE,
    Grade.DEGRADED: ExitCode.DEGRADED,
    Grade.BLIND: ExitCode.BLIND,
}
"""The exit code of a headless command that ends with a verdict."""


@dataclass(frozen=True, slots=True)
class KindsDark:
    """A market of which some kinds of streams bring nothing at all, and the others everything."""

    market: Market
    dark: tuple[str, ...]
    """In words for people."""
    lit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the verdict depends on."""

    now: float
    wanted: int
    quiet: int
    """Streams without data that say why there is none."""
    unexplained: int
    """Quiet streams that do not say why."""
    waiting: int
    """Streams that never brought data and still have time to."""
    missing: tuple[StreamView, ...]
    """Streams that bring no data though they should or might; the worst first."""
    failed: tuple[ShardView, ...]
    """Connections that trying again will not mend."""
    connecting: tuple[ShardView, ...]
    """Connections that are down and on their way up."""
    connections: int
    rest_ok: bool
    rest_reason: str
    rest_answered: bool
    """REST has answered since the last of the missing streams went dark."""
    clock_offset_ms: float | None
    clock_warn_ms: float
    loop_lag_s: float
    loop_lag_warn_s: float
    rebuilt: tuple[BookStatus, ...] = ()
    """Books that are being built, for the first time or anew."""
    untrusted: tuple[BookStatus, ...] = ()
    """Books that are wrong, or may be, though their streams flow; the oldest first."""
    proof: Proof = NO_ACCOUNTS
    """What is known of own accounts."""
    kinds: KindsDark | None = None
    """Where many streams are missing, and they are all that there is of some kinds."""
    unproven: int = 0
    """Streams that fell silent, and there is still time to find out whether they should have."""

    @property
    def clock_is_off(self) -> bool:
        """Whether our clock and the exchange's differ so much that times mislead."""
        offset_ms = self.clock_offset_ms
        return offset_ms is not None and abs(offset_ms) > self.clock_warn_ms and offset_ms > -ANOTHER_DAY_MS

    @property
    def clock_words(self) -> str:
        """The exchange's clock less ours, with its sign."""
        offset_ms = self.clock_offset_ms or 0.0
        if abs(offset_ms) < LONG_OFFSET_MS:
            return f"{offset_ms:+.0f} ms"
        return f"{'-' if offset_ms < 0 else '+'}{span(abs(offset_ms) / 1000)}"


def successors(shards: Iterable[ShardView]) -> dict[int, int]:
    """The connections that are about to take over, by those that carry the streams until then."""
    return {
        shard.id: int(number)
        for shard in shards
        if shard.state not in (ShardState.CLOSING, ShardState.CLOSED)
        and shard.reason.startswith(BEING_REPLACED)
        and (number := shard.reason.removeprefix(BEING_REPLACED)).isdecimal()
    }


_MISSING_ORDER = (StreamState.BLIND, StreamState.STALE, StreamState.WANTED, StreamState.ACKED)
"""The states of streams without data, worst first."""

_ON_THE_WAY_UP = (ShardState.GATED, ShardState.CONNECTING, ShardState.WAITING)


def gather(
    streams: Iterable[StreamView],
    shards: Iterable[ShardView],
    health: HealthView,
    now: float,
    *,
    first_data_s: float,
    clock_warn_ms: float,
    loop_lag_warn_s: float,
    books: Iterable[BookStatus] = (),
    proof: Proof = NO_ACCOUNTS,
) -> Facts:
    """Count what the views say. The numbers are the market's limits of the same names."""
    wanted = quiet = unexplained = waiting = unproven = 0
    missing: list[StreamView] = []
    streams = list(streams)
    for stream in streams:
        wanted += 1
        match stream.state:
            case StreamState.LIVE:
                pass
            case StreamState.QUIET if stream.reason:
                quiet += 1
            case StreamState.QUIET:
                unexplained += 1
            case StreamState.ACKED if stream.reason:
                # Who gave the reason has an eye on how long it holds.
                unproven += 1
            case StreamState.WANTED | StreamState.ACKED if now - stream.since <= first_data_s:
                waiting += 1
            case _:
                missing.append(stream)
    missing.sort(key=lambda s: (_MISSING_ORDER.index(s.state), s.since, s.name))
    shards = list(shards)
    # What is on its way to replace a connection that stands is no connection that is down.
    spare = set(successors(shards).values())
    used = [shard for shard in shards if shard.wanted and shard.id not in spare]
    dark_since = max(map(_dark_since, missing), default=now)
    # A book whose stream brings nothing is named with its stream.
    named = {book_of(stream) for stream in missing}
    rebuilt: list[BookStatus] = []
    untrusted: list[BookStatus] = []
    for book in books:
        overdue = book.state is BookState.SYNCING and now - book.since > first_data_s
        if book.state is BookState.SYNCED or book.key in named:
            continue
        (untrusted if overdue or book.state is BookState.UNTRUSTED else rebuilt).append(book)
    untrusted.sort(key=lambda book: (book.since, book.key))
    return Facts(
        now=now,
        wanted=wanted,
        quiet=quiet,
        unexplained=unexplained,
        waiting=waiting,
        unproven=unproven,
        missing=tuple(missing),
        failed=tuple(shard for shard in used if shard.state is ShardState.FAILED),
        connecting=tuple(shard for shard in used if shard.state in _ON_THE_WAY_UP),
        connections=len(used),
        rest_ok=health.rest_ok,
        rest_reason=health.rest_reason,
        rest_answered=health.rest_ok and health.rest_at is not None and health.rest_at >= dark_since,
        clock_offset_ms=health.clock_offset_ms,
        clock_warn_ms=clock_warn_ms,
        loop_lag_s=health.loop_lag_ms / 1_000,
        loop_lag_warn_s=loop_lag_warn_s,
        rebuilt=tuple(rebuilt),
        untrusted=tuple(untrusted),
        proof=proof,
        kinds=_kinds_dark(streams, missing) if NAMED < len(missing) < wanted else None,
    )


def _kinds_dark(streams: Sequence[StreamView], missing: Sequence[StreamView]) -> KindsDark | None:
    """What is missing, by kinds; None where that would say too much or too little."""
    market = missing[0].market
    if any(stream.market is not market for stream in missing):
        return None
    dark = dict.fromkeys(kind_words(stream.name) for stream in missing)
    gone = {stream.name for stream in missing}
    lit: dict[str, None] = {}
    for stream in streams:
        if stream.market is market and stream.name not in gone:
            words = kind_words(stream.name)
            if words in dark:
                return None
            lit[words] = None
    return KindsDark(market, tuple(sorted(dark)), tuple(sorted(lit))) if lit else None


def book_of(stream: StreamView) -> SymbolKey | None:
    """Whose local book the stream feeds; None for a stream of another kind."""
    symbol, _, kind = stream.name.partition("@")
    return SymbolKey(stream.market, symbol.upper()) if kind.startswith("depth") else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the truth table."""

    name: str
    grade: Grade
    """The best that the verdict can be while the rule applies."""
    applies: Callable[[Facts], bool]
    words: Callable[[Facts], str]
    """Its part of the sentence."""


def _dark_since(stream: StreamView) -> float:
    return stream.since if stream.dark_since is None else stream.dark_since


def _missing_words(facts: Facts) -> str:
    lasting = span(facts.now - min(map(_dark_since, facts.missing)))
    counted = f"on {len(facts.missing)} of {facts.wanted} streams for {lasting}"
    if len(facts.missing) == facts.wanted > NAMED:
        # Where everything is dark the few names would only keep the cause out of a narrow line.
        return counted
    if (kinds := facts.kinds) is not None:
        of = "" if kinds.market is Market.SPOT else f" of {kinds.market}"
        return f"{counted}: all {all_of(kinds.dark)}{of}, while {all_of(kinds.lit)} flow"
    named = [stream_label(StreamKey(s.market, s.name)) for s in facts.missing[:NAMED]]
    more = len(facts.missing) - len(named)
    return f"{counted}: {', '.join(named)}{f' and {more} more' if more else ''}"


def _failed_words(facts: Facts) -> str:
    first = facts.failed[0]
    more = len(facts.failed) - 1
    return f"on connection {first.id}: {first.reason or 'failed'}{f' and on {more} more' if more else ''}"


def _connecting_words(facts: Facts) -> str:
    reason = next((shard.reason for shard in facts.connecting if shard.reason), "")
    again = "re" if any(shard.reconnects for shard in facts.connecting) else ""
    some = f" {len(facts.connecting)} of {facts.connections} connections" if facts.connections > 1 else ""
    return f"{again}connecting{some}{f' ({reason})' if reason else ''}"


def _books_words(books: tuple[BookStatus, ...]) -> str:
    more = len(books) - NAMED
    labels = ", ".join(book.key.label for book in books[:NAMED])
    return f"book{'s' if len(books) > 1 else ''} of {labels}{f' and {more} more' if more > 0 else ''}"


def _rebuilt_words(facts: Facts) -> str:
    books, first = facts.rebuilt, facts.rebuilt[0]
    anew = "rebuilt" if any(book.state is BookState.RESYNC for book in books) else "built"
    verb = "is" if len(books) == 1 else "are"
    return f"{_books_words(books)} {verb} being {anew}{f': {first.reason}' if first.reason else ''}"


def _untrusted_words(facts: Facts) -> str:
    books = facts.untrusted
    return f"on {_books_words(books)} for {span(facts.now - books[0].since)}: {books[0].reason}"


RULES = (
    Rule("streams without data", Grade.BLIND, lambda f: bool(f.missing), _missing_words),
    Rule("connections failed for good", Grade.BLIND, lambda f: bool(f.failed), _failed_words),
    Rule("books untrusted", Grade.BLIND, lambda f: bool(f.untrusted), _untrusted_words),
    Rule(
        "accounts unproven",
        Grade.BLIND,
        lambda f: bool(f.proof.unproven),
        lambda f: unproven_words(f.proof, f.now),
    ),
    Rule("nothing watched", Grade.DEGRADED, lambda f: not f.wanted, lambda f: "nothing watched"),
    Rule(
        "first data due",
        Grade.DEGRADED,
        lambda f: f.waiting > 0,
        lambda f: f"waiting for first data on {f.waiting} of {f.wanted} streams",
    ),
    Rule(
        "proof due",
        Grade.DEGRADED,
        lambda f: f.unproven > 0,
        lambda f: f"{f.unproven} of {f.wanted} streams silent, REST is asked why",
    ),
    Rule(
        "quiet without a reason",
        Grade.DEGRADED,
        lambda f: f.unexplained > 0,
        lambda f: f"{f.unexplained} of {f.wanted} streams quiet for no known reason",
    ),
    Rule("books being built", Grade.DEGRADED, lambda f: bool(f.rebuilt), _rebuilt_words),
    Rule(
        "accounts starting",
        Grade.DEGRADED,
        lambda f: bool(f.proof.starting),
        lambda f: starting_words(f.proof),
    ),
    Rule(
        "recovery under way",
        Grade.DEGRADED,
        lambda f: bool(f.proof.recovering),
        lambda f: recovering_words(f.proof),
    ),
    Rule(
        "recovery incomplete",
        Grade.DEGRADED,
        lambda f: bool(f.proof.incomplete),
        lambda f: incomplete_words(f.proof),
    ),
    Rule("connections down", Grade.DEGRADED, lambda f: bool(f.connecting), _connecting_words),
    Rule(
        "REST down",
        Grade.DEGRADED,
        lambda f: not f.rest_ok,
        lambda f: f"REST down{f' ({f.rest_reason})' if f.rest_reason else ''}",
    ),
    Rule(
        "clock off",
        Grade.DEGRADED,
        lambda f: f.clock_is_off,
        lambda f: f"clock offset {f.clock_words}",
    ),
    Rule(
        "loop late",
        Grade.DEGRADED,
        lambda f: f.loop_lag_s > f.loop_lag_warn_s,
        lambda f: f"loop lag {f.loop_lag_s:.1f} s",
    ),
)
"""The truth table: the verdict is live when no row applies, else the worst grade of those that do."""


def judge(facts: Facts) -> tuple[Grade, str]:
    """The grade, and the sentence that says it: first what blinds, then what else is wrong."""
    found = [rule for rule in RULES if rule.applies(facts)]
    if not found:
        quiet = f" ({facts.quiet} quiet)" if facts.quiet else ""
        fills = ", fills proven" if facts.proof.configured else ""
        return Grade.LIVE, f"LIVE {facts.wanted}/{facts.wanted} streams{quiet}{fills}"
    parts = "; ".join(rule.words(facts) for rule in found)
    if worst_of(found) is Grade.BLIND:
        return Grade.BLIND, f"BLIND {parts}"
    return Grade.DEGRADED, f"DEGRADED: {parts}"


def worst_of(found: Iterable[Rule]) -> Grade:
    """The grade that rules come to when they apply; live where there is none."""
    grades = {rule.grade for rule in found}
    return next((grade for grade in (Grade.BLIND, Grade.DEGRADED) if grade in grades), Grade.LIVE)


def follow(before: VerdictView | None, facts: Facts) -> VerdictView:
    """The verdict on new facts; its grade has lasted since before if it is the same."""
    grade, sentence = judge(facts)
    since = before.since if before is not None and before.grade is grade else facts.now
    return VerdictView(grade, sentence, since)
