"""A record is one line, and comes back as it was."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bntui.blackbox.records import FORMAT, Begun, Closed, Record, decode, encode
from bntui.errors import ProtocolError
from bntui.model.delta import Delta, Notice
from bntui.model.markets import Instrument
from bntui.model.views import StreamView, WatchView
from bntui.wire.codec import BY_PLACE
from tests.model.build import BTC, T0_MS

RECORDS: list[Record] = [
    Begun(FORMAT, "1.0", "e1", 1, T0_MS, "binance main", T0_MS, True),
    Closed(T0_MS, "stream.example:9443", 1006, "no close frame", False),
    Delta("e1", 7, False, 10.5, T0_MS, watchlist=[BTC], notices=[Notice(1, "a line\nand another", True)]),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    line = encode(record)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == record


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"t":"Pull","m":{}}', b'{"t":"Closed","m":{}}'])
def test_what_is_no_record_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(line)


def test_what_a_later_bntui_knows_more_is_passed_by() -> None:
    line = encode(RECORDS[1]).replace(b'"by_us":', b'"weather":"rain","by_us":')
    assert decode(line) == RECORDS[1]


def test_the_order_of_what_goes_by_place_is_part_of_the_form() -> None:
    """New fields may come behind these, with a default; anything else needs another FORMAT."""
    row = (
        "market symbol bid bid_qty ask ask_qty quote_at last last_qty last_side last_id trade_at tick "
        "change_percent open high low volume quote_volume ticker_at state reason closes mark_price "
        "index_price funding_rate next_funding_ms mark_at open_interest open_interest_at"
    )
    stream = "market name shard state reason since data_at normal_gap_s dark_since"
    instrument = (
        "key status base quote tick_size step_size price_decimals quantity_decimals contract pair margin "
        "contract_size expires_ms"
    )
    kept = {WatchView: row, StreamView: stream, Instrument: instrument}
    told = {kind: " ".join(field.name for field in fields(kind)) for kind in BY_PLACE if kind in kept}
    assert FORMAT == 2
    assert told == kept


def test_secrets_in_words_of_the_exchange_are_taken_out_and_nothing_else() -> None:
    said = 'refused: "listenKey=abc\\"def" and {"signature": "0123", "symbol": "BTCUSDT"} "quoted" \\'
    line = encode(Closed(T0_MS, "example", 1008, said, False))
    assert b"abc" not in line
    assert b"0123" not in line
    kept = decode(line)
    assert isinstance(kept, Closed)
    assert kept.reason.startswith('refused: "listenKey=****')
    assert kept.reason.endswith('"symbol": "BTCUSDT"} "quoted" \\')
    assert (kept.wall_ms, kept.code) == (T0_MS, 1008)
