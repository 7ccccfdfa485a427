from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bntui.ui import format as f

TEXTS = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"-?\d{1,20}(\.\d{0,20})?([eE]-?\d{1,9})?", fullmatch=True),
    st.sampled_from(["", "NaN", "sNaN", "-Infinity", "1e999999999", "0", "-0", "٣.٤", "1_000", " 1 "]),
)


class TestPrice:
    @pytest.mark.parametrize(
        ("printed", "decimals", "shown"),
        [
            ("67123.45000000", 2, "67123.45"),
            ("0.00001234", 8, "0.00001234"),
            ("100.00000000", 0, "100"),
            ("0.50000000", 4, "0.5000"),
            ("67123.45600000", 2, "67123.456"),
            ("67123.4", 2, "67123.4"),
            ("67123", 2, "67123"),
            ("-1.50", 1, "-1.5"),
            ("1.23450000", None, "1.23450000"),
            ("1e-7", 2, "1e-7"),
        ],
    )
    def test_keeps_the_exchanges_digits_and_drops_zeros_behind_the_tick(
        self, printed: str, decimals: int | None, shown: str
    ) -> None:
        assert f.price(printed, decimals) == shown

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_nothing_is_a_dash(self, nothing: str | None) -> None:
        assert f.price(nothing, 2) == "—"

    @given(
        whole=st.integers(0, 10**12),
        fraction=st.text("0123456789", min_size=1, max_size=12),
        decimals=st.integers(0, 12),
    )
    def test_never_changes_the_number(self, whole: int, fraction: str, decimals: int) -> None:
        printed = f"{whole}.{fraction}"
        assert Decimal(f.price(printed, decimals)) == Decimal(printed)

    def test_prices_align_on_their_points(self) -> None:
        column = [f.align_point(text, 5, 8) for text in ("67123.45", "0.00001234", "42")]
        assert column == ["67123.45      ", "    0.00001234", "   42         "]

    def test_a_price_wider_than_its_column_loses_no_digit(self) -> None:
        assert f.align_point("1234567.891", 3, 2) == "1234567.891"


class TestAge:
    @pytest.mark.parametrize(
        ("seconds", "shown"),
        [
            (0.0, "0.0s"),
            (0.44, "0.4s"),
            (9.99, "9.9s"),
            (10.0, "10s"),
            (12.7, "12s"),
            (59.99, "59s"),
            (252, "4m12s"),
            (11_100, "3h05m"),
            (187_200, "2d04h"),
            (86_400 * 120, "120d"),
            (-3.0, "0.0s"),
            (None, "—"),
            (math.nan, "—"),
            (math.inf, "—"),
        ],
    )
    def test_reads_as_people_say_it(self, seconds: float | None, shown: str) -> None:
        assert f.age(seconds) == shown

    @given(st.floats(0, 1e12))
    def test_fits_its_column(self, seconds: float) -> None:
        assert len(f.age(seconds)) <= 6


class TestPercent:
    @pytest.mark.parametrize(
        ("last", "opened", "printed", "shown"),
        [
            ("110", "100", "1.0", "+10.00%"),
            ("99.6", "100", None, "-0.40%"),
            ("100", "100", None, "0.00%"),
            ("100.001", "100", None, "0.00%"),
            ("1", "0", "3.456", "+3.46%"),
            (None, "100", "-2.051", "-2.05%"),
            (None, None, None, "—"),
            ("5", "0.00001", None, "+49.9M%"),
        ],
    )
    def test_follows_the_last_trade_and_carries_its_sign(
        self, last: str | None, opened: str | None, printed: str | None, shown: str
    ) -> None:
        assert f.percent(f.change_percent(last, opened, printed)) == shown

    @given(st.decimals(-(10**14), 10**14, allow_nan=False))
    def test_fits_its_column(self, value: Decimal) -> None:
        assert len(f.percent(value)) <= 7


