"""Each thing that can be wrong with a terminal has its line, and the line mends it."""

from __future__ import annotations

import pytest

from bntui.doctor.cells import AMBIGUOUS, WIDE
from bntui.doctor.findings import Finding, Outcome
from bntui.doctor.terminal import check_terminal

GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
CELLS = {WIDE: 2, AMBIGUOUS: 1}
SIZE = (120, 40)


def checked(
    environ: dict[str, str] | None = None,
    encoding: str = "UTF-8",
    size: tuple[int, int] | None = SIZE,
    cells: dict[str, int] | None = None,
) -> dict[str, Finding]:
    """The findings by what was looked at."""
    found = check_terminal(
        GOOD if environ is None else environ, encoding, size, CELLS if cells is None else cells
    )
    return {finding.check: finding for finding in found}


def test_a_good_terminal_is_good() -> None:
    found = checked()
    assert {finding.outcome for finding in found.values()} == {Outcome.OK}
    assert set(found) == {"terminal", "colours", "encoding", "size", "widths"}


def test_without_a_terminal_there_is_nothing_to_look_at() -> None:
    (found,) = checked(size=None).values()
    assert found.outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("environ", "check", "outcome", "fix"),
    [
        ({}, "terminal", Outcome.BAD, "export TERM=xterm-256color"),
        ({"TERM": "dumb"}, "terminal", Outcome.BAD, "export TERM=xterm-256color"),
        (GOOD | {"TMUX": "/tmp/t,1,0"}, "terminal", Outcome.WARN, 'set -g default-terminal "tmux-256color"'),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/t,1,0"},
            "colours",
            Outcome.WARN,
            'set -as terminal-features ",*:RGB"',
        ),
        ({"TERM": "xterm-256color", "SSH_TTY": "/dev/pts/0"}, "colours", Outcome.WARN, "SendEnv COLORTERM"),
        ({"TERM": "xterm-256color"}, "colours", Outcome.WARN, "export COLORTERM=truecolor"),
        ({"TERM": "linux"}, "colours", Outcome.WARN, "export COLORTERM=truecolor"),
    ],
)
def test_what_the_environment_says_wrong(
    environ: dict[str, str], check: str, outcome: Outcome, fix: str
) -> None:
    found = checked(environ)[check]
    assert found.outcome is outcome
    assert fix in found.fix


def test_tmux_that_calls_itself_so_and_passes_colours_on_is_good() -> None:
    found = checked({"TERM": "tmux-256color", "TMUX": "/tmp/t,1,0", "COLORTERM": "truecolor"})
    assert found["terminal"].outcome is found["colours"].outcome is Outcome.OK


def test_no_colours_are_a_choice_and_no_fault() -> None:
    assert checked({"TERM": "xterm", "NO_COLOR": "1"})["colours"].outcome is Outcome.OK


@pytest.mark.parametrize(("encoding", "good"), [("utf8", True), ("UTF-8", True), ("ANSI_X3.4-1968", False)])
def test_an_encoding_that_has_no_signs_is_told(encoding: str, good: bool) -> None:
    found = checked(encoding=encoding)["encoding"]
    assert (found.outcome is Outcome.OK) is good
    assert good or "LC_ALL=C.UTF-8" in found.fix


def test_a_terminal_too_small_is_told() -> None:
    assert checked(size=(80, 24))["size"].outcome is Outcome.OK
    assert "80×24" in checked(size=(79, 24))["size"].fix
    assert "80×24" in checked(size=(80, 23))["size"].fix


def test_characters_that_take_other_widths_are_told() -> None:
    assert "--ascii" in checked(cells={WIDE: 2, AMBIGUOUS: 2})["widths"].fix
    assert "wide characters" in checked(cells={WIDE: 1, AMBIGUOUS: 1})["widths"].fix
    assert check_terminal(GOOD, "UTF-8", SIZE, {})[-1].outcome is Outcome.SKIPPED
