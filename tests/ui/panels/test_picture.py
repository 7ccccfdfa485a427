from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.panels.picture import bar, panel_title, round_scale
from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import part_width

TRUST = Trust("synced", "live", True)


def title(width: int) -> str:
    shown = [("by 0.1", "key"), ("20 levels", "title")]
    line = panel_title("Book", TRUST, [(" 0.1s old", "title")], shown, True, width)
    assert part_width(line) == width
    return "".join(text for text, _ in line)


def test_a_title_tells_name_trust_and_look() -> None:
    assert title(60).split() == ["Book", "●", "synced", "0.1s", "old", "by", "0.1", "·", "20", "levels"]


def test_a_title_loses_whole_words_and_the_trust_last() -> None:
    assert title(40).rstrip().endswith("by 0.1")
    assert title(30).rstrip().endswith("old")


@pytest.mark.parametrize(
    ("most", "scale"),
    [("1", "1"), ("1.01", "1.5"), ("8.1", "10"), ("0.00042", "0.0005"), ("1234", "1500")],
)
def test_a_whole_bar_stands_for_the_next_round_number(most: str, scale: str) -> None:
    assert round_scale(Decimal(most)) == Decimal(scale)


@given(st.decimals("0.00000001", "99999999999", places=8))
def test_no_bar_is_longer_than_its_place_and_none_that_fills_it_is_short(most: Decimal) -> None:
    scale = round_scale(most)
    assert most <= scale
    assert 10 >= len(bar(most, scale, 10)) >= 6


def test_bars_grow_by_eighths_and_what_is_there_at_all_is_seen() -> None:
    assert [bar(Decimal(n), Decimal(8), 1) for n in range(9)] == ["", *"▏▎▍▌▋▊▉█"]
    assert bar(Decimal("0.001"), Decimal(8), 4) == "▏"
    assert bar(Decimal(1), Decimal(0), 4) == ""
    assert round_scale(Decimal(0)) == 0
