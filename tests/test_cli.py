"""Words become settings and one call; everything else is a sentence on stderr and an exit code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bntui import __version__, cli, log
from bntui.commandoptions import (
    BookOptions,
    CandlesOptions,
    DemoOptions,
    DoctorOptions,
    DrillOptions,
    EngineOptions,
    KeysOptions,
    MetricsOptions,
    SimOptions,
    StatusOptions,
    TailOptions,
    TrustOptions,
    WaitOptions,
)
from bntui.config import Settings
from bntui.errors import ConnectError
from bntui.model.markets import Market
from bntui.preferences import Preferences
from bntui.venue.binance.endpoints import Environment
from tests.architecture import ROOT


@dataclass
class RecordingCompose:
    """Stands where everything is built: keeps what it was called with, and ends as told."""

    calls: list[tuple[object, ...]] = field(default_factory=list)
    code: int = 0
    failure: BaseException | None = None

    def _called(self, *call: object) -> int:
        self.calls.append(call)
        if self.failure:
            raise self.failure
        return self.code

    def run_tui(self, settings: Settings, symbols: tuple[str, ...]) -> int:
        """See `Compose`."""
        return self._called("tui", settings, symbols)

    def run_demo(self, settings: Settings, symbols: tuple[str, ...], options: DemoOptions) -> int:
        """See `Compose`."""
        return self._called("demo", settings, symbols, options)

    def run_sim(self, settings: Settings, options: SimOptions) -> int:
        """See `Compose`."""
        return self._called("sim", settings, options)

    def run_engine(self, settings: Settings, symbols: tuple[str, ...], options: EngineOptions) -> int:
        """See `Compose`."""
        return self._called("engine", settings, symbols, options)

    def run_attach(self, settings: Settings) -> int:
        """See `Compose`."""
        return self._called("attach", settings)

    def run_status(self, settings: Settings, symbols: tuple[str, ...], options: StatusOptions) -> int:
        """See `Compose`."""
        return self._called("status", settings, symbols, options)

    def run_trust(self, settings: Settings, symbols: tuple[str, ...], options: TrustOptions) -> int:
        """See `Compose`."""
        return self._called("trust", settings, symbols, options)

    def run_wait(self, settings: Settings, symbols: tuple[str, ...], options: WaitOptions) -> int:
        """See `Compose`."""
        return self._called("wait", settings, symbols, options)

    def run_doctor(self, settings: Settings, options: DoctorOptions) -> int:
        """See `Compose`."""
        return self._called("doctor", settings, options)

    def run_metrics(self, settings: Settings, options: MetricsOptions) -> int:
        """See `Compose`."""
        return self._called("metrics", settings, options)

    def run_drill(self, settings: Settings, options: DrillOptions) -> int:
        """See `Compose`."""
        return self._called("drill", settings, options)

    def run_candles(self, settings: Settings, symbol: str, options: CandlesOptions) -> int:
        """See `Compose`."""
        return self._called("candles", settings, symbol, options)

    def run_book(self, settings: Settings, symbol: str, options: BookOptions) -> int:
        """See `Compose`."""
        return self._called("book", settings, symbol, options)

    def run_tail(self, settings: Settings, symbols: tuple[str, ...], options: TailOptions) -> int:
        """See `Compose`."""
        return self._called("tail", settings, symbols, options)

    def run_config(self, settings: Settings, word: str) -> int:
        """See `Compose`."""
        return self._called("config", settings, word)

    def run_keys(self, settings: Settings, options: KeysOptions) -> int:
        """See `Compose`."""
        return self._called("keys", settings, options)


@pytest.fixture
def compose(monkeypatch: pytest.MonkeyPatch, restored_logging: None) -> RecordingCompose:
    """Commands end up here, and there is a terminal."""
    recorder = RecordingCompose()
    monkeypatch.setattr(cli, "load_compose", lambda: recorder)
    monkeypatch.setattr(cli, "has_terminal", lambda: True)
    return recorder


def refused(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command line that must be refused as a usage error; returns what stderr says."""
    assert cli.main(words) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("bntui: ")
    return said.err


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ([], ("tui", Settings(), ())),
        (["BTCUSDT"], ("tui", Settings(), ("BTCUSDT",))),
        (["btcusdt", "ETHUSDT.usdm"], ("tui", Settings(), ("btcusdt", "ETHUSDT.usdm"))),
        (["BTCUSDT,ETHUSDT", "BTCUSDT"], ("tui", Settings(), ("BTCUSDT", "ETHUSDT"))),
        (["币安人生USDT"], ("tui", Settings(), ("币安人生USDT",))),
        (["demo"], ("demo", Settings(), (), DemoOptions(symbols=60, rate=600, seed=1))),
        (
            ["demo", "--symbols", "1500", "--rate", "5e3", "--seed", "-7", "BTCUSDT"],
            ("demo", Settings(), ("BTCUSDT",), DemoOptions(symbols=1500, rate=5000, seed=-7)),
        ),
        (["config", "check"], ("config", Settings(), "check")),
        (["keys", "list"], ("keys", Settings(), KeysOptions("list"))),
        (
            ["keys", "add", "my-bot", "--market", "spot,usdm"],
            ("keys", Settings(), KeysOptions("add", "my-bot", (Market.SPOT, Market.USDM))),
        ),
        (["doctor"], ("doctor", Settings(), DoctorOptions(json=False))),
        (
            ["doctor", "--json", "--proxy", "none"],
            ("doctor", Settings(proxy="none"), DoctorOptions(json=True)),
        ),
        (["serve-metrics"], ("metrics", Settings(), MetricsOptions("127.0.0.1", 9464))),
        (["serve-metrics", "--listen", "[::1]:0"], ("metrics", Settings(), MetricsOptions("::1", 0))),
        (["sim"], ("sim", Settings(), SimOptions(None, (), 1, False, 60, 600, 1))),
        (
            ["sim", "--port", "8000", "--speed", "10", "--loop", "--rate", "5", "--seed", "3"],
            ("sim", Settings(), SimOptions(8000, (), 10, True, 60, 5, 3)),
        ),
        (["engine"], ("engine", Settings(), (), EngineOptions())),
        (["engine", "BTCUSDT"], ("engine", Settings(), ("BTCUSDT",), EngineOptions())),
        (
            ["engine", "--leaves", "--folder", "/", "--label", "demo"],
            ("engine", Settings(), (), EngineOptions(leaves=True, folder=Path("/"), label="demo")),
        ),
        (["sim", "--tied"], ("sim", Settings(), SimOptions(None, (), 1, False, 60, 600, 1, tied=True))),
        (
            ["sim", "--switch", "patience=3", "--switch", "shutdown_lead_s=5-600"],
            (
                "sim",
                Settings(),
                SimOptions(
                    *(None, (), 1, False, 60, 600, 1),
                    switches=(("patience", "3"), ("shutdown_lead_s", "5-600")),
                ),
            ),
        ),
        (["attach"], ("attach", Settings())),
        (["status"], ("status", Settings(), (), StatusOptions(False, None, (), False))),
        (
            ["status", "--watch", "--every", "5s"],
            ("status", Settings(), (), StatusOptions(False, None, (), False, watch=True, every_s=5.0)),
        ),
        (
            ["trust", "BTCUSDT,ETHUSDT", "--json", "--max-age", "800ms", "--no-accounts"],
            ("trust", Settings(), ("BTCUSDT", "ETHUSDT"), TrustOptions(True, 0.8, False)),
        ),
        (
            ["wait", "--trust", "BTCUSDT", "--trust", "ETHUSDT", "--for", "30s", "--timeout", "5m"],
            ("wait", Settings(), ("BTCUSDT", "ETHUSDT"), WaitOptions(30.0, 300.0)),
        ),
        (
            ["engine", "--trust-socket", "/run/x/trust.sock", "--trust-group", "bots"],
            (
                "engine",
                Settings(trust_socket=Path("/run/x/trust.sock"), trust_group="bots"),
                (),
                EngineOptions(),
            ),
        ),
        (
            ["status", "--json", "--own", "--for", "10s", "--kinds", "trade,candle", "BTCUSDT"],
            ("status", Settings(), ("BTCUSDT",), StatusOptions(True, 10, ("trade", "candle:1m"), True)),
        ),
        (["drill"], ("drill", Settings(), DrillOptions((), False, False, False, False))),
        (
            ["drill", "half-open", "ban", "--json"],
            ("drill", Settings(), DrillOptions(("half-open", "ban"), False, True, False, False)),
        ),
        (["drill", "--all", "--list"], ("drill", Settings(), DrillOptions((), True, False, True, False))),
        (["tail"], ("tail", Settings(), (), TailOptions(False, None, (), False))),
        (["tail", "--levels", "25"], ("tail", Settings(), (), TailOptions(False, None, (), False, 25))),
        (
            ["book", "btcusdt"],
            ("book", Settings(), "btcusdt", BookOptions(False, None, False, 10, "", False)),
        ),
        (
            ["book", "BTC", "--json", "--own", "--partial", "--for", "3s", "--levels", "5", "--step", "0.50"],
            ("book", Settings(), "BTC", BookOptions(True, 3, True, 5, "0.50", True)),
        ),
        (["candles", "btcusdt"], ("candles", Settings(), "btcusdt", CandlesOptions("1m", 100, False, False))),
        (
            ["candles", "BTCUSDT", "--json", "--own", "--interval=1M", "--limit=7", "--limit", "url_chars=9"],
            ("candles", Settings(limits={"url_chars": 9}), "BTCUSDT", CandlesOptions("1M", 7, True, True)),
        ),
        (
            ["tail", "BTCUSDT", "ETHUSDT", "--json", "--own", "--for", "5m", "--kinds", "quote"],
            ("tail", Settings(), ("BTCUSDT", "ETHUSDT"), TailOptions(True, 300, ("quote",), True)),
        ),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert cli.main(words) == 0
    assert compose.calls == [call]


