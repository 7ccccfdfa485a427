"""What `record` and `replay` are told reaches them, and mistakes are said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bntui import cli
from bntui.commandoptions import RecordOptions, ReplayOptions


class Taken(Exception):
    """The command would run now."""


class Compose:
    """Takes what a command is given."""

    def run_record(self, settings: object, symbols: tuple[str, ...], options: RecordOptions) -> int:
        raise Taken(symbols, options)

    def run_replay(self, settings: object, options: ReplayOptions) -> int:
        raise Taken(options)


def taken(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[Any, ...]:
    monkeypatch.setattr(cli, "load_compose", Compose)
    monkeypatch.setattr(cli, "has_terminal", lambda: True)
    with pytest.raises(Taken) as got, cli.main_group.make_context("bntui", list(words)) as ctx:
        cli.main_group.invoke(ctx)
    return got.value.args


def test_record_takes_where_how_long_and_what(monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(monkeypatch, "record", "BTCUSDT", "--to", "box", "--for", "20m", "--raw", "--most", "5") == (
        ("BTCUSDT",),
        RecordOptions(Path("box"), 1_200.0, True, 5),
    )
    assert taken(monkeypatch, "record", "--to", "box") == ((), RecordOptions(Path("box"), None, False, 4_000))


def test_replay_takes_what_when_and_how_fast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert taken(monkeypatch, "replay", str(tmp_path), "--at", "03:07", "--speed", "4") == (
        ReplayOptions((tmp_path,), "03:07", 4.0, False, False),
    )
    assert taken(monkeypatch, "replay", "--json") == (ReplayOptions((), "", 1.0, True, True),)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["record"], "--to"),
        (["record", "--to", "box", "--for", "soon"], "is no duration"),
        (["record", "--to", "box", "--for", "0s"], "no time at all"),
        (["replay", "/nowhere/at/all"], "/nowhere/at/all"),
        (["replay", "--speed", "0"], "0.1"),
    ],
)
def test_mistakes_are_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 3
    assert said in capsys.readouterr().err
