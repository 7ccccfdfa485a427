"""What a scenario says of an own account: the one that trades, what is expected of it, what may be lost."""

from __future__ import annotations

from dataclasses import dataclass

from bntui.drill.expect import Finding, When, stood
from bntui.drill.history import History
from bntui.drill.lost import EVERYTHING, SOME, Lost
from bntui.drill.record import Record
from bntui.drill.tables import Table
from bntui.model.access import UserMethod
from bntui.model.states import RecoveryState, UserStreamState
from bntui.sim.keys import KEYS

MOST_FILLS_PER_S = 100.0

SHOWN = 3
"""Fills that a finding names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class TradingAccount:
    """The account that trades on the exchange while the drill runs."""

    method: UserMethod
    """How its events are to be had."""
    fills_per_s: float
    key: str
    """Which of the exchange's keys it has."""

    @classmethod
    def read(cls, table: Table) -> TradingAccount:
        """`method`, `fills_per_s`, `key`."""
        account = cls(
            UserMethod(table.choice("method", tuple(UserMethod))),
            min(MOST_FILLS_PER_S, table.number("fills_per_s", 2.0, least=0.0)),
            table.choice("key", tuple(KEYS), "hmac"),
        )
        table.finish()
        return account


@dataclass(frozen=True, slots=True)
class AccountExpected:
    """The state of a user stream."""

    states: tuple[str, ...]
    reason: tuple[str, ...]
    when: When
    label: str

    @classmethod
    def read(cls, table: Table) -> AccountExpected:
        """`account` with a label such as `demo.spot`, `state` with one or several, `reason` with words."""
        label = table.text("account")
        return cls(table.choices("state", UserStreamState), table.texts("reason"), When.read(table), label)

    def judge(self, record: Record) -> Finding:
        """Look at the states of the span."""
        history = record.accounts.get(self.label, History())
        return stood(record, history, f"fills of {self.label}", self.states, self.reason, self.when)


@dataclass(frozen=True, slots=True)
class RecoveryExpected:
    """How the comparison with REST went."""

    states: tuple[str, ...]
    reason: tuple[str, ...]
    when: When
    label: str

    @classmethod
    def read(cls, table: Table) -> RecoveryExpected:
        """`recovery` with a label, `state` with one or several, `reason` with words of what is missing."""
        label = table.text("recovery")
        return cls(table.choices("state", RecoveryState), table.texts("reason"), When.read(table), label)

    def judge(self, record: Record) -> Finding:
        """Look at the states of the span."""
        history = record.recoveries.get(self.label, History())
        return stood(record, history, f"recovery of {self.label}", self.states, self.reason, self.when)


def judge_fills(record: Record, lost: Lost) -> list[Finding]:
    """Every fill that the exchange has done was printed, once, and so many were marked as recovered."""
    if lost.fills == EVERYTHING:
        count = len(record.fills.printed)
        return [Finding("no fill can be seen", not count, f"{count} printed")]
    recovered = lost.recovered
    ledger, done = record.fills, record.own_trades
    missing, repeated, invented = ledger.missing(done), ledger.repeated, ledger.invented(done)
    seen = f"{len(done) - len(missing)} of {len(done)}{_named(missing, 'missing')}"
    whole = Finding("every fill is printed", bool(done) and not missing, seen)
    part = Finding("some fills are printed, and others are not", 0 < len(missing) < len(done), seen)
    findings = [
        part if lost.fills == SOME else whole,
        Finding(
            "no fill is printed twice, and none that was not done",
            not repeated and not invented,
            f"{len(repeated)} twice{_named(repeated, '')}, {len(invented)} not done{_named(invented, '')}",
        ),
    ]
    if recovered is not None:
        findings.append(
            Finding(
                f"fills marked as recovered: {recovered}",
                recovered.holds(ledger.recovered),
                f"{ledger.recovered}",
            )
        )
    return findings


def _named(trades: list[tuple[str, int]], word: str) -> str:
    if not trades:
        return ""
    named = ", ".join(f"{symbol} {trade_id}" for symbol, trade_id in trades[:SHOWN])
    more = len(trades) - SHOWN
    return f" ({f'{word} ' if word else ''}{named}{f' and {more} more' if more > 0 else ''})"
