"""Whatever is typed, a command runs or a sentence on stderr says why not; the exit code tells which."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bntui import __version__, cli
from bntui.config import Settings
from bntui.errors import ConnectError
from bntui.preferences import Preferences
from tests.architecture import ROOT
from tests.support.composed import RecordingCompose, refused


def test_settings_come_from_the_config_folder_and_variables_too(
    compose: RecordingCompose, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text("fps = 3")
    monkeypatch.setenv("BNTUI_THEME", "nord")
    assert cli.main([]) == 0
    assert compose.calls[0][1] == Settings(
        preferences=Preferences(theme="nord", fps=3, fixed=frozenset({"theme"})),
        config_path=home / "config" / "config.toml",
    )


def test_the_code_of_the_command_is_the_program_s(compose: RecordingCompose) -> None:
    compose.code = 2
    assert cli.main(["status"]) == 2


@pytest.mark.parametrize(
    "word", ["stauts", "statu", "demos", "tial", "atach", "egnine", "Status", "DEMO", "sims"]
)
def test_a_mistyped_command_is_no_symbol(
    word: str, compose: RecordingCompose, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"There is no command {word}; did you mean " in refused([word], capsys)
    assert compose.calls == []


@pytest.mark.parametrize(
    "word", ["btcusdt", "simusdt", "demousdt", "tailusdt", "engineusdt", "STAUTS", "ethbtc", "1inchusdt"]
)
def test_a_symbol_is_no_mistyped_command(word: str, compose: RecordingCompose) -> None:
    assert cli.main([word]) == 0
    assert compose.calls == [("tui", Settings(), (word,))]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["BTCUSDT", "status"], "status is a command; put it first: bntui status", "See `bntui -h`."),
        (["BTC/USDT"], "'BTC/USDT' is no symbol; Binance writes BTCUSDT.\n", "See `bntui -h`."),
        (["status", ""], "'' names no symbol.", "See `bntui status -h`."),
        (["tail", "BTCUSDT", ","], "',' names no symbol.", "See `bntui tail -h`."),
        (["tail", "a b"], "'a b' is no symbol", "See `bntui tail -h`."),
        (["candles"], "Missing argument 'SYMBOL'.", "See `bntui candles -h`."),
        (["candles", "BTCUSDT", "ETHUSDT"], "unexpected extra argument (ETHUSDT)", "See `bntui candles -h`."),
        (["--nosuch"], "No such option '--nosuch'", "See `bntui -h`."),
        (["status", "--jso"], "No such option '--jso'", "See `bntui status -h`."),
        (["status", "--for"], "'--for' requires an argument", "See `bntui"),
        (["status", "--for", "20"], "--for: '20' is no duration; write it like", "See `bntui status -h`."),
        (["tail", "--for", "0s"], "--for: '0s' is no time at all.", "See `bntui tail -h`."),
        (["tail", "--kinds", "trad"], "--kinds: 'trad' is no kind of event; did you mean trade?\n", ""),
        (["sim", "--speed", "0"], "--speed: 0 is not above 0.", "See `bntui sim -h`."),
        (["sim", "--speed", "inf"], "--speed: inf is not above 0.", ""),
        (["sim", "--rate", "x"], "--rate: 'x' is no number.", ""),
        (["sim", "--port", "65535"], "--port: 65535 is not in the range", ""),
        (["sim", "--replay", "/no/such.gz"], "--replay: File '/no/such.gz' does not exist.", ""),
        (["sim", "--switch", "patience"], "--switch: 'patience' does not read like NAME=VALUE.", ""),
        (["sim", "--switch", "=3"], "--switch: '=3' does not read like NAME=VALUE.", ""),
        (["sim", "BTCUSDT"], "Got unexpected extra argument (BTCUSDT)", "See `bntui sim -h`."),
        (["attach", "BTCUSDT"], "Got unexpected extra argument (BTCUSDT)", ""),
        (["demo", "--symbols", "0"], "--symbols: 0 is not in the range", ""),
        (["--env", "us", "--market", "coinm"], "the coinm market", "--market"),
        (["--env", ""], "--env: '' is no text.", ""),
        (["status", "--config="], "--config: '' is no text.", ""),
        (["--fps", "99"], "--fps: 99 is not between 1 and 30.", ""),
        (["--config", "/no/such.toml"], "There is no settings file /no/such.toml.", ""),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_refused_in_words(
    words: list[str], message: str, hint: str, compose: RecordingCompose, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(words, capsys)
    assert message in said
    assert hint in said
    assert compose.calls == []


def test_what_was_typed_cannot_steer_the_terminal(
    compose: RecordingCompose, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "\x1b" not in refused(["--\x1b[2J"], capsys)


def test_an_expected_failure_is_said_with_its_hint(
    compose: RecordingCompose, capsys: pytest.CaptureFixture[str]
) -> None:
    compose.failure = ConnectError(
        "No engine runs for the profile default.", "Start one with `bntui engine`."
    )
    assert cli.main(["attach"]) == 4
    assert capsys.readouterr().err == (
        "bntui: No engine runs for the profile default.\n  Start one with `bntui engine`.\n"
    )


def test_a_crash_is_one_sentence_and_the_traceback_is_in_the_log(
    compose: RecordingCompose, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compose.failure = ValueError("a bug")
    assert cli.main(["tail"]) == 70
    folder = home / "state" / "default"
    (report,) = folder.glob("crash-*.txt")
    said = capsys.readouterr().err
    assert said.splitlines() == [
        "bntui: crashed, which is a bug in bntui: ValueError: a bug",
        f"bntui: the details are in {report}",
    ]
    assert "Traceback" in report.read_text()
    assert "Traceback" in (folder / "headless.log").read_text()


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["BTCUSDT", "-h"], ["--env", "us", "-h"]])
def test_help_is_on_stdout_and_lists_every_command(
    words: list[str], compose: RecordingCompose, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 0
    said = capsys.readouterr()
    assert said.err == ""
    for command in ("demo", "sim", "engine", "attach", "status", "tail"):
        assert f"\n  {command} " in said.out
    assert compose.calls == []


@pytest.mark.parametrize("command", ["demo", "sim", "engine", "attach", "status", "tail"])
def test_every_command_explains_itself_and_the_shared_options(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "-h"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: bntui {command} ")
    for option in ("--market", "--env", "--profile", "--config", "--rest-url", "--stream-url", "--limit"):
        assert option in said


def test_completion_offers_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_BNTUI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "bntui sta")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert cli.main([]) == 0
    assert capsys.readouterr().out == "plain,status\n"


def run(*words: str, script: str = "-m bntui") -> subprocess.CompletedProcess[str]:
    """The program as a process of its own."""
    return subprocess.run(
        [sys.executable, *script.split(" ", 1), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )


def test_the_module_is_the_program() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bntui {__version__}\n", "")


@pytest.mark.parametrize("words", [("--version",), ("-h",), ("stauts",)])
def test_what_needs_no_screen_or_network_loads_neither(words: tuple[str, ...]) -> None:
    script = (
        "import sys; from bntui.cli import main; main(sys.argv[1:]);"
        "print('loaded:', *(m for m in ('textual', 'httpx', 'websockets', 'asyncio') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_no_terminal_is_said_by_the_process_too() -> None:
    done = run("demo")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "no terminal to draw on" in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_crash(closed: str) -> None:
    line = f'"{sys.executable}" -m bntui demo {closed}'
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, timeout=30, check=False)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
