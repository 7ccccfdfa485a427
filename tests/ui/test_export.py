from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from bntui.ui.export import FIELDS, NAMES_TRIED, as_csv, as_json, record, write
from tests.model.account_samples import FUTURES, a_fill
from tests.support.market import WALL_MS

NAME = "bntui-fills-20260101-030405"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_has_every_field_in_the_exchanges_figures() -> None:
    one = a_fill(
        7, owner=FUTURES, price="60000.10", realized_pnl="-0.50000000", mid="60000.00", time_ms=WALL_MS
    )
    (row,) = rows(as_csv([one]))
    assert tuple(row) == FIELDS
    assert (row["account"], row["market"], row["id"]) == ("main", "usdm", "7")
    assert (row["price"], row["realized_pnl"]) == ("60000.10", "-0.50000000")
    assert row["slippage_bps"] == "0.0167"
    assert row["time"] == "2026-01-01T03:04:05.000Z"
    assert (row["maker"], row["recovered"]) == ("false", "false")
    assert json.loads(as_json([one])) == [record(one)]


def test_what_is_not_known_is_empty_or_null_and_never_zero() -> None:
    one = a_fill(1, time_ms=10**18)
    (row,) = rows(as_csv([one]))
    (found,) = json.loads(as_json([one]))
    for name in ("realized_pnl", "mid", "slippage_bps", "time"):
        assert (row[name], found[name]) == ("", None)


def test_no_fills_make_a_file_all_the_same() -> None:
    assert rows(as_csv([])) == []
    assert json.loads(as_json([])) == []


@pytest.mark.parametrize("text", ['a"b,c\n"', "币安", "\x1b[2J", "-5"])
def test_any_text_comes_back_as_it_was(text: str) -> None:
    one = a_fill(1, client_order_id=text)
    assert rows(as_csv([one]))[0]["client_order_id"] == text
    assert json.loads(as_json([one]))[0]["client_order_id"] == text


def test_a_spreadsheet_finds_no_formula() -> None:
    one = a_fill(1, client_order_id="=cmd()", symbol="+X", fee_asset="@Y")
    (row,) = rows(as_csv([one]))
    assert (row["client_order_id"], row["symbol"], row["fee_asset"]) == ("'=cmd()", "'+X", "'@Y")
    assert json.loads(as_json([one]))[0]["client_order_id"] == "=cmd()"


def test_files_are_the_owners_alone_and_written_over_never(tmp_path: Path) -> None:
    first = write(tmp_path, "csv", WALL_MS, "one")
    second = write(tmp_path, "csv", WALL_MS, "two")
    assert (first.name, second.name) == (f"{NAME}.csv", f"{NAME}-2.csv")
    assert (first.read_text(), second.read_text()) == ("one", "two")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / f"{NAME}.csv").symlink_to(target)
    assert write(tmp_path, "csv", WALL_MS, "x").name == f"{NAME}-2.csv"
    assert target.read_text() == "mine"


def test_what_could_not_be_written_whole_is_taken_away(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path, "csv", WALL_MS, "half \ud800")
    assert list(tmp_path.iterdir()) == []


def test_names_run_out(tmp_path: Path) -> None:
    for _ in range(1, NAMES_TRIED):
        write(tmp_path, "json", WALL_MS, "")
    with pytest.raises(FileExistsError):
        write(tmp_path, "json", WALL_MS, "")


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "gone", "csv", WALL_MS, "x")
