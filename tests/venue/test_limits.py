"""The shape of a limits table."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bntui.venue.limits import LEAST, MOST, SHARES, LimitRow, Limits, with_rows

_COMPLETE = [LimitRow(field.name, 1.0, "s", "a document", "2026-01-01") for field in fields(Limits)]


def test_a_table_makes_a_value_when_it_is_complete() -> None:
    limits = Limits.from_rows(_COMPLETE)
    assert all(getattr(limits, field.name) == 1.0 for field in fields(Limits))


def test_a_table_without_one_of_the_numbers_is_refused() -> None:
    with pytest.raises(TypeError, match="own_key_renew_spread_s"):
        Limits.from_rows(_COMPLETE[:-1])


def test_a_table_with_a_number_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="nonsense"):
        Limits.from_rows([*_COMPLETE, LimitRow("nonsense", 1, "s", "a document", "2026-01-01")])


def test_an_override_replaces_one_number_and_leaves_the_rest() -> None:
    limits = Limits.from_rows(_COMPLETE)
    changed = limits.override({"own_stream_cap": 7})
    assert changed.own_stream_cap == 7
    assert changed.override({"own_stream_cap": 1}) == limits


@pytest.mark.parametrize("name", ["own_stream_caps", "override", ""])
def test_an_override_of_no_limit_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"no limit is called {name}"):
        Limits.from_rows(_COMPLETE).override({name: 1})


@pytest.mark.parametrize("value", [-1, float("nan")])
def test_an_override_by_an_impossible_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="own_stream_cap cannot be"):
        Limits.from_rows(_COMPLETE).override({"own_stream_cap": value})


def test_a_table_takes_other_rows_in_the_place_of_its_own() -> None:
    other = LimitRow("own_stream_cap", 7, "streams", "another document", "2026-02-02")
    table = with_rows(_COMPLETE, other)
    assert [row.name for row in table] == [row.name for row in _COMPLETE]
    assert [row for row in table if row not in _COMPLETE] == [other]


def test_a_row_that_replaces_none_is_refused() -> None:
    with pytest.raises(ValueError, match="the table has no row nonsense"):
        with_rows(_COMPLETE, LimitRow("nonsense", 1, "s", "a document", "2026-01-01"))


@pytest.mark.parametrize("field", [field.name for field in fields(Limits)])
@pytest.mark.parametrize("value", [float("inf"), -1e-9, 2 * MOST])
def test_no_limit_is_negative_or_beyond_all_measure(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} cannot be"):
        Limits.from_rows(_COMPLETE).override({field: value})


@pytest.mark.parametrize("field", LEAST)
def test_a_limit_that_nobody_could_live_with_is_refused_with_the_least_that_goes(field: str) -> None:
    limits = Limits.from_rows(_COMPLETE)
    for value in (0.0, LEAST[field] / 2):
        with pytest.raises(ValueError, match=f"{field} cannot be .*: {LEAST[field]:g} is the least"):
            limits.override({field: value})


@pytest.mark.parametrize("field", sorted(SHARES))
def test_a_share_is_at_most_everything(field: str) -> None:
    with pytest.raises(ValueError, match="a share, from 0 to 1"):
        Limits.from_rows(_COMPLETE).override({field: 1.5})


@pytest.mark.parametrize("values", [{"own_pull_wait_s": 3.0}, {"own_engine_silence_s": 0.5}])
def test_an_engine_with_nothing_to_say_must_have_time_to_say_so(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="with no news would count as silent"):
        Limits.from_rows(_COMPLETE).override(values)


def test_every_bound_is_of_a_limit() -> None:
    assert LEAST.keys() | SHARES <= {field.name for field in fields(Limits)}
