from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from bntui.errors import ConnectError
from bntui.model.verdict import ExitCode
from bntui.ui import app as app_module
from bntui.ui.screens.add import AddScreen
from bntui.wire.messages import Rotate
from bntui.wire.mirror import Changes
from tests.support import market
from tests.support.viewing import desk, until


class Follower:
    """A service that works until it is told to end, and takes its time to close."""

    name = "follower"

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.closed = False

    async def run(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.closed = True


class Dying:
    name = "follower"

    def __init__(self, error: BaseException | None) -> None:
        self._error = error

    async def run(self) -> None:
        if self._error is not None:
            raise self._error


async def test_services_wait_until_there_is_something_to_look_at() -> None:
    shown = asyncio.get_running_loop().create_future()

    class Looking(Follower):
        async def run(self) -> None:
            shown.set_result((at.app.screen is at.watchlist, at.line("#verdict")))
            await super().run()

    at = desk(market.calm(), services=[Looking()])
    async with at.running():
        on_top, verdict = await asyncio.wait_for(shown, 20)
    assert on_top
    assert "LIVE" in verdict


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_quitting_waits_until_services_have_closed(key: str) -> None:
    service = Follower()
    at = desk(market.calm(), services=[service])
    async with at.running() as pilot:
        await asyncio.wait_for(service.began.wait(), 20)
        await pilot.press(key)
    assert service.closed
    assert at.app.return_value == 0
    assert not at.app.return_code


async def test_a_service_that_does_not_close_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Stuck(Follower):
        async def run(self) -> None:
            self.began.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.wait_for(release.wait(), 20)
                raise

    release = asyncio.Event()
    monkeypatch.setattr(app_module, "SERVICES_END_S", 0.05)
    service = Stuck()
    at = desk(market.calm(), services=[service])
    async with at.running():
        await asyncio.wait_for(service.began.wait(), 20)
    assert "not closed within 0.05 s: follower" in caplog.text
    release.set()
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ValueError("odd\x1b[2J thing"),
            "! follower ended: ValueError odd\ufffd[2J thing. Quit and start again.",
        ),
        (ConnectError("The engine is gone.", "Start it."), "! follower ended: The engine is gone. Start it."),
        (asyncio.CancelledError(), "! follower ended: CancelledError. Quit"),
        (None, "! follower ended: it returned. Quit"),
    ],
    ids=["error", "known", "cancelled", "returned"],
)
async def test_a_service_that_dies_is_shown_and_the_screens_live_on(
    error: BaseException | None, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    at = desk(market.calm(), services=[Dying(error)])
    async with at.running(160, 40) as pilot:
        at.advance(60)
        await at.frame(pilot)
        assert said in at.line("#status")
        assert "Details: /home/you/bntui/viewer.log" in at.line("#status")
        await pilot.press("2")
        assert at.app.screen is at.connections
    assert "service follower ended" in caplog.text


async def test_a_defect_ends_the_app_with_words_and_no_values(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    at = desk(market.calm())

    def broken() -> None:
        secret = "hunter2" * 3
        raise RuntimeError(f"a defect of {len(secret)}")

    async def run() -> None:
        async with at.running() as pilot:
            at.app.call_later(broken)
            await pilot.pause()

    with pytest.raises(RuntimeError, match="a defect"):
        await run()
    assert at.app.return_code == at.app.return_value == ExitCode.CRASH
    shown = capsys.readouterr().err
    assert "bntui crashed: RuntimeError a defect of 21. Details: /home/you/bntui/viewer.log" in " ".join(
        shown.split()
    )
    assert "hunter2" not in shown + caplog.text
    assert "Traceback" not in shown
    assert "the viewer crashed" in caplog.text


async def test_a_signal_ends_it_with_the_shells_code() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.app._end_from_signal(143)
        await pilot.pause()
    assert (at.app.return_value, at.app.return_code) == (143, 143)


async def test_frames_are_drawn_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(market.calm())
    at.app._fps = 100
    drawn = asyncio.Event()
    async with at.running():
        at.mirror.take()
        at.answer(rows=[market.watch_row("BTCUSDT", last="1.23")])
        show = at.watchlist.show

        def noting(changes: Changes, beat: bool) -> None:
            show(changes, beat)
            drawn.set()

        monkeypatch.setattr(at.watchlist, "show", noting)
        await asyncio.wait_for(drawn.wait(), 20)


@pytest.mark.parametrize(
    ("passed_s", "said"),
    [
        (20.0, "DEGRADED: this screen itself stood still for 20s"),
        (1.2, "LIVE"),
    ],
    ids=["standstill", "hiccup"],
)
async def test_a_screen_that_stood_still_itself_says_so_and_does_not_blame_the_engine(
    passed_s: float, said: str
) -> None:
    at = desk(market.calm())
    at.app._fps = 10
    async with at.running():
        at.app._frame()
        at.clock.advance(passed_s)
        at.app._frame()
        assert at.mirror.verdict(at.clock.monotonic()).sentence.startswith(said)
        at.answer()
        assert at.mirror.verdict(at.clock.monotonic()).sentence.startswith("LIVE")


async def test_an_answer_is_drawn_as_it_comes_and_not_at_some_later_frame() -> None:
    at = desk(market.calm())
    at.app._fps = 0.001
    async with at.running() as pilot:
        await until(pilot, lambda: at.app._pace is not None)
        assert at.app._pace is not None
        await pilot.pause()
        at.app._pace._drawn_at -= 2_000
        at.answer(rows=[replace(market.watch_row("BTCUSDT"), last="99999.99000000")])
        await pilot.pause()
        assert "99999.99" in at.watchlist.grid.render_line(1).text


async def test_a_frame_that_fails_is_a_crash_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(market.calm())
    told: list[Exception] = []
    async with at.running():
        with monkeypatch.context() as broken:
            broken.setattr(at.app, "_handle_exception", told.append)
            broken.setattr(at.app.pump, "frame", lambda **_: 1 // 0)
            at.app._drawn_or_told()
    assert [type(error) for error in told] == [ZeroDivisionError]


async def test_an_engine_that_is_silent_while_the_screen_moves_is_called_so() -> None:
    at = desk(market.calm())
    at.app._fps = 10
    async with at.running():
        for _ in range(30):
            at.clock.advance(0.1)
            at.app._frame()
        assert at.mirror.verdict(at.clock.monotonic()).sentence == "ENGINE SILENT 3s"


async def test_the_palette_offers_what_the_screen_can_do() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        commands = {c.title: c for c in at.app.get_system_commands(at.app.screen)}
        assert {"Watchlist", "Connections", "Add symbols", "Search", "Sort by 24h %", "Theme", "Quit"} <= set(
            commands
        )
        assert all(command.help for command in commands.values())
        commands["Sort by bps"].callback()
        assert at.watchlist.grid.render_line(0).text.count("↓bps") == 1
        commands["Add symbols"].callback()
        await pilot.pause()
        assert isinstance(at.app.screen, AddScreen)


async def test_the_palette_rotates_a_shard() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2")
        commands = {c.title: c for c in at.app.get_system_commands(at.app.screen)}
        assert "Sort by 24h %" not in commands
        commands["Rotate shard 2"].callback()
        assert at.sent == [Rotate(2)]


async def test_the_palette_opens_and_runs_a_command() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("ctrl+p", *"connections")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert at.app.screen is at.connections


def test_nothing_moves_by_itself() -> None:
    assert desk(market.calm()).app.animation_level == "none"


async def test_no_color_leaves_no_colour_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    at = desk(market.troubled())
    async with at.running() as pilot:
        await pilot.pause()
        strips = at.app.screen._compositor.render_strips()
        for strip in strips:
            for segment in strip:
                if segment.style is not None:
                    assert segment.style.color is None or segment.style.color.is_default
                    assert segment.style.bgcolor is None or segment.style.bgcolor.is_default


def test_logging_is_left_to_the_program() -> None:
    assert logging.getLogger("bntui.ui.app").handlers == []
