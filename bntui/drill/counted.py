"""What a scenario expects a number of: changes of connections, outages, gaps, counts of the exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bntui.drill.bookledger import BookLedger
from bntui.drill.expect import Finding, has, quoted, with_words
from bntui.drill.record import Record
from bntui.drill.tables import Range, Table
from bntui.model.states import ShardState

ONCE_OR_MORE = Range(1)
FOREVER = Range(0)

SHOWN = 3
"""Lines that a finding names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class LinkExpected:
    """Changes of connections, as `tail --kinds link` prints them."""

    state: ShardState
    reason: tuple[str, ...]
    code: float | None
    count: Range
    seconds: Range

    @classmethod
    def read(cls, table: Table) -> LinkExpected:
        """`link` with a state, `reason` with words of it, `code`, `count`, and the span of `seconds`."""
        return cls(
            ShardState(table.choice("link", tuple(ShardState))),
            table.texts("reason"),
            table.maybe("code"),
            table.range("count") or ONCE_OR_MORE,
            table.range("seconds") or FOREVER,
        )

    def judge(self, record: Record) -> Finding:
        """Count the lines that fit."""
        found = [
            line
            for line in record.links
            if self.seconds.holds(record.second(line.at))
            and line.state == self.state
            and has(line.reason, self.reason)
            and (self.code is None or line.code == self.code)
        ]
        because = f" because of {quoted(self.reason)}" if self.reason else ""
        code = f" with code {self.code:g}" if self.code is not None else ""
        shown = [f"second {record.second(line.at):.1f} {line.state} {line.reason}".strip() for line in found]
        return Finding(
            f"connection {self.state}{because}{code} {self.count.often} in seconds {self.seconds}",
            self.count.holds(len(found)),
            _counted(shown),
        )


@dataclass(frozen=True, slots=True)
class OutageExpected:
    """Lines of the reconnect history."""

    cause: tuple[str, ...]
    planned: bool | None
    over: bool | None
    code: float | None
    blind_s: Range | None
    count: Range

    @classmethod
    def read(cls, table: Table) -> OutageExpected:
        """`outage` with words of its cause, `planned`, `over`, `code`, `blind_s`, `count`."""
        return cls(
            table.texts("outage"),
            table.flag("planned"),
            table.flag("over"),
            table.maybe("code"),
            table.range("blind_s"),
            table.range("count") or ONCE_OR_MORE,
        )

    def judge(self, record: Record) -> Finding:
        """Count the lines that fit."""
        found = [
            line
            for line in record.outages
            if has(line.cause, self.cause)
            and self.planned in (None, line.planned)
            and self.over in (None, line.ended_ms is not None)
            and (self.code is None or line.close_code == self.code)
            and (self.blind_s is None or (line.blind_s is not None and self.blind_s.holds(line.blind_s)))
        ]
        kind = {None: "line of the history", True: "planned change", False: "outage"}[self.planned]
        code = f" with code {self.code:g}" if self.code is not None else ""
        blind = f", blind for {self.blind_s} s" if self.blind_s is not None else ""
        over = {None: "", True: ", over", False: ", lasting"}[self.over]
        shown = [
            f"shard {line.shard}: {line.cause}"
            + (f" [{line.close_code}]" if line.close_code is not None else "")
            + (f", blind for {line.blind_s:.1f} s" if line.blind_s is not None else ", lasting")
            for line in (found or record.outages)
        ]
        return Finding(
            f"{kind}{with_words(self.cause)}{code}{blind}{over} {self.count.often}",
            self.count.holds(len(found)),
            _counted(shown, len(found)),
        )


@dataclass(frozen=True, slots=True)
class CardExpected:
    """Incidents, as their screen tells them to somebody who was asleep."""

    words: tuple[str, ...]
    without: tuple[str, ...]
    count: Range

    @classmethod
    def read(cls, table: Table) -> CardExpected:
        """`card` with words that one card has, is `without`, and of how many that is true (`count`)."""
        return cls(table.texts("card"), table.texts("without"), table.range("count") or ONCE_OR_MORE)

    def judge(self, record: Record) -> Finding:
        """Read every card."""
        cards = [" ".join(sentences) for sentences in record.cards()]
        found = [
            text for text in cards if has(text, self.words) and not any(word in text for word in self.without)
        ]
        without = f" without {quoted(self.without)}" if self.without else ""
        return Finding(
            f"incident{with_words(self.words)}{without} {self.count.often}",
            self.count.holds(len(found)),
            _counted(found or cards, len(found)),
        )


@dataclass(frozen=True, slots=True)
class GapExpected:
    """Gap lines of `tail`."""

    cause: tuple[str, ...]
    symbol: str
    repaired: bool | None
    trades: Range | None
    count: Range

    @classmethod
    def read(cls, table: Table) -> GapExpected:
        """`gap` with words of its cause, `symbol`, `repaired`, `trades` (missing ids), `count`."""
        return cls(
            table.texts("gap"),
            table.text("symbol", ""),
            table.flag("repaired"),
            table.range("trades"),
            table.range("count") or ONCE_OR_MORE,
        )

    def judge(self, record: Record) -> Finding:
        """Count the lines that fit."""
        found = [
            line
            for line in record.gaps
            if has(line.cause, self.cause)
            and self.symbol in ("", line.symbol)
            and self.repaired in (None, line.repaired)
            and (self.trades is None or self.trades.holds(line.to_id - line.from_id + 1))
        ]
        of = f" of {self.symbol}" if self.symbol else ""
        missing = f" over {self.trades} trades" if self.trades is not None else ""
        repaired = {None: "", True: ", repaired", False: ", not repaired"}[self.repaired]
        shown = [
            f"{line.symbol} {line.from_id} to {line.to_id} ({line.cause})"
            + (", repaired" if line.repaired else "")
            for line in (found or record.gaps)
        ]
        return Finding(
            f"gap line{of}{with_words(self.cause)}{missing}{repaired} {self.count.often}",
            self.count.holds(len(found)),
            _counted(shown, len(found)),
        )


