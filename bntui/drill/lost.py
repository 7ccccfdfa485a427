"""What a scenario may lose of the trades: nothing, what is told, or exactly so many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bntui.drill.expect import Finding
from bntui.drill.ledger import TradeLedger
from bntui.drill.record import Record
from bntui.drill.tables import Range, Table

NOTHING = "nothing"
TOLD = "told"
EVERYTHING = "everything"
SOME = "some"


@dataclass(frozen=True, slots=True)
class Lost:
    """What may be missing of what `tail` printed. Whatever it is, nothing comes twice or in disorder."""

    trades: Mapping[str, Range] | None
    """Missing trades by symbol, of those not named none; None: any that a gap line tells."""
    refilled: Range | None
    """Trades that came by REST instead of their stream."""
    recovered: Range | None = None
    """Own fills that did."""
    fills: str = NOTHING
    """Of own fills, where an account trades: nothing; some, where it goes blind for good; or everything,
    where it cannot be seen at all."""

    @classmethod
    def read(cls, table: Table) -> Lost:
        """`trades`: "nothing", "told", or a table of symbols with how many; the others: how many."""
        refilled, recovered = table.range("refilled"), table.range("recovered")
        fills = table.choice("fills", (NOTHING, SOME, EVERYTHING), NOTHING)
        if "trades" not in table:
            raise table.bad(f'trades is missing: "{NOTHING}", "{TOLD}" or symbols with numbers')
        if table.is_table("trades"):
            symbols = table.table("trades")
            missing = {symbol: symbols.range(symbol) or Range(0) for symbol in symbols.left()}
            return cls(missing, refilled, recovered, fills)
        kind = table.choice("trades", (NOTHING, TOLD))
        return cls({} if kind == NOTHING else None, refilled, recovered, fills)

    def judge(self, record: Record) -> list[Finding]:
        """Look at every symbol."""
        ledgers = record.trades
        findings = [self._missing(ledgers), _in_order(ledgers), _told(ledgers)]
        if self.refilled is not None:
            number = sum(ledger.refilled for ledger in ledgers.values())
            findings.append(
                Finding(f"trades refilled by REST: {self.refilled}", self.refilled.holds(number), f"{number}")
            )
        return findings

    def _missing(self, ledgers: Mapping[str, TradeLedger]) -> Finding:
        printed = sum(ledger.printed for ledger in ledgers.values())
        missing = {symbol: ledger.missing for symbol, ledger in ledgers.items() if ledger.missing}
        seen = f"{printed} trades of {len(ledgers)} symbols, missing {_by_symbol(missing) or 'none'}"
        if self.trades is None:
            return Finding("trades are printed, and those that are missing told", printed > 0, seen)
        wanted = ", ".join(f"{number} of {symbol}" for symbol, number in self.trades.items())
        fits = all(
            self.trades.get(symbol, Range(0, 0)).holds(missing.get(symbol, 0))
            for symbol in {*missing, *self.trades}
        )
        return Finding(
            f"trades missing: {wanted or 'none'}",
            fits and printed > 0,
            seen,
        )


def _in_order(ledgers: Mapping[str, TradeLedger]) -> Finding:
    repeated = sum(ledger.repeated for ledger in ledgers.values())
    disordered = sum(ledger.disordered for ledger in ledgers.values())
    return Finding(
        "every trade once and in the order of its id",
        not repeated and not disordered,
        f"{repeated} repeated, {disordered} out of order",
    )


def _told(ledgers: Mapping[str, TradeLedger]) -> Finding:
    untold = {symbol: ledger.untold for symbol, ledger in ledgers.items() if ledger.untold}
    return Finding("every hole is told by a gap line", not untold, f"untold: {_by_symbol(untold) or 'none'}")


def _by_symbol(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} of {symbol}" for symbol, number in sorted(numbers.items()))


def always(record: Record, breaches_expected: bool, astray_expected: bool) -> Sequence[Finding]:
    """What holds in every drill, whether a scenario says so or not."""
    findings = [
        Finding("quotes never go back", not record.quotes_back, f"{record.quotes_back} older ones"),
        Finding("every frame can be read", not record.malformed, f"{record.malformed} that cannot"),
        Finding("no line of the tail is dropped", not record.lines_lost, f"{record.lines_lost} dropped"),
    ]
    if not breaches_expected:
        newest = record.exchange["breaches"]["newest"]
        seen = "; ".join(sorted({f"{each['kind']}: {each['text']}" for each in newest})) or "none"
        findings.append(Finding("no rule of the exchange is broken", not newest, seen))
    if not astray_expected:
        astray = record.exchange["streams_on_wrong_path"]
        seen = ", ".join(astray) or "none"
        findings.append(Finding("every stream is asked for on the path that serves it", not astray, seen))
    return findings
