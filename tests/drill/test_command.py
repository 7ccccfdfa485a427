"""`bntui drill`: which drills, and what is printed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

import pytest

from bntui.commandoptions import DrillOptions
from bntui.compose import drill_wiring
from bntui.config import Settings
from bntui.drill import command
from bntui.drill.caretaker import Caretaker
from bntui.drill.expect import Finding
from bntui.drill.judgement import Judgement
from bntui.drill.onscreen import Companion
from bntui.drill.scenario import Scenario, load, names
from bntui.errors import BntuiError, UsageError
from bntui.model.markets import SymbolKey

SETTINGS = Settings()


def options(
    *drills: str, every: bool = False, json: bool = False, as_list: bool = False, screen: bool = False
) -> DrillOptions:
    return DrillOptions(drills, every, json, as_list, screen)


def no_screen(
    settings: Settings,
    keys: Sequence[SymbolKey],
    folder: Path,
    companion: Companion,
    keys_for_engine: Mapping[str, str],
) -> object:
    raise AssertionError("no screen is wanted")


def judgement(what: Scenario) -> Judgement:
    """A drill passes here when its name has no hyphen."""
    return Judgement(what.name, what.about, 2.0, [Finding("no hyphen", "-" not in what.name, "look")], [])


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The drills that were run, without running them."""
    ran: list[str] = []

    async def run_drills(
        scenarios: Sequence[Scenario], *parts: object, caretaker: Caretaker, beside: object
    ) -> AsyncGenerator[Judgement, None]:
        for scenario in scenarios:
            ran.append(scenario.name)
            await asyncio.sleep(0)
            yield judgement(scenario)

    monkeypatch.setattr(command, "run_drills", run_drills)
    return ran


def run(chosen: DrillOptions) -> int:
    return command.run(SETTINGS, chosen, drill_wiring, no_screen)


@pytest.mark.parametrize("chosen", [options(), options(as_list=True), options("ban", as_list=True)])
def test_without_a_choice_it_says_what_there_is(
    chosen: DrillOptions, capsys: pytest.CaptureFixture[str], played: list[str]
) -> None:
    assert run(chosen) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == names()
    assert load("ban").about in lines[names().index("ban")]
    assert played == []


def test_all_are_run_once_each(capsys: pytest.CaptureFixture[str], played: list[str]) -> None:
    assert run(options("ban", every=True)) == command.FAILED
    assert sorted(played) == names()
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"1 of {len(names())} drills passed in ")


def test_the_exit_code_says_whether_all_passed(played: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(options("ban")) == 0
    assert run(options("ban", "half-open", "ban")) == command.FAILED
    assert played == ["ban", "ban", "half-open"]


def test_programs_get_an_object_a_line_and_nothing_else(
    capsys: pytest.CaptureFixture[str], played: list[str]
) -> None:
    run(options("ban", "half-open", json=True))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["drill"], each["passed"]) for each in told] == [("ban", True), ("half-open", False)]


def test_a_single_drill_is_told_in_full(capsys: pytest.CaptureFixture[str], played: list[str]) -> None:
    run(options("ban"))
    assert capsys.readouterr().out.splitlines()[0] == load("ban").about


def test_an_unknown_drill_is_said_before_any_is_run(played: list[str]) -> None:
    with pytest.raises(UsageError, match="There is no drill bna"):
        run(options("half-open", "bna"))
    assert played == []


def test_a_drill_that_needs_its_own_clock_runs_without_a_screen(
    capsys: pytest.CaptureFixture[str], played: list[str]
) -> None:
    run(options("clock-jump", screen=True))
    assert played == ["clock-jump"]


def on_screen(companion_ends: bool) -> list[object]:
    """What the screen was given."""
    shown: list[object] = []

    def view(
        settings: Settings,
        keys: Sequence[SymbolKey],
        folder: Path,
        companion: Companion,
        keys_for_engine: Mapping[str, str],
    ) -> object:
        shown.extend((sorted(settings.limits), [key.label for key in keys], folder.is_dir()))
        if companion_ends:
            companion.judgement = judgement(load("ban"))
        return 0

    shown.append(command.run(SETTINGS, options("half-open", screen=True), drill_wiring, view))
    return shown


def test_on_a_terminal_the_drill_is_shown_and_judged_after_quitting(
    capsys: pytest.CaptureFixture[str],
) -> None:
    limits = sorted(load("half-open").limits)
    assert on_screen(companion_ends=True) == [limits, ["BTCUSDT", "ETHUSDT"], True, 0]
    assert "no hyphen" in capsys.readouterr().out


def test_a_drill_that_is_left_early_is_not_judged() -> None:
    with pytest.raises(BntuiError, match="left before its end") as caught:
        on_screen(companion_ends=False)
    assert caught.value.exit_code == command.FAILED