@dataclass(frozen=True, slots=True)
class AgreementExpected:
    """A good book and the quotes of the same update ids say the same."""

    symbol: str
    checks: Range
    resyncs: Range

    @classmethod
    def read(cls, table: Table) -> AgreementExpected:
        """`agreement` with a symbol, `checks` (ids in common), `resyncs` (how often it was built anew)."""
        return cls(
            table.text("agreement"),
            table.range("checks") or ONCE_OR_MORE,
            table.range("resyncs") or FOREVER,
        )

    def judge(self, record: Record) -> Finding:
        """Count what was compared."""
        book = record.books.get(self.symbol, BookLedger())
        passed = not book.wrong and self.checks.holds(book.checks) and self.resyncs.holds(book.resyncs)
        return Finding(
            f"book of {self.symbol} agrees with every quote, {self.checks} of them, "
            f"and is built anew {self.resyncs.often}",
            passed,
            f"{book.wrong} of {book.checks} differ, built anew {Range(book.resyncs, book.resyncs).often}",
        )


@dataclass(frozen=True, slots=True)
class ExchangeExpected:
    """A count of the exchange's own report."""

    what: str
    count: Range
    code: float | None
    by: str
    kind: str
    status: float | None

    @classmethod
    def read(cls, table: Table) -> ExchangeExpected:
        """`exchange` with what is counted, `count`; for `closes` their `code` and who closed (`by`), for
        `breaches` their `kind`, for `answers` of REST their `status`."""
        what = table.choice("exchange", tuple(_COUNTS))
        closes = what == "closes"
        count = table.range("count")
        if count is None:
            raise table.bad("count is missing")
        return cls(
            what,
            count,
            table.maybe("code") if closes else None,
            table.choice("by", ("client", "server", "nobody", ""), "") if closes else "",
            table.text("kind", "") if what == "breaches" else "",
            table.number("status") if what == "answers" else None,
        )

    def judge(self, record: Record) -> Finding:
        """Look into the report."""
        number, seen = _COUNTS[self.what](record.exchange, self)
        of = "".join(
            (
                f" with code {self.code:g}" if self.code is not None else "",
                f" by {self.by}" if self.by else "",
                f" of the kind «{self.kind}»" if self.kind else "",
                f" with status {self.status:g}" if self.status is not None else "",
            )
        )
        return Finding(
            f"the exchange counts {self.count} {self.what}{of}", self.count.holds(number), f"{number}{seen}"
        )


def _attempts(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    return report["attempts"], ""


def _connections(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    return report["connections"]["total"], ""


def _open(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    return len(report["connections"]["open"]), ""


def _closes(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    closed = report["connections"]["closed"]
    found = [
        each
        for each in closed
        if wanted.code in (None, each["close_code"]) and wanted.by in ("", each["closed_by"])
    ]
    shown = [f"{each['close_code']} by {each['closed_by']}" for each in closed]
    return len(found), f" of {', '.join(shown)}" if shown else ""


def _unread(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    """The most bytes that a client has left unread on one connection."""
    connections = report["connections"]
    return max(
        (each["most_unread_bytes"] for each in (*connections["closed"], *connections["open"])), default=0
    ), ""


def _breaches(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    by_kind = report["breaches"]["by_kind"]
    shown = ", ".join(f"{number} {kind}" for kind, number in by_kind.items())
    number = by_kind.get(wanted.kind, 0) if wanted.kind else report["breaches"]["total"]
    return number, f" of {shown}" if shown else ""


def _answers(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    answers = report["answers"]
    shown = ", ".join(f"{number} with {status}" for status, number in answers.items())
    return answers.get(f"{wanted.status:.0f}", 0), f" of {shown}" if shown else ""


def _pongs(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    return report["pongs"], ""


def _astray(report: Mapping[str, Any], wanted: ExchangeExpected) -> tuple[int, str]:
    """Subscriptions to streams on a path where they do not flow."""
    astray = report["streams_on_wrong_path"]
    shown = ", ".join(f"{number} {name}" for name, number in astray.items())
    return sum(astray.values()), f" of {shown}" if shown else ""


_COUNTS = {
    "attempts": _attempts,
    "connections": _connections,
    "open": _open,
    "closes": _closes,
    "unread": _unread,
    "breaches": _breaches,
    "answers": _answers,
    "pongs": _pongs,
    "astray": _astray,
}
"""What can be counted, and how. `open` are the connections that were open at the end, `unread` are bytes."""


def _counted(shown: Sequence[str], count: int | None = None) -> str:
    """How many, and the first of them; a count of 0 with something shown says what there was instead."""
    number = len(shown) if count is None else count
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return f"{number}: {'; '.join(shown[:SHOWN])}{more}" if shown else f"{number}"