class TestSpread:
    @pytest.mark.parametrize(
        ("bid", "ask", "shown"),
        [
            ("67123.44", "67123.45", "0.001"),
            ("99.99", "100.01", "2.00"),
            ("99", "101", "200"),
            ("100", "100", "0.000"),
            ("101", "99", "-200"),
            ("0.00000000", "1", "—"),
            (None, "1", "—"),
            ("x", "1", "—"),
        ],
    )
    def test_in_basis_points_of_the_mid(self, bid: str | None, ask: str | None, shown: str) -> None:
        assert f.bps(f.spread_bps(bid, ask)) == shown


class TestHuman:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("0", "0"),
            ("0.001", "<0.01"),
            ("0.5", "0.50"),
            ("999", "999"),
            ("999.9", "999"),
            ("1000", "1.00k"),
            ("45678901", "45.6M"),
            ("7891234567", "7.89B"),
            ("12e12", "12.0T"),
            ("-12345", "-12.3k"),
        ],
    )
    def test_three_digits_and_a_unit(self, value: str, shown: str) -> None:
        assert f.human(Decimal(value)) == shown


class TestClean:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("BTCUSDT", "BTCUSDT"),
            ("币安人生USDT", "币安人生USDT"),
            ("a\x1b[31mred", "a\ufffd[31mred"),
            ("two\nlines\tand", "two lines and"),
            ("\u202eevil\u2066", "evil"),
            ("zero\u200bwidth\ufeff", "zerowidth"),
            ("c1\x9b31m", "c1\ufffd31m"),
            ("[bold]kept[/bold]", "[bold]kept[/bold]"),
        ],
    )
    def test_outside_text_cannot_steer_the_terminal(self, text: str, shown: str) -> None:
        assert f.clean(text) == shown

    @given(st.text())
    def test_what_is_left_is_printable_and_stays_so(self, text: str) -> None:
        cleaned = f.clean(text)
        assert all(char.isprintable() or char.isspace() for char in cleaned)
        assert not set("\x1b\x9b\n\r\u202e") & set(cleaned)
        assert f.clean(cleaned) == cleaned


class TestFit:
    @pytest.mark.parametrize(
        ("text", "width", "align", "shown"),
        [
            ("abc", 5, "left", "abc  "),
            ("abc", 5, "right", "  abc"),
            ("abcdef", 4, "left", "abc…"),
            ("币安人生", 8, "left", "币安人生"),
            ("币安人生", 6, "left", "币安… "),
            ("币安人生", 5, "left", "币安…"),
            ("abc", 0, "left", ""),
        ],
    )
    def test_counts_cells_not_characters(self, text: str, width: int, align: f.Align, shown: str) -> None:
        assert f.fit(text, width, align) == shown

    @given(st.text().map(f.clean), st.integers(0, 40), st.sampled_from(["left", "right"]))
    def test_takes_exactly_the_width(self, text: str, width: int, align: Any) -> None:
        assert cell_len(f.fit(text, width, align)) == width


class TestSparkline:
    def test_the_newest_value_stands_at_the_right(self) -> None:
        assert f.sparkline([1, 2, 3], 5) == "  ▁▄▇"

    def test_only_the_newest_are_shown(self) -> None:
        assert f.sparkline([9, 1, 2, 3], 3) == "▁▄▇"

    def test_a_flat_line_is_low(self) -> None:
        assert f.sparkline([5.0, 5.0], 2) == "▁▁"

    def test_what_is_no_number_leaves_a_hole(self) -> None:
        assert f.sparkline([1.0, math.nan, 2.0], 3) == "▁ ▇"

    @given(st.lists(st.floats()), st.integers(0, 60))
    def test_takes_exactly_the_width(self, values: list[float], width: int) -> None:
        assert len(f.sparkline(values, width)) == width


class TestGauge:
    @pytest.mark.parametrize(
        ("share", "shown"),
        [(0.0, "····"), (0.5, "██··"), (1.0, "████"), (7.0, "████"), (math.nan, "····"), (0.3125, "█▎··")],
    )
    def test_fills_to_its_share(self, share: float, shown: str) -> None:
        assert f.gauge(share, 4) == shown


