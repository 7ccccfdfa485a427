"""A word that cannot be meant is refused where it was typed, in words."""

from __future__ import annotations

import click
import pytest

from bntui.commands import checks
from bntui.model.markets import Market

PARAM = click.Option(["--word"])
CONTEXT = click.Context(click.Command("any"))


def test_what_a_parser_says_becomes_a_sentence_about_the_option() -> None:
    with pytest.raises(click.BadParameter, match=r"'20' is no duration; write it like .*\.$") as refused:
        checks.checked(checks.positive_duration)(CONTEXT, PARAM, "20")
    assert refused.value.param is PARAM


def test_an_option_that_was_not_given_is_not_parsed() -> None:
    assert checks.checked(checks.positive_duration)(CONTEXT, PARAM, None) is None


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "x", ""])
def test_a_number_is_finite_and_above_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not above 0|is no number"):
        checks.positive_number(text)


def test_a_value_may_hold_an_equals_sign_and_a_name_not() -> None:
    assert checks.names_and_values(CONTEXT, PARAM, ("a=b=c", "d=1")) == (("a", "b=c"), ("d", "1"))


def test_symbols_are_taken_once_each_in_the_order_in_which_they_were_named() -> None:
    assert checks.symbols(CONTEXT, PARAM, ("B,A", "B,")) == ("B", "A")


def test_a_variable_that_is_not_set_does_not_mean_all_symbols() -> None:
    with pytest.raises(click.BadParameter, match="'' names no symbol"):
        checks.symbols(CONTEXT, PARAM, ("",))


def test_markets_are_named_in_any_case_and_all_are_all() -> None:
    assert checks.markets(CONTEXT, PARAM, ("USDM,spot",)) == (Market.USDM, Market.SPOT)
    assert checks.markets(CONTEXT, PARAM, ("all",)) == tuple(Market)
