"""A scenario is read strictly, and every complaint says what and where."""

from __future__ import annotations

import math

import pytest

from bntui.drill.tables import BadScenario, Range, Table


def table(**values: object) -> Table:
    return Table(values, "step 2")


def test_values_of_the_right_kind_are_taken() -> None:
    values = table(
        text="a", number=2, whole=2.5, flag=True, one="x", several=["x", "y"], span=[1, 3], fixed=4
    )
    assert values.text("text") == "a"
    assert (values.number("number"), values.number("whole")) == (2.0, 2.5)
    assert values.flag("flag") is True
    assert (values.texts("one"), values.texts("several")) == (("x",), ("x", "y"))
    assert (values.range("span"), values.range("fixed")) == (Range(1, 3), Range(4, 4))
    values.finish()


def test_what_is_missing_has_its_default() -> None:
    values = table()
    assert values.text("text", "usual") == "usual"
    assert values.number("number", 7.0) == 7.0
    assert (values.maybe("maybe"), values.flag("flag"), values.range("span")) == (None, None, None)
    assert values.texts("texts") == ()
    assert values.tables("steps", "step") == ()


@pytest.mark.parametrize("value", [None, "", "  ", 7, ["a"]])
def test_a_text_must_be_one(value: object) -> None:
    with pytest.raises(BadScenario, match="step 2: say must be a text"):
        table(say=value).text("say")


@pytest.mark.parametrize("value", [None, "7", True, math.nan])
def test_a_number_must_be_one(value: object) -> None:
    with pytest.raises(BadScenario, match="step 2: at must be a number"):
        table(at=value).number("at")


def test_a_number_may_have_a_least_value() -> None:
    with pytest.raises(BadScenario, match="at must be a number from 0 on"):
        table(at=-1).number("at", least=0)


@pytest.mark.parametrize("value", [[3, 1], [1], [1, 2, 3], "1", [1, "2"]])
def test_a_range_has_a_least_and_a_greatest_number(value: object) -> None:
    with pytest.raises(BadScenario, match=r"count must be a number or \[least, most\]"):
        table(count=value).range("count")


def test_a_word_that_is_not_known_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        BadScenario, match=r"state cannot be 'stael'; did you mean stale.*there are live, stale"
    ):
        table(state="stael").choice("state", ("live", "stale"))
    with pytest.raises(BadScenario, match="state cannot be 'stael'"):
        table(state=["live", "stael"]).choices("state", ("live", "stale"))
    with pytest.raises(BadScenario, match="one or several of live, stale"):
        table().choices("state", ("live", "stale"))


def test_a_key_that_nobody_asked_for_is_refused_with_those_that_there_are() -> None:
    values = table(at=1, sya="x")
    values.number("at")
    values.text("say", "x")
    with pytest.raises(BadScenario, match=r"step 2: nothing is called 'sya' here; did you mean say.*at, say"):
        values.finish()


@pytest.mark.parametrize(("key", "value"), [("step", {}), ("step", [1]), ("step", "x")])
def test_tables_are_lists_of_tables(key: str, value: object) -> None:
    with pytest.raises(BadScenario, match=r"step must be tables: \[\[step\]\]"):
        table(**{key: value}).tables(key, "step")


def test_a_table_within_says_where_it_is() -> None:
    within = table(market={"rate": "x"}).table("market")
    with pytest.raises(BadScenario, match="market: rate must be a number"):
        within.number("rate")
    with pytest.raises(BadScenario, match=r"market must be a table: \[market\]"):
        table(market=1).table("market")


def test_each_of_several_tables_has_its_number() -> None:
    first, second = table(step=[{}, {"at": "x"}]).tables("step", "step")
    assert first.place == "step 1"
    with pytest.raises(BadScenario, match="step 2: at must be"):
        second.number("at")


@pytest.mark.parametrize(
    ("span", "words", "inside", "outside"),
    [(Range(2, 2), "2", 2, 3), (Range(1), "1 or more", 9, 0), (Range(1, 3), "1 to 3", 3, 4)],
)
def test_a_range_says_itself(span: Range, words: str, inside: float, outside: float) -> None:
    assert str(span) == words
    assert span.holds(inside)
    assert not span.holds(outside)


@pytest.mark.parametrize(
    ("count", "often"), [(Range(1, 1), "once"), (Range(0, 0), "0 times"), (Range(1), "1 or more times")]
)
def test_a_count_says_how_often(count: Range, often: str) -> None:
    assert count.often == often
