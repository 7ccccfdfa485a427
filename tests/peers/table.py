"""Puts the results of all clients into one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent, wrap

from tests.peers.results import Result, Told

WIDTH = 110
ORDER = (
    "trade",
    "aggTrade",
    "blockTrade",
    "bookTicker",
    "depth",
    "depth@100ms",
    "depth5",
    "depth20@100ms",
    "book kept by the client",
    "kline_1m",
    "kline_1m@+08:00",
    "miniTicker",
    "ticker",
    "ticker_1h",
    "avgPrice",
    "referencePrice",
    "!miniTicker@arr",
    "!ticker_1h@arr",
    "!ticker@arr",
    "!bookTicker",
    "raw /ws",
    "combined in the URL",
    "trade, in microseconds",
    "LIST_SUBSCRIPTIONS",
    "UNSUBSCRIBE",
    "eight in a row",
    "REST ping",
    "REST time",
    "REST time, in microseconds",
    "REST exchangeInfo",
    "REST executionRules",
    "REST depth",
    "REST trades",
    "REST historicalTrades",
    "REST historicalBlockTrades",
    "REST aggTrades",
    "REST klines",
    "REST klines, several pages",
    "REST uiKlines",
    "REST avgPrice",
    "REST ticker/24hr",
    "REST ticker/24hr, all",
    "REST ticker/tradingDay",
    "REST ticker/price",
    "REST ticker/bookTicker",
    "REST ticker",
    "REST referencePrice",
    "REST referencePrice/calculation",
    "own account of Spot",
    "own open orders of Spot",
    "own trades of Spot",
    "own events of Spot, HMAC",
    "own events of Spot, Ed25519",
    "own account of USD-M",
    "own balance of USD-M",
    "own positions of USD-M",
    "own open orders of USD-M",
    "own trades of USD-M",
    "listen key",
    "listen key, kept alive",
    "own events of USD-M",
)
"""Rows, in this order; what else is told comes behind them."""

_NOT_OFFERED = "·"
_LEGEND = (
    f"Messages or rows that came; {_NOT_OFFERED} where the client does not offer it, or is not asked for it."
)


class _Notes:
    """What there is to say, each thing once, by numbers."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1


def rendered(results: Sequence[Result]) -> str:
    """The table, its notes, and a paragraph on each client."""
    notes = _Notes()
    asked = [result for result in results if result.told]
    lines = [*_grid(asked, notes), "", _wrapped(_LEGEND)] if asked else []
    lines += [_wrapped(f"({number}) {text}", "    ") for number, text in enumerate(notes.texts, 1)]
    for result in results:
        lines += ["", *_paragraph(result)]
    return "\n".join([*lines, "", _verdict(results)])


def _wrapped(text: str, behind: str = "") -> str:
    return "\n".join(wrap(text, WIDTH, subsequent_indent=behind))


def _grid(results: Sequence[Result], notes: _Notes) -> Iterator[str]:
    by_name = [{told.name: told for told in result.told} for result in results]
    known = dict.fromkeys(ORDER) | dict.fromkeys(name for told in by_name for name in told)
    rows = [name for name in known if any(name in told for told in by_name)]
    cells = [[_cell(told.get(name), notes) for told in by_name] for name in rows]
    widths = [
        max(len(text) for text in (result.peer.short, *column))
        for result, column in zip(results, zip(*cells, strict=True), strict=True)
    ]
    first = max(map(len, rows))
    heads = (result.peer.short.rjust(width) for result, width in zip(results, widths, strict=True))
    yield "  ".join([" " * first, *heads])
    for name, row in zip(rows, cells, strict=True):
        yield "  ".join(
            [name.ljust(first), *(text.rjust(width) for text, width in zip(row, widths, strict=True))]
        )


def _cell(told: Told | None, notes: _Notes) -> str:
    if told is None:
        return _NOT_OFFERED
    mark = f" ({notes.number(told.note)})" if told.note else ""
    if told.wrong:
        return f"WRONG {told.count}{mark}"
    return f"{'silent' if told.silent else told.count}{mark}"


def _paragraph(result: Result) -> Iterator[str]:
    peer, seen = result.peer, result.seen
    state = result.skipped or ("lacks something" if result.wrong else "has its data")
    yield f"{peer.package} {peer.version} ({peer.runtime}): {state}"
    breaches = ", ".join(f"{kind} ×{count}" for kind, count in seen.breaches.items())
    if result.told:
        said = [
            f"Pointed here by {peer.pointed}.",
            f"Connections: {seen.connections}. Pings answered: {seen.pongs} of {seen.pings}. Other pongs: "
            f"{seen.stray_pongs}. REST calls: {seen.calls}. Breaches: {breaches or 'none'}.",
            *(f"Breaks a rule, {kind}: {why}." for kind, why in result.expected.items()),
            *peer.remarks,
        ]
        yield from (indent(_wrapped(text), "    ") for text in said)
    for text in result.wrong:
        yield indent(f"WRONG: {text}", "    ")


def _verdict(results: Sequence[Result]) -> str:
    skipped = [result.peer.package for result in results if result.skipped]
    wrong = [result.peer.package for result in results if result.wrong]
    asked = len(results) - len(skipped)
    if wrong:
        text = f"{', '.join(wrong)}: something is wrong."
    else:
        text = f"All {asked} clients have their data." if asked else "No client was asked."
    return f"{text} Skipped: {', '.join(skipped)}." if skipped else text
