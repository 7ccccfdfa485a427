from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.painter import Ink, Painter

VARIABLES = {"bn-up": "#00ff00", "bn-faint": "#777777", "bn-blind": "#ff0000", "bn-cursor": "#000044"}


def as_it_is(style: Style) -> Style:
    return style


def name(row: str, _width: int, _now: float) -> Cell:
    return row, ""


def state(row: str, _width: int, _now: float) -> Cell:
    return ("", "") if row == "mute" else ("fine", "up")


def painter(*, native_ansi: bool = False, lit: bool = True, note_holds: bool = False) -> Painter[str]:
    columns = [
        Column("name", "name", 6, name),
        Column("state", "state", 6, state, align="right", in_the_dark="dark", keeps_style=True),
    ]
    made = Painter(
        columns,
        lambda: Ink(Style(color="white", bgcolor="black"), as_it_is, VARIABLES, native_ansi, lit),
        dimmed=lambda row: row in ("old", "mute"),
        note=lambda row, _now: ("gone for good", "blind") if row == "down" else None,
        note_from="state",
        note_holds=note_holds,
    )
    made.set_width(20)
    return made


def segments(made: Painter[str], row: str, at_cursor: bool = False) -> list[tuple[str, Style | None]]:
    return [(segment.text, segment.style) for segment in made.row(row, 0.0, at_cursor).strip]


BASE = Style(color="white", bgcolor="black")


def test_neighbours_of_one_style_are_one_segment() -> None:
    assert segments(painter(), "abc") == [
        (" abc    ", BASE),
        ("  fine", BASE + Style(color="#00ff00")),
        ("      ", BASE),
    ]


def test_a_dimmed_row_is_faint_but_for_cells_that_keep_their_style() -> None:
    faint = BASE + Style(color="#777777")
    assert segments(painter(), "old") == [
        (" old    ", faint),
        ("  fine", BASE + Style(color="#00ff00")),
        ("      ", faint),
    ]


def test_a_note_that_holds_is_told_in_the_dark_too_and_faint() -> None:
    made = painter(note_holds=True)
    made.all_dimmed = True
    assert segments(made, "down") == [(" down   gone for go…", BASE + Style(color="#777777"))]
    assert "gone" not in str(segments(painter_in_the_dark(), "down"))


def painter_in_the_dark() -> Painter[str]:
    made = painter()
    made.all_dimmed = True
    return made


def test_in_the_dark_everything_is_faint_and_no_cell_says_what_nobody_knows() -> None:
    made = painter()
    made.all_dimmed = True
    assert segments(made, "abc") == [(" abc      dark      ", BASE + Style(color="#777777"))]
    assert segments(made, "down")[0][0] == " down     dark      "


def test_a_note_takes_the_place_of_the_cells_behind_it() -> None:
    assert segments(painter(), "down") == [
        (" down   ", BASE),
        ("gone for go…", BASE + Style(color="#ff0000", bold=True)),
    ]


def test_the_cursor_lies_under_the_cells_colours() -> None:
    cursor = BASE + Style(bgcolor="#000044")
    assert segments(painter(), "abc", at_cursor=True) == [
        (" abc    ", cursor),
        ("  fine", cursor + Style(color="#00ff00")),
        ("      ", cursor),
    ]


def test_in_the_terminals_own_colours_the_cursor_line_is_reversed_whole() -> None:
    (only,) = segments(painter(native_ansi=True), "abc", at_cursor=True)
    assert only[1] is not None
    assert only[1].reverse


def test_a_cell_that_says_nothing_has_no_style_to_keep() -> None:
    (only,) = segments(painter(native_ansi=True), "mute", at_cursor=True)
    assert only[1] is not None
    assert only[1].dim


def test_a_row_that_is_gone_is_an_empty_line() -> None:
    assert painter().row(None, 0.0, at_cursor=False).strip.text == " " * 20


def test_titles_stand_over_their_columns() -> None:
    made = painter()
    assert made.titles().text == " name    state      "
    made.sorted_by = ("state", True)
    assert made.titles().text == " name   ↓state      "


def test_styles_are_asked_for_anew_when_told() -> None:
    lit = [True]
    made = Painter(
        [Column("name", "name", 6, name)],
        lambda: Ink(BASE, as_it_is, VARIABLES | {"bn-cursor-blurred": "#222222"}, False, lit[0]),
        lambda _row: False,
        None,
        "",
    )
    made.set_width(8)
    before = segments(made, "abc", at_cursor=True)
    lit[0] = False
    assert segments(made, "abc", at_cursor=True) == before
    made.forget_styles()
    assert segments(made, "abc", at_cursor=True) != before


def test_each_style_is_finished_once_before_it_is_drawn() -> None:
    finished: list[Style] = []

    def grey(style: Style) -> Style:
        finished.append(style)
        return Style(color="grey50", bgcolor="black")

    painter = Painter[str](
        [Column("name", "name", 10, lambda row, _width, _now: (row, "up"))],
        lambda: Ink(BASE, grey, VARIABLES, False, True),
        lambda _row: False,
        None,
        "",
    )
    painter.set_width(20)
    for _ in range(3):
        strip = painter.row("BTCUSDT", 0.0, at_cursor=False).strip
    assert {segment.style for segment in strip} == {Style(color="grey50", bgcolor="black")}
    assert len(finished) == 2


def test_the_words_of_a_row_stand_under_their_titles_whatever_fits() -> None:
    made = painter()
    made.set_width(3)
    assert made.words("abc", 0.0) == [("name", "abc"), ("state", "fine")]
    assert made.words("down", 0.0) == [("name", "down"), ("", "gone for good")]


def test_in_the_dark_the_words_are_those_of_the_dark() -> None:
    made = painter()
    made.all_dimmed = True
    assert made.words("down", 0.0) == [("name", "down"), ("state", "dark")]


def counted(made: list[str]) -> Painter[tuple[str, str]]:
    """A painter that notes which cells it makes."""

    def name(row: tuple[str, str], _width: int, _now: float) -> Cell:
        made.append("name")
        return row[0], ""

    def age(row: tuple[str, str], _width: int, now: float) -> Cell:
        made.append("age")
        return f"{now:.0f}s", ""

    columns = [Column("name", "name", 6, name, of=lambda row: row[0]), Column("age", "age", 4, age)]
    painter = Painter(
        columns, lambda: Ink(BASE, as_it_is, VARIABLES, False, True), lambda row: row[1] == "old", None, ""
    )
    painter.set_width(20)
    return painter


def test_a_cell_made_of_the_same_is_not_made_anew_but_one_that_shows_time_is() -> None:
    made: list[str] = []
    painter = counted(made)
    before = painter.row(("abc", ""), 1.0, False)
    made.clear()
    after = painter.row(("abc", "x"), 2.0, False, before)
    assert made == ["age"]
    assert after.news == [(8, Segment("2s  ", BASE))]
    assert after.strip.text == painter.row(("abc", "x"), 2.0, False).strip.text


def test_what_looks_the_same_is_no_news_and_a_row_in_another_manner_is_all_new() -> None:
    painter = counted([])
    before = painter.row(("abc", ""), 1.0, False)
    assert painter.row(("abc", ""), 1.0, False, before).news == []
    assert painter.row(("abc", ""), 1.0, True, before).news is None, "the cursor came"
    assert painter.row(("abc", "old"), 1.0, False, before).news is None, "it is dimmed"
    painter.set_width(30)
    assert painter.row(("abc", ""), 1.0, False, before).news is None, "another width"
