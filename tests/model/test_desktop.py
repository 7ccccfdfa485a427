"""A notification is asked for in the way that the terminal understands, and its text steers nothing."""

from __future__ import annotations

import pytest

from bntui.model.desktop import notification

NINE = "\x1b]9;bntui: x\x07"
RXVT = "\x1b]777;notify;bntui;x\x07"


@pytest.mark.parametrize(
    ("way", "environ", "sequence"),
    [
        ("auto", {"TERM": "xterm-256color"}, NINE),
        ("auto", {}, NINE),
        ("auto", {"TERM": "rxvt-unicode"}, RXVT),
        ("auto", {"TERM": "foot"}, RXVT),
        ("auto", {"TERM": "xterm-256color", "VTE_VERSION": "7600"}, RXVT),
        ("osc9", {"TERM": "foot"}, NINE),
        ("osc777", {"TERM": "xterm"}, RXVT),
    ],
)
def test_the_way_is_that_of_the_terminal_unless_told(
    way: str, environ: dict[str, str], sequence: str
) -> None:
    assert notification("x", way, environ) == sequence


def test_tmux_and_screen_are_asked_to_pass_it_on() -> None:
    assert notification("x", "osc9", {"TMUX": "/tmp/s,1,0", "TERM": "screen"}) == (
        "\x1bPtmux;\x1b\x1b]9;bntui: x\x07\x1b\\"
    )
    assert notification("x", "osc9", {"TERM": "screen.xterm"}) == f"\x1bP{NINE}\x1b\\"


def test_a_text_cannot_end_the_sequence_or_begin_another_field() -> None:
    assert notification("a\x07\x1b]0;b\n;c", "osc9", {}) == "\x1b]9;bntui: a ]0;b ;c\x07"
    assert notification("a;b", "osc777", {}) == "\x1b]777;notify;bntui;a,b\x07"