def test_a_recording_is_given_as_a_path(compose: RecordingCompose, tmp_path: Path) -> None:
    files = [tmp_path / "a.gz", tmp_path / "b.gz"]
    for file in files:
        file.touch()
    assert cli.main(["sim", "--replay", str(files[0]), "--replay", str(files[1])]) == 0
    assert compose.calls == [("sim", Settings(), SimOptions(None, tuple(files), 1, False, 60, 600, 1))]


@pytest.mark.parametrize(
    "command", ["", "demo", "engine", "attach", "status", "tail", "candles BTCUSDT", "sim", "drill"]
)
def test_shared_options_are_taken_before_and_after_the_command(
    command: str, compose: RecordingCompose
) -> None:
    shared = ["--env", "testnet", "--profile", "bot2", "--limit", "own_attempts=5", "--rest-url", "http://x"]
    words = command.split()
    wanted = Settings(
        environment=Environment.TESTNET,
        profile="bot2",
        limits={"own_attempts": 5},
        rest_urls={Market.SPOT: "http://x"},
    )
    for line in ([*shared, *words], [*words, *shared], [*shared[:4], *words, *shared[4:]]):
        assert cli.main(line) == 0
    assert [call[1] for call in compose.calls] == [wanted] * 3


@pytest.mark.parametrize(
    ("words", "stdout_is_a_terminal", "on_screen"),
    [
        (["half-open"], True, True),
        (["half-open"], False, False),
        (["half-open", "ban"], True, False),
        (["half-open", "--json"], True, False),
        (["half-open", "--list"], True, False),
        (["--all"], True, False),
    ],
)
def test_a_single_drill_is_shown_where_there_is_a_terminal_and_nobody_reads_the_output(
    words: list[str],
    stdout_is_a_terminal: bool,
    on_screen: bool,
    compose: RecordingCompose,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: stdout_is_a_terminal)
    assert cli.main(["drill", *words]) == 0
    ((_, _, options),) = compose.calls
    assert isinstance(options, DrillOptions)
    assert options.screen is on_screen


