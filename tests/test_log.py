"""The log holds what went wrong, is bounded and private, and neither shows secrets nor steers a terminal."""

from __future__ import annotations

import errno
import gc
import io
import logging
import stat
import threading
import time
import warnings
from datetime import datetime
from pathlib import Path

import pytest

from bntui import log
from bntui.clock import SystemClock

KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"


pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A log that is set up."""
    path = tmp_path / "engine.log"
    log.set_up(path)
    return path


def test_a_line_has_utc_time_process_level_and_origin(path: Path) -> None:
    logging.getLogger("bntui.feed").info("shard %d is live", 2)
    line = path.read_text()
    assert line.endswith(" INFO bntui.feed: shard 2 is live\n")
    assert line[:4].isdigit()
    assert line.split()[0].endswith("Z")


def test_times_are_utc_wherever_the_machine_stands(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before_ms = SystemClock().wall_ms()
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        logging.getLogger("x").warning("now")
    time.tzset()
    written = datetime.fromisoformat(path.read_text().split()[0])
    assert before_ms <= written.timestamp() * 1000 <= SystemClock().wall_ms()


def test_the_program_can_say_where_its_log_is(tmp_path: Path) -> None:
    assert log.active_file() is None
    log.set_up(tmp_path / "a.log")
    assert log.active_file() == tmp_path / "a.log"
    log.set_up(tmp_path / "b.log")
    assert log.active_file() == tmp_path / "b.log"
    log.silence()
    assert log.active_file() is None


def test_a_second_set_up_moves_the_log_instead_of_doubling_it(path: Path, tmp_path: Path) -> None:
    log.set_up(tmp_path / "other.log")
    logging.getLogger("x").warning("once")
    assert path.read_text() == ""
    assert (tmp_path / "other.log").read_text().count("once") == 1


def test_the_file_is_its_owner_s_alone_before_and_after_it_turned_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 200)
    path = tmp_path / "engine.log"
    log.set_up(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for _ in range(5):
        logging.getLogger("x").warning("%s", "y" * 100)
    for file in (path, tmp_path / "engine.log.1"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_log_never_grows_beyond_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 1_000)
    log.set_up(tmp_path / "engine.log")
    for number in range(200):
        logging.getLogger(f"x{number}").warning("line %d %s", number, "y" * 80)
    files = list(tmp_path.iterdir())
    assert len(files) == 1 + log.BACKUPS
    assert all(file.stat().st_size <= 1_000 for file in files)
    assert "line 199" in (tmp_path / "engine.log").read_text()


@pytest.mark.parametrize(
    "text",
    [
        f"GET /api/v3/account?omitZeroBalances=true&signature={KEY}&timestamp=1",
        f"wss://fstream.binance.com/private/ws?listenKey={KEY}",
        f'{{"apiKey":"{KEY}","signature":"{KEY}"}}',
        f"{{'apiKey': '{KEY}', 'timestamp': 1}}",
        f"headers (b'X-MBX-APIKEY', b'{KEY}')",
        f"X-MBX-APIKEY: {KEY}",
        f"listenToken%3D{KEY}&x=1",
        f"API_SECRET={KEY}",
        f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}",
    ],
)
def test_secret_parameters_are_masked(text: str, path: Path) -> None:
    assert KEY not in log.mask(text)
    logging.getLogger("httpx").warning("sent %s", text)
    written = path.read_text()
    assert "****" in written
    assert KEY not in written


def test_masking_leaves_the_rest_of_a_line_alone() -> None:
    assert log.mask(f"GET /x?symbol=BTCUSDT&signature={KEY}&limit=5") == (
        "GET /x?symbol=BTCUSDT&signature=****&limit=5"
    )
    assert log.mask("the signature was refused: code -1022") == "the signature was refused: code -1022"


def test_a_traceback_is_masked_too(path: Path) -> None:
    try:
        raise RuntimeError(f"refused https://x/y?signature={KEY}")
    except RuntimeError:
        logging.getLogger("x").exception("a request failed")
    written = path.read_text()
    assert "Traceback" in written
    assert "signature=****" in written
    assert KEY not in written


@pytest.mark.parametrize("nasty", ["\x1b[2J", "\x9b31m", "\r", "\x07", "\u202e", "\x00", "\ud800"])
def test_nothing_in_the_log_steers_a_terminal(nasty: str, path: Path) -> None:
    logging.getLogger("x").warning("the server said: %s!", nasty)
    written = path.read_text()
    assert nasty not in written
    assert "the server said: \\" in written


def test_text_from_outside_cannot_forge_a_line(path: Path) -> None:
    logging.getLogger("x").warning("reason: %s", "bye\n2026-01-01T00:00:00.000Z 1 INFO bntui: all is well")
    assert [
        line for line in path.read_text().splitlines() if line.startswith("2026-01-01T00:00:00.000Z")
    ] == []


def test_text_in_any_script_is_kept(path: Path) -> None:
    logging.getLogger("x").warning("币安人生USDT – é")
    assert "币安人生USDT – é" in path.read_text(encoding="utf-8")


def test_libraries_are_heard_only_when_they_warn(path: Path) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://x/?signature=1")
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    assert "HTTP Request" not in path.read_text()
    assert "never retrieved" in path.read_text()


def test_warnings_go_to_the_log(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        log.set_up(path)
        warnings.warn("an old way", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    assert "an old way" in path.read_text()


def test_a_crashing_thread_goes_to_the_log_and_not_to_the_terminal(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ValueError("inside the thread")

    thread = threading.Thread(target=fail, name="journal")
    thread.start()
    thread.join()
    written = path.read_text()
    assert "the thread journal crashed" in written
    assert "ValueError: inside the thread" in written
    assert capsys.readouterr().err == ""


def test_an_error_in_a_destructor_goes_to_the_log(path: Path) -> None:
    class Failing:
        def __del__(self) -> None:
            raise ValueError("while being dropped")

    Failing()
    gc.collect()
    assert "ValueError: while being dropped" in path.read_text()


class FullDisk(io.StringIO):
    """A file that takes nothing."""

    def write(self, text: str) -> int:
        """Fail as a full disk does."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_prints_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (handler,) = (h for h in logging.getLogger().handlers if h.name == log._HANDLER)
    with monkeypatch.context() as patch:
        patch.setattr(handler, "stream", FullDisk())
        logging.getLogger("x").warning("lost")
    assert capsys.readouterr().err == ""


