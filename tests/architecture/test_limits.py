"""Limit numbers stand in the limits tables and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bntui.venue.binance.futures_limits import FUTURES_ROWS
from bntui.venue.binance.limits import SPOT_ROWS, US_ROWS
from tests.architecture import ROOT, SOURCES

ROWS = (*SPOT_ROWS, *US_ROWS, *FUTURES_ROWS)

TABLES = frozenset({"limits.py", "futures_limits.py", "account_limits.py"})
"""The files that hold them."""

ORDINARY = frozenset({100, 200, 500, 600, 1_000, 3_600, 86_400, 3_600_000, 86_400_000, 1_000_000})
"""Units of time and round numbers, which mean something else nearly everywhere."""

DISTINCTIVE = (
    frozenset(
        number
        for row in ROWS
        if row.value > 100
        for number in ((row.value, row.value * 1_000) if row.unit == "s" else (row.value,))
    )
    - ORDINARY
)
"""Numbers that a reader would take for a limit; times also in milliseconds."""

ALLOWED = {
    ("bntui/feed/core/failures.py", 400): "the first HTTP status that blames the client",
    ("bntui/headless.py", 5_000): "lines printed at once",
    ("bntui/journal_tables.py", 5_000): "bound of the history kept on disk",
    ("bntui/journal_tables.py", 200_000): "bound of the fills kept on disk",
    ("bntui/model/panels.py", 120): "minutes of buy and sell volume that are kept",
    ("bntui/model/panels.py", 5_000): "bound of the candles of one interval",
    ("bntui/sim/actor.py", 150): "seconds between the trades of the symbol that hardly trades",
    ("bntui/sim/ending.py", 1_024): "bytes read at once from a pipe that only ever closes",
    ("bntui/sim/faults.py", 300): "the first HTTP status that is an error here",
    ("bntui/sim/faults.py", 400): "the first HTTP status that refuses a handshake",
    ("bntui/sim/history.py", 120): "segments of a synthetic hour",
    ("bntui/sim/instruments.py", 300): "price levels in the book of a synthetic symbol",
    ("bntui/sim/instruments.py", 400): "the rank at which synthetic symbols become quiet",
    ("bntui/sim/backdoor.py", 400): "the HTTP status of a bad request",
    ("bntui/sim/parameters.py", 400): "the HTTP status of a bad request",
    ("bntui/sim/switches.py", 1_024): "bytes of a kibibyte",
    ("bntui/store/tables.py", 5_000): "bound of the list of what is gone",
    ("bntui/ui/app.py", 150): "columns from which a terminal is wide",
    ("bntui/ui/chart/series.py", 5_000): "milliseconds that a candle may come late",
    ("bntui/ui/screens/arrangement.py", 150): "columns from which three panels stand beside one another",
    ("bntui/ui/shown.py", 4_096): "bound of a cache of texts",
    ("bntui/venue/binance/names.py", 180_000): "milliseconds of a 3m candle",
    ("bntui/venue/binance/names.py", 300_000): "milliseconds of a 5m candle",
    ("bntui/venue/binance/names.py", 259_200_000): "milliseconds of a 3d candle",
    ("bntui/wire/server.py", 5_000): "lines in one answer",
}
"""Where such a number is no limit, and what it is instead."""


def numbers() -> Iterator[tuple[str, int, float]]:
    """File, line and value of every distinctive number outside the limits tables."""
    for path in SOURCES:
        if path.name in TABLES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, int | float)
                and node.value in DISTINCTIVE
            ):
                yield path.relative_to(ROOT).as_posix(), node.lineno, node.value


def test_no_limit_is_written_outside_the_tables() -> None:
    strays = [f"{file}:{line}: {value:g}" for file, line, value in numbers() if (file, value) not in ALLOWED]
    assert strays == []


def test_every_exception_is_still_needed() -> None:
    assert set(ALLOWED) <= {(file, value) for file, _, value in numbers()}


def test_the_numbers_that_matter_most_are_looked_for() -> None:
    assert {1_024, 4_096, 6_000, 300, 3_500, 400, 5_000, 82_800} <= DISTINCTIVE


def test_every_row_has_a_source_and_a_date() -> None:
    for row in ROWS:
        assert row.source.strip(), row.name
        year, month, day = (int(part) for part in row.read.split("-"))
        assert year >= 2026, row.name
        assert 1 <= month <= 12, row.name
        assert 1 <= day <= 31, row.name
