"""`bntui fills`: what is kept, to a pipe."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from bntui.commandoptions import FillsOptions
from bntui.errors import UsageError
from bntui.fills import run
from bntui.journal import open_journal
from bntui.model.account import AccountKey, Fill
from bntui.model.delta import NumberedFill
from bntui.model.markets import Market, SymbolKey
from tests.model.account_samples import a_fill

NOW_MS = 100_000
ALL = FillsOptions(None, json=True, account="")


def keep(folder: Path, *fills: Fill) -> Path:
    path = folder / "journal.db"
    journal = open_journal(path, 0)
    for number, fill in enumerate(fills, 1):
        journal.keep(NumberedFill(number, fill))
    assert journal.close()
    return path


def printed(capsys: pytest.CaptureFixture[str]) -> list[int]:
    return [orjson.loads(text)["id"] for text in capsys.readouterr().out.splitlines()]


def test_fills_are_told_in_the_order_of_their_times(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(tmp_path, a_fill(2, time_ms=20), a_fill(1, time_ms=10, recovered=True))
    assert run(path, [], ALL, NOW_MS) == 0
    assert printed(capsys) == [1, 2]


def test_only_those_since_a_time_of_a_symbol_or_of_an_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(
        tmp_path,
        a_fill(1, time_ms=NOW_MS - 5_000),
        a_fill(2, time_ms=NOW_MS - 5_001),
        a_fill(3, time_ms=NOW_MS, symbol="ETHUSDT"),
        a_fill(4, time_ms=NOW_MS, owner=AccountKey("second", Market.SPOT)),
    )
    run(path, [], FillsOptions(5.0, json=True, account=""), NOW_MS)
    assert printed(capsys) == [1, 3, 4]
    run(path, [SymbolKey(Market.SPOT, "ETHUSDT")], ALL, NOW_MS)
    assert printed(capsys) == [3]
    run(path, [], FillsOptions(None, json=True, account="second"), NOW_MS)
    assert printed(capsys) == [4]


def test_people_read_words_and_are_told_when_there_is_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(tmp_path, a_fill(1))
    words = FillsOptions(None, json=False, account="")
    run(path, [], words, NOW_MS)
    assert "BTCUSDT fill main BUY 0.01000 @ 60000.10" in capsys.readouterr().out
    run(path, [SymbolKey(Market.SPOT, "ETHUSDT")], words, NOW_MS)
    assert capsys.readouterr() == ("", "No such fills are kept.\n")


def test_before_the_first_run_it_is_said_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No fills are kept yet"):
        run(tmp_path / "journal.db", [], ALL, NOW_MS)
