from __future__ import annotations

from typing import Self

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region

from bntui.ui.format import clean
from bntui.ui.widgets.lines import (
    Line,
    Lines,
    Part,
    cut,
    faded,
    join,
    part_width,
    spread,
    whole,
)

PARTS = st.lists(st.tuples(st.text(max_size=8).map(clean), st.sampled_from(["", "up"])), max_size=5)


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def test_what_does_not_fit_whole_is_left_out() -> None:
    parts = [("BTC", ""), ("24h 1 to 2", ""), ("28.4k", "")]
    assert text(whole(parts, 24)) == "BTC · 24h 1 to 2 · 28.4k"
    assert text(whole(parts, 23)) == "BTC · 24h 1 to 2"
    assert text(whole(parts, 15)) == "BTC"
    assert text(whole(parts, 2)) == ""
    assert text(whole(parts, 2, at_least=1)) == "BTC"


def test_parts_are_joined_by_a_dot() -> None:
    assert text(join([("a", ""), ("b", "up"), ("c", "")])) == "a · b · c"


def test_what_is_cut_ends_with_an_ellipsis_and_keeps_its_styles() -> None:
    assert cut([("abc", "up"), ("defg", "down")], 5) == (("abc", "up"), ("d…", "down"))
    assert cut([("abc", "up"), ("defg", "down")], 3) == (("ab…", "up"),)
    assert cut([("abc", "up")], 3) == (("abc", "up"),)
    assert cut([("币安", ""), ("x", "")], 4) == (("币… ", ""),)


def test_both_ends_of_a_line_are_shown_and_the_left_is_cut() -> None:
    assert text(spread([("left", "")], [("right", "")], 12)) == "left   right"
    assert text(spread([("a long left", "")], [("right", "")], 12)) == "a lon… right"


async def test_centred_lines_stand_in_the_middle() -> None:
    app = OneWidget(Lines(centred=True), height=6)
    async with app.run_test(size=(8, 6)) as pilot:
        app.lines.set_lines([(("ab", ""),), (("cdefghijk", ""),)])
        await pilot.pause()
        assert [app.lines.render_line(y).text for y in range(1, 5)] == [
            " " * 8,
            "   ab   ",
            "cdefghi…",
            " " * 8,
        ]


def test_faded_text_keeps_its_words_and_loses_its_styles() -> None:
    assert faded([("a", "up"), ("b", "")]) == (("a", "faint"), ("b", "faint"))
    assert faded([("a", "up"), ("b", "blind")], but="blind") == (("a", "faint"), ("b", "blind"))


@given(PARTS, st.integers(0, 40))
def test_cut_never_exceeds_the_width(parts: list[Part], width: int) -> None:
    assert part_width(cut(parts, width)) <= width


@given(PARTS, PARTS, st.integers(0, 60))
def test_a_spread_line_fills_the_width_or_what_stands_at_its_right(
    left: list[Part], right: list[Part], width: int
) -> None:
    assert part_width(spread(left, right, width)) == max(width, part_width(right))


class Counting(Lines):
    """Notes which lines are asked to be drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[int] = []

    def refresh(self, *regions: Region, **options: bool) -> Self:
        self.drawn += [y for region in regions for y in region.line_range]
        return super().refresh(*regions, **options)


class OneWidget(App[None]):
    def __init__(self, lines: Lines, height: int) -> None:
        super().__init__()
        self.lines = lines
        self.lines.styles.height = height

    def compose(self) -> ComposeResult:
        yield self.lines


async def test_only_lines_that_changed_are_drawn() -> None:
    lines = Counting()
    app = OneWidget(lines, height=3)
    async with app.run_test(size=(20, 5)):
        app.lines.set_lines([(("one", ""),), (("two", "up"),), (("three", ""),)])
        lines.drawn.clear()
        app.lines.set_lines([(("one", ""),), (("2", "up"),), (("three", ""),)])
        assert lines.drawn == [1]
        app.lines.set_lines([(("one", ""),), (("2", "up"),), (("three", ""),)])
        assert lines.drawn == [1]
        assert app.lines.text == "one\n2\nthree"
