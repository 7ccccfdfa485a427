"""Parameters are read as strictly as the exchange reads them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl

import pytest

from bntui.sim.parameters import Parameters, Refused, invalid_symbol

ALLOWED = ("symbol", "symbols", "limit", "interval", "timeZone", "type")


def read(query: str) -> Parameters:
    return Parameters(parse_qsl(query, keep_blank_values=True), ALLOWED)


def code(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code, refused.value.message


def test_a_call_takes_only_its_own_parameters() -> None:
    assert code(lambda: Parameters([("a", "1")], ())) == (
        -1101,
        "Too many parameters; expected '0' and received '1'.",
    )
    assert code(lambda: read("symbol=A&recvWindow=5")) == (
        -1104,
        "Not all sent parameters were read; read '1' parameter(s) but was sent '2'.",
    )
    assert code(lambda: read("symbol=A&symbol=B"))[0] == -1101


@pytest.mark.parametrize("symbol", ["BTCUSDT", "币安人生USDT", "1000SATSUSDT", "A-B_C.D"])
def test_symbols(symbol: str) -> None:
    assert read(f"symbol={symbol}").symbol() == symbol
    assert "symbol" in read(f"symbol={symbol}")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", -1102),
        ("symbol=", -1102),
        ("symbol=btcusdt", -1100),
        ("symbol=A%20B", -1100),
        ("symbol=A/B", -1100),
    ],
)
def test_other_symbols(query: str, expected: int) -> None:
    assert code(read(query).symbol)[0] == expected
    assert code(read(f"symbol={'A' * 51}").symbol)[0] == -1100


def test_one_symbol_several_or_all() -> None:
    assert read("").symbols() is None
    assert read("symbol=A").symbols() == ["A"]
    assert read('symbols=["A","B"]').symbols() == ["A", "B"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('symbol=A&symbols=["B"]', -1128),
        ("symbols=[]", -1105),
        ("symbols=A,B", -1100),
        ("symbols=[5]", -1100),
        ('symbols=["a"]', -1100),
        ('symbols=["A","A"]', -1101),
        ("symbols=" + "[" * 5_000, -1100),
    ],
)
def test_other_lists_of_symbols(query: str, expected: int) -> None:
    assert code(read(query).symbols)[0] == expected


def test_whole_numbers() -> None:
    assert read("").number("limit") is None
    assert read("limit=007").number("limit") == 7
    refused = [code(partial(read(query).number, "limit"))[0] for query in ("limit=", "limit=-1", "limit=1.0")]
    assert refused == [-1105, -1100, -1100]


def test_a_limit_lies_between_one_and_the_most() -> None:
    assert [read(query).rows(5, 10) for query in ("", "limit=1", "limit=10")] == [5, 1, 10]
    for query in ("limit=0", "limit=11"):
        refused = code(partial(read(query).rows, 5, 10))
        assert refused == (-1130, "Data sent for parameter 'limit' is not valid.")


def test_words_and_what_is_needed() -> None:
    assert read("type=MINI").choice("type", ("FULL", "MINI"), "FULL", invalid_symbol()) == "MINI"
    assert read("").choice("type", ("FULL", "MINI"), "FULL", invalid_symbol()) == "FULL"
    refused = Refused(-1120, "Invalid interval.")
    assert code(lambda: read("interval=7m").choice("interval", ("1m",), "", refused)) == (
        -1120,
        "Invalid interval.",
    )
    assert read("interval=1m").mandatory("interval") == "1m"
    assert code(lambda: read("interval=").mandatory("interval")) == (
        -1102,
        "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.",
    )
    assert (invalid_symbol().code, str(invalid_symbol())) == (-1121, "Invalid symbol.")


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("0", 0), ("8", 480), ("-1:00", -60), ("05:45", 345), ("+14", 840), ("-12:00", -720)],
)
def test_zones(zone: str, minutes: int) -> None:
    assert read(f"timeZone={zone.replace('+', '%2B')}").zone_ms() == minutes * 60_000
    assert read("").zone_ms() == 0


@pytest.mark.parametrize("zone", ["x", "15", "-12:01", "5:60", "1:2", ""])
def test_other_zones(zone: str) -> None:
    assert code(read(f"timeZone={zone}").zone_ms)[0] == -1130


def test_times_are_in_milliseconds_or_microseconds() -> None:
    given = [("startTime", "1723161254001"), ("endTime", "1723161254001234")]
    both = Parameters(given, ("startTime", "endTime"))
    assert both.moment_us("startTime") == 1_723_161_254_001_000
    assert both.moment_us("endTime") == 1_723_161_254_001_234
    assert both.end_us("startTime") == 1_723_161_254_001_999, "a millisecond is meant whole"
    assert both.end_us("endTime") == 1_723_161_254_001_234
    assert read("").moment_us("startTime") is read("").end_us("endTime") is None