def test_silence_writes_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.silence()
    logging.getLogger("x").error("unheard")
    assert capsys.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []


def line_at(second: float, text: str = "shard %d waits", *args: object) -> logging.LogRecord:
    """What would be logged at this second."""
    record = logging.LogRecord("bntui.feed", logging.INFO, "x.py", 1, text, args or (7,), None)
    record.created = second
    return record


def test_what_repeats_without_end_is_counted_and_does_not_fill_the_file() -> None:
    repeats = log.Repeats()
    first = [line_at(1.0) for _ in range(log.REPEATS + 40)]
    assert [repeats.filter(each) for each in first] == [True] * log.REPEATS + [False] * 40
    assert first[log.REPEATS - 1].getMessage() == "shard 7 waits (more like it are left out for up to 60 s)"
    again = line_at(1.0 + log.REPEATS_S)
    assert repeats.filter(again)
    assert again.getMessage() == "shard 7 waits (40 more like it before this were left out)"
    after = line_at(2.0 + log.REPEATS_S)
    assert repeats.filter(after)
    assert after.getMessage() == "shard 7 waits", "told once"


def test_lines_of_other_kinds_pass_meanwhile() -> None:
    repeats = log.Repeats()
    for _ in range(log.REPEATS + 1):
        repeats.filter(line_at(1.0))
    assert not repeats.filter(line_at(1.0, "shard %d waits", 8)), "what differs does not make another kind"
    assert repeats.filter(line_at(1.0, "verdict: %s", "LIVE"))


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    repeats = log.Repeats()
    for _ in range(log.REPEATS + 1):
        repeats.filter(line_at(1_000.0))
    assert repeats.filter(line_at(10.0))


def test_kinds_are_bounded() -> None:
    repeats = log.Repeats()
    for number in range(log.KINDS_KNOWN + 10):
        assert repeats.filter(line_at(1.0, f"kind {number}: %d"))
    assert len(vars(repeats)["_kinds"]) == log.KINDS_KNOWN


def test_the_file_holds_only_so_many_of_a_kind(path: Path) -> None:
    for number in range(3 * log.REPEATS):
        logging.getLogger("bntui.feed").warning("malformed frame %d", number)
    assert len(path.read_text().splitlines()) == log.REPEATS


def test_a_path_that_is_a_listen_key_is_masked_and_the_name_of_a_stream_is_not() -> None:
    key = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    assert log.mask(f"wss://dstream.binance.com/ws/{key}") == "wss://dstream.binance.com/ws/****"
    assert log.mask("wss://h/ws/btcusdt@trade") == "wss://h/ws/btcusdt@trade"
