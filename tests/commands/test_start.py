"""Before a command runs, there are settings, a log, and for those that draw a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui import cli, log
from bntui.commands import start
from tests.support.composed import RecordingCompose, refused


@pytest.mark.parametrize("words", [[], ["BTCUSDT"], ["demo"], ["attach"]])
def test_a_screen_needs_a_terminal(
    words: list[str],
    compose: RecordingCompose,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(start, "has_terminal", lambda: False)
    said = refused(words, capsys)
    assert "no terminal to draw on" in said
    assert "ssh -t" in said
    assert compose.calls == []


@pytest.mark.parametrize(
    ("words", "instead"), [([], "`bntui status`"), (["replay"], "`bntui replay --list` needs none.")]
)
@pytest.mark.parametrize("kind", ["", "dumb"])
def test_what_needs_no_terminal_is_named(
    words: list[str],
    instead: str,
    kind: str,
    compose: RecordingCompose,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(start, "has_terminal", lambda: False)
    monkeypatch.setenv("TERM", kind)
    assert instead in refused(words, capsys)


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
def test_a_terminal_that_cannot_draw_is_refused_and_status_named(
    kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", kind)
    said = refused(["demo"], capsys)
    assert f"cannot be drawn on (TERM={kind})" in said
    assert "`bntui status`" in said


def test_the_demo_alone_is_drawn_in_a_browser(
    compose: RecordingCompose, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "has_terminal", lambda: False)
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert cli.main(["demo"]) == 0
    for words in ([], ["attach"]):
        assert "no terminal to draw on" in refused(words, capsys)


@pytest.mark.parametrize("words", [["status"], ["tail"], ["sim"], ["engine"]])
def test_other_commands_need_none(
    words: list[str], compose: RecordingCompose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "has_terminal", lambda: False)
    assert cli.main(words) == 0


@pytest.mark.parametrize(
    ("words", "process"), [([], "viewer"), (["engine"], "engine"), (["sim"], "sim"), (["tail"], "headless")]
)
def test_each_kind_of_process_logs_to_its_own_file(
    words: list[str], process: str, compose: RecordingCompose, home: Path
) -> None:
    assert cli.main([*words, "--profile", "bot2"]) == 0
    assert log.active_file() == home / "state" / "bot2" / f"{process}.log"


def test_a_state_folder_that_cannot_be_used_costs_the_log_and_no_more(
    compose: RecordingCompose, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "state").write_text("a file")
    assert cli.main(["tail"]) == 0
    assert "nothing is logged: The folder" in capsys.readouterr().err


def test_warnings_are_said_and_do_not_stop(
    compose: RecordingCompose, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BNTUI_THEM", "x")
    assert cli.main(["status"]) == 0
    assert "did you mean BNTUI_THEME?" in capsys.readouterr().err
    assert len(compose.calls) == 1