def test_options_are_taken_after_a_symbol(compose: RecordingCompose) -> None:
    assert cli.main(["BTCUSDT", "--env", "testnet", "ETHUSDT", "--fps", "5"]) == 0
    settings = Settings(
        environment=Environment.TESTNET, preferences=Preferences(fps=5, fixed=frozenset({"fps"}))
    )
    assert compose.calls == [("tui", settings, ("BTCUSDT", "ETHUSDT"))]


def test_the_later_of_two_words_wins_and_repeatable_ones_add_up(compose: RecordingCompose) -> None:
    line = ["--env", "demo", "--limit", "own_attempts=5", "status", "--env", "us", "--limit", "own_gulp_s=1"]
    assert cli.main(line) == 0
    settings = Settings(environment=Environment.US, limits={"own_attempts": 5, "own_gulp_s": 1})
    assert compose.calls[0][1] == settings


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


def test_warnings_are_said_and_do_not_stop(
    compose: RecordingCompose, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BNTUI_THEM", "x")
    assert cli.main(["status"]) == 0
    assert "did you mean BNTUI_THEME?" in capsys.readouterr().err
    assert len(compose.calls) == 1


@pytest.mark.parametrize("words", [[], ["BTCUSDT"], ["demo"], ["attach"]])
def test_a_screen_needs_a_terminal(
    words: list[str],
    compose: RecordingCompose,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "has_terminal", lambda: False)
    said = refused(words, capsys)
    assert "no terminal to draw on" in said
    assert "ssh -t" in said
    assert compose.calls == []


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
    monkeypatch.setattr(cli, "has_terminal", lambda: False)
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert cli.main(["demo"]) == 0
    for words in ([], ["attach"]):
        assert "no terminal to draw on" in refused(words, capsys)


@pytest.mark.parametrize("words", [["status"], ["tail"], ["sim"], ["engine"]])
def test_other_commands_need_none(
    words: list[str], compose: RecordingCompose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "has_terminal", lambda: False)
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


def test_what_only_processes_say_to_each_other_is_not_in_the_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["engine", "-h"]) == 0
    assert cli.main(["sim", "-h"]) == 0
    said = capsys.readouterr().out
    assert [option for option in ("--leaves", "--folder", "--label", "--tied") if option in said] == []


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
