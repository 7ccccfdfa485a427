from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest

from bntui.ui.clipboard import FILE_NAME, SEQUENCE_MOST, Way, hand_to_tmux, keep, said, sequence, way_of


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"TERM": "xterm-256color"}, Way.TERMINAL),
        ({}, Way.TERMINAL),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, Way.TMUX),
        ({"TERM": "tmux-256color"}, Way.TMUX_ELSEWHERE),
        ({"TERM": "screen"}, Way.SCREEN),
        ({"TERM": "screen-256color"}, Way.SCREEN),
        ({"TERM": "screen", "STY": "1.pts-0"}, Way.NOBODY),
        ({"TERM": "linux"}, Way.NOBODY),
    ],
)
def test_whom_a_terminal_leads_to(environ: dict[str, str], way: Way) -> None:
    assert way_of(environ) is way


def test_the_terminal_is_asked_with_the_text_encoded() -> None:
    hostile = "a\x07b\x1b]0;x\x1b\\é"
    asked = sequence(hostile, Way.TERMINAL)
    assert asked.startswith("\x1b]52;c;")
    assert asked.endswith("\x07")
    payload = asked[len("\x1b]52;c;") : -1]
    assert payload.isascii()
    assert payload.isprintable()
    assert base64.b64decode(payload).decode() == hostile


def test_tmux_is_asked_itself_and_to_hand_on() -> None:
    plain = sequence("text", Way.TERMINAL)
    for way in (Way.TMUX, Way.TMUX_ELSEWHERE):
        assert sequence("text", way) == f"{plain}\x1bPtmux;\x1b{plain}\x1b\\"


def test_what_may_be_gnu_screen_gets_nothing_that_it_would_show_as_text() -> None:
    assert sequence("text", Way.SCREEN) == sequence("text", Way.TERMINAL)


def test_a_text_too_long_for_a_sequence_is_not_sent_at_all() -> None:
    longest = (SEQUENCE_MOST - 8) // 4 * 3
    assert len(sequence("x" * longest, Way.TERMINAL)) == SEQUENCE_MOST
    assert sequence("x" * (longest + 1), Way.TERMINAL) == ""
    assert sequence("x" * (longest + 1), Way.TMUX) == ""


def test_half_a_character_is_no_reason_to_fail() -> None:
    assert base64.b64decode(sequence("a\ud800", Way.TERMINAL)[7:-1]) == b"a?"


def test_nobody_is_asked_where_there_is_no_clipboard() -> None:
    assert sequence("text", Way.NOBODY) == ""


def stand_in(folder: Path, script: str) -> dict[str, str]:
    """An environment whose `tmux` is this shell script."""
    program = folder / "tmux"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "TMUX": "socket,1,0"}


async def test_tmux_is_given_the_text_as_a_copy_of_its_own(tmp_path: Path) -> None:
    environ = stand_in(tmp_path, f'echo "$TMUX $@" > {tmp_path}/asked; cat > {tmp_path}/taken')
    assert await hand_to_tmux("a\ud800é\n", environ)
    assert (tmp_path / "asked").read_text() == "socket,1,0 load-buffer -w -\n"
    assert (tmp_path / "taken").read_text() == "a?é\n"


async def test_a_tmux_that_does_not_know_how_has_not_taken_it(tmp_path: Path) -> None:
    assert not await hand_to_tmux("text", stand_in(tmp_path, "exit 1"))
    assert not await hand_to_tmux("text", {"PATH": str(tmp_path / "nothing")})


async def test_a_tmux_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    environ = stand_in(tmp_path, "exec tail -f /dev/null")
    assert not await hand_to_tmux("text", environ, within_s=0.05)


def test_the_newest_copy_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    assert keep("first", tmp_path) == tmp_path / FILE_NAME
    assert keep("second", tmp_path) == tmp_path / FILE_NAME
    assert (tmp_path / FILE_NAME).read_text() == "second"
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_where_nothing_can_be_kept_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert keep("text", tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert keep("text", tmp_path / "missing") is None
    assert keep("text", None) is None


def test_what_is_said_names_the_way_that_was_used() -> None:
    path = Path("/state") / FILE_NAME
    assert said("X", Way.TERMINAL, True, path) == ("Copied X by OSC 52, and to copied.txt", False)
    assert said("X", Way.TMUX, True, path) == ("Copied X through tmux, and to copied.txt", False)
    for way in (Way.TMUX_ELSEWHERE, Way.SCREEN):
        words = "Copied X to copied.txt (tmux needs set-clipboard on)"
        assert said("X", way, True, path) == (words, False)
    assert said("X", Way.TMUX_ELSEWHERE, True, None) == (
        "Copied X through tmux, if its set-clipboard is on",
        False,
    )
    assert said("X", Way.TERMINAL, True, None) == ("Copied X by OSC 52 (a terminal may refuse)", False)
    assert said("X", Way.TERMINAL, False, path) == (
        "Copied X to /state/copied.txt (too long for a terminal)",
        False,
    )
    assert said("X", Way.NOBODY, False, path) == ("Copied X to /state/copied.txt (no clipboard here)", False)
    assert said("X", Way.NOBODY, False, None) == (
        "Not copied: no clipboard here, and no file can be written.",
        True,
    )