class TestRates:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (0.0, "0"),
            (0.42, "0.4"),
            (12.3, "12"),
            (3412.0, "3412"),
            (25_100.0, "25.1k"),
            (123_456.0, "123k"),
            (1e9, ">10M"),
            (None, "—"),
        ],
    )
    def test_per_second(self, value: float | None, shown: str) -> None:
        assert f.rate(value) == shown

    @pytest.mark.parametrize(
        ("value", "signed", "shown"),
        [
            (84.2, False, "84"),
            (0.42, False, "0.4"),
            (41.0, True, "+41"),
            (-6.4, True, "-6"),
            (-0.2, True, "0"),
            (12_345.0, True, "+12s"),
            (-252_000.0, True, "-4m12s"),
            (12_345.0, False, "12s"),
            (None, True, "—"),
        ],
    )
    def test_milliseconds(self, value: float | None, signed: bool, shown: str) -> None:
        assert f.millis(value, signed=signed) == shown


class TestUtc:
    def test_reads_in_utc(self) -> None:
        assert f.utc(1_767_236_645_000) == "03:04:05"

    @pytest.mark.parametrize("moment", [None, 10**18, -(10**18)])
    def test_a_moment_that_is_none_is_a_dash(self, moment: int | None) -> None:
        assert f.utc(moment) == "—"


@given(TEXTS, TEXTS, TEXTS, st.integers(-3, 30))
def test_no_text_of_an_exchange_raises(one: str, two: str, three: str, number: int) -> None:
    f.price(one, number)
    f.price(one, None)
    f.align_point(f.price(one, number), number, number)
    f.percent(f.change_percent(one, two, three))
    f.bps(f.spread_bps(one, two))
    f.human(f.decimal_of(one))
    f.fit(f.clean(one), number)


@given(st.floats(), st.integers())
def test_no_number_raises(value: float, whole: int) -> None:
    for shown in (f.age, f.duration, f.rate, f.kilobytes, f.millis):
        assert shown(value)
    assert f.millis(value, signed=True)
    assert f.utc(whole)
    assert len(f.gauge(value, 7)) == 7


class TestWrap:
    def test_breaks_between_words_and_sets_the_rest_back(self) -> None:
        assert f.wrap("one two three four", 9) == ["one two", "three", "four"]
        assert f.wrap("one two three four", 9, 2) == ["one two", "  three", "  four"]

    def test_a_word_that_is_too_long_is_broken_where_the_line_ends(self) -> None:
        assert f.wrap("a abcdefgh b", 4) == ["a", "abcd", "efgh", "b"]

    def test_counts_cells(self) -> None:
        assert f.wrap("币安人生 x", 5) == ["币安", "人生", "x"]

    def test_nothing_is_no_line(self) -> None:
        assert f.wrap(" ", 5) == []

    @given(st.text().map(f.clean), st.integers(2, 60), st.integers(0, 1))
    def test_loses_nothing_and_fits(self, text: str, width: int, indent: int) -> None:
        lines = f.wrap(text, width, indent)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(cell_len(line) <= width or len(line.strip()) == 1 for line in lines)

    def test_evenly_leaves_no_word_alone(self) -> None:
        assert f.wrap("one two three four", 14) == ["one two three", "four"]
        assert f.wrap_evenly("one two three four", 14) == ("one two", "three four")
        assert f.wrap_evenly("one two", 14) == ("one two",)

    @given(st.text().map(f.clean), st.integers(2, 60), st.integers(0, 1))
    def test_evenly_takes_no_more_lines(self, text: str, width: int, indent: int) -> None:
        lines = f.wrap_evenly(text, width, indent)
        assert len(lines) == len(f.wrap(text, width, indent))
        assert all(cell_len(line) <= width or len(line.strip()) == 1 for line in lines)
