"""However an update is written, the terminal shows in the end what Textual meant; and little is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size

from bntui.ui.shown import Piece, Shown
from tests.support.emulator import PLAIN, Emulator, Look

SIZE = Size(24, 3)
TRUE = ColorSystem.TRUECOLOR


def look_of(style: str) -> Look:
    emulator = Emulator(SIZE)
    ansi = Style.parse(style).render("", color_system=TRUE) if style else ""
    assert not ansi
    emulator.feed(Style.parse(style).render("x", color_system=TRUE).partition("x")[0])
    return emulator.look


STYLES = ("", "bold", "#ff0000", "#ff0000 on #000010", "#00ff00 on #000010", "bold #ff0000", "reverse on red")
TEXTS = st.text("ab01 .▲·×é漢字\u0301", min_size=1, max_size=12)
SEGMENTS = st.lists(st.tuples(TEXTS, st.sampled_from(STYLES)), max_size=6)
UPDATES = st.lists(
    st.lists(st.tuples(st.integers(0, SIZE.height - 1), SEGMENTS), min_size=1, max_size=4),
    min_size=1,
    max_size=5,
)


def whole_line(segments: list[tuple[str, str]]) -> list[Segment]:
    """Segments of exactly the terminal's width, as Textual writes a line."""
    line, room = list[Segment](), SIZE.width
    for text, style in segments:
        kept = text.lstrip("\u0301")
        while cell_len(kept) > room:
            kept = kept[:-1]
        if kept:
            line.append(Segment(kept, Style.parse(style)))
            room -= cell_len(kept)
    return [*line, Segment(" " * room, Style.parse("on #000010"))]


def expected(line: list[Segment]) -> list[tuple[str, Look]]:
    emulator = Emulator(Size(SIZE.width, 1))
    for text, style, _ in line:
        emulator.look = look_of(str(style)) if str(style) != "none" else PLAIN
        for char in text:
            emulator._put(char)
    return emulator.cells[0]


@given(UPDATES)
def test_the_terminal_shows_what_was_meant_after_each_update(
    updates: list[list[tuple[int, list[tuple[str, str]]]]],
) -> None:
    shown, emulator = Shown(), Emulator(SIZE)
    meant: dict[int, list[tuple[str, Look]]] = {}
    for update in updates:
        pieces: list[Piece] = []
        for y, segments in update:
            line = whole_line(segments)
            pieces.append((y, 0, line))
            meant[y] = expected(line)
        emulator.feed(shown.text_for(pieces, SIZE, TRUE))
        assert {y: emulator.cells[y] for y in meant} == meant
        assert emulator.look == PLAIN, "as whoever writes next expects it"


def line(text: str, style: str = "#ff0000 on #000010") -> list[Segment]:
    return [Segment(text.ljust(SIZE.width), Style.parse(style))]


def written(shown: Shown, text: str, style: str = "#ff0000 on #000010") -> str:
    return shown.text_for([(0, 0, line(text, style))], SIZE, TRUE)


def test_what_is_shown_already_costs_nothing() -> None:
    shown = Shown()
    assert written(shown, "BTCUSDT 100.25")
    assert written(shown, "BTCUSDT 100.25") == ""


def test_only_the_digits_that_changed_are_written() -> None:
    shown = Shown()
    written(shown, "BTCUSDT 100.25    99.75")
    assert written(shown, "BTCUSDT 100.27    99.74") == (
        "\x1b[1;14H\x1b[38;2;255;0;0;48;2;0;0;16m7\x1b[8C4\x1b[0m"
    )


def test_a_short_gap_is_written_once_more_where_that_is_shorter() -> None:
    shown = Shown()
    written(shown, "207.25")
    assert written(shown, "108.35") == "\x1b[1;1H\x1b[38;2;255;0;0;48;2;0;0;16m108.3\x1b[0m"


def test_of_a_style_only_what_differs_is_written() -> None:
    shown = Shown()
    two = [Segment("up".ljust(12), Style.parse("#00ff00 on #000010"))]
    two += [Segment("down".ljust(12), Style.parse("#ff0000 on #000010"))]
    text = shown.text_for([(0, 0, two)], SIZE, TRUE)
    assert text.count("48;2;0;0;16") == 1


def test_a_terminal_of_another_size_or_one_that_was_forgotten_is_written_anew() -> None:
    shown = Shown()
    first = written(shown, "BTCUSDT")
    shown.forget()
    assert written(shown, "BTCUSDT") == first
    other = Size(SIZE.width, SIZE.height + 1)
    assert shown.text_for([(0, 0, line("BTCUSDT"))], other, TRUE) == first


def test_what_does_not_fit_the_terminal_is_cut() -> None:
    shown, emulator = Shown(), Emulator(SIZE)
    pieces = [(0, SIZE.width - 3, [Segment("abcdef")]), (SIZE.height, 0, [Segment("below")])]
    emulator.feed(shown.text_for(pieces, SIZE, TRUE))
    assert [char for char, _ in emulator.cells[0]][-3:] == ["a", "b", "c"]
