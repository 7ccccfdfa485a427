"""`bntui book`: figures, table, JSON, and an exit code that says whether the book can be trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.book import Figures, figures, lines, report, show
from bntui.commandoptions import BookOptions
from bntui.model.markets import Market
from bntui.model.panels import BookStatus, BookView, LadderLevel
from bntui.model.states import BookState
from bntui.model.verdict import ExitCode
from bntui.words import parse_step
from tests.model.build import book_status
from tests.support.asked import watching
from tests.support.command_line import CommandLine, at
from tests.support.programs import exchange

NOW = 20.0
OPTIONS = BookOptions(json=False, for_s=None, own=True, levels=10, step="", partial=False)


def level(price: str, qty: str) -> LadderLevel:
    return LadderLevel(price, qty, "0")


def view(
    bids: list[LadderLevel] | None = None,
    asks: list[LadderLevel] | None = None,
    status: BookStatus | None = None,
    step: str = "",
) -> BookView:
    return BookView(
        status=status or book_status(),
        step=step,
        bids=[level("99.00000000", "3.0"), level("98.00", "1.0")] if bids is None else bids,
        asks=[level("101.00000000", "1.0")] if asks is None else asks,
        at=18.0,
        time_ms=1_000,
        levels_known=3,
        spreads_bps=[],
        imbalances=[],
    )


@pytest.fixture
def bntui(capsys: pytest.CaptureFixture[str], restored_logging: None) -> CommandLine:
    """The program, as it is called."""
    return CommandLine(capsys)


# What is printed


def test_figures_follow_from_the_best_levels_and_the_quantities_shown() -> None:
    assert figures(view()) == Figures(
        spread="2.00000000", spread_bps=200.0, mid="100", microprice="100.5", imbalance=0.8
    )


def test_figures_of_a_grouped_view_are_those_of_the_exchange_s_own_levels() -> None:
    grouped = replace(
        view([level("90", "4.0")], [level("110", "1.0")], step="10"),
        best_bid=level("99.0", "3.0"),
        best_ask=level("101.0", "1.0"),
    )
    found = figures(grouped)
    assert found is not None
    assert (found.spread, found.mid) == ("2.0", "100")


@pytest.mark.parametrize(
    ("bid", "ask", "spread", "mid"),
    [
        ("0.00000001", "0.00000002", "0.00000001", "0.000000015"),
        ("999999.99", "1000000.00", "0.01", "999999.995"),
    ],
)
def test_small_and_large_prices_are_exact(bid: str, ask: str, spread: str, mid: str) -> None:
    found = figures(view([level(bid, "1")], [level(ask, "1")]))
    assert found is not None
    assert (found.spread, found.mid, found.microprice) == (spread, mid, mid)


def test_a_book_without_a_side_has_no_figures() -> None:
    one_sided = view(asks=[])
    assert figures(one_sided) is None
    assert json.loads(report(one_sided, NOW))["spread"] is None
    assert lines(one_sided, NOW)[1].split() == ["bid", "qty", "bid", "ask", "ask", "qty"]


def test_people_read_trust_figures_and_both_sides() -> None:
    assert lines(view(), NOW) == [
        "book of BTCUSDT: synced, changed 2s ago, 3 levels known",
        "spread 2.00000000 (200.000 bps)  mid 100  microprice 100.5  bids 80% of 2 levels",
        "bid qty          bid  ask           ask qty",
        "    3.0  99.00000000  101.00000000  1.0",
        "    1.0        98.00",
    ]


def test_a_book_that_is_not_good_says_so_first() -> None:
    wrong = view(status=book_status(state=BookState.UNTRUSTED, reason="3 updates missing"))
    assert lines(wrong, NOW)[0].startswith("book of BTCUSDT: untrusted: 3 updates missing")


def test_an_empty_book_is_one_line() -> None:
    empty = replace(
        view([], [], book_status(state=BookState.SYNCING, reason="waits")), at=None, levels_known=0
    )
    assert lines(empty, NOW) == ["book of BTCUSDT: syncing: waits, 0 levels known"]


def test_programs_read_everything_as_it_was_printed() -> None:
    told = json.loads(report(view(), NOW))
    assert (told["market"], told["symbol"], told["state"], told["reason"]) == (
        "spot",
        "BTCUSDT",
        "synced",
        "",
    )
    assert (told["age_s"], told["since_s"], told["time"]) == (2.0, 10.0, 1_000)
    assert (told["resyncs"], told["partial"], told["update_id"], told["levels_known"]) == (0, False, 7, 3)
    assert told["bids"] == [["99.00000000", "3.0", "0"], ["98.00", "1.0", "0"]]
    assert told["asks"] == [["101.00000000", "1.0", "0"]]
    assert (told["mid"], told["imbalance"]) == ("100", 0.8)


@pytest.mark.parametrize("state", BookState)
def test_only_a_synced_book_exits_with_0(state: BookState, capsys: pytest.CaptureFixture[str]) -> None:
    code = show(view(status=book_status(state=state)), NOW, OPTIONS)
    assert code == (ExitCode.LIVE if state is BookState.SYNCED else ExitCode.BLIND)
    assert capsys.readouterr().out.startswith(f"book of BTCUSDT: {state}")


# On connections of its own


async def test_a_book_is_printed_as_soon_as_it_is_synced(bntui: CommandLine) -> None:
    async with exchange() as sim:
        said = await bntui("book", "btcusdt", "--levels", "3", "--json", *at(sim))
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert (told["symbol"], told["state"], told["partial"]) == ("BTCUSDT", "synced", False)
    assert len(told["bids"]) == len(told["asks"]) == 3


async def test_the_best_levels_alone_need_no_snapshot(bntui: CommandLine) -> None:
    async with exchange() as sim:
        sim.fault({"fault": "rest_down", "path": "/api/v3/depth"})
        said = await bntui("book", "BTCUSDT", "--partial", "--json", *at(sim))
    assert said.code == 0, said.err
    assert json.loads(said.out)["partial"] is True


async def test_a_book_that_is_never_synced_is_2_and_says_why(bntui: CommandLine) -> None:
    async with exchange() as sim:
        sim.fault({"fault": "rest_status", "status": 503, "path": "/api/v3/depth"})
        said = await bntui("book", "BTCUSDT", "--for", "1s", *at(sim))
    assert said.code == 2
    assert "waits for its first snapshot; The exchange has trouble of its own (HTTP 503)" in said.out


async def test_an_exchange_that_cannot_be_reached_is_4(bntui: CommandLine) -> None:
    nowhere = ["--rest-url", "http://127.0.0.1:9", "--stream-url", "ws://127.0.0.1:9"]
    said = await bntui("book", "BTCUSDT", "--for", "200ms", *nowhere)
    assert said.code == 4
    assert "could not be reached" in said.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["BTCUSDT", "--step", "0"], "no price step"),
        (["BTCUSDT", "--step", "0.015"], "no multiple of the tick size"),
        (["BTCUSDT", "--step", "0.001"], "go by 0.01."),
        (["BTCUSDT", "--levels", "0"], "--levels"),
        ([], "SYMBOL"),
        (["NOSUCHUSDT"], "NOSUCHUSDT is not listed"),
    ],
)
async def test_what_makes_no_book_is_refused_in_words(words: list[str], why: str, bntui: CommandLine) -> None:
    async with exchange() as sim:
        said = await bntui("book", *words, *at(sim))
    assert said.code == 3
    assert why in said.err


# From the running engine


async def test_the_running_engine_is_asked_and_lets_the_book_go_again(
    bntui: CommandLine, tmp_path: Path
) -> None:
    async with exchange(symbols=("BTCUSDT", "ETHUSDT")) as sim, watching(tmp_path, sim) as engine:
        said = await bntui("book", "ETHUSDT", "--levels", "2", "--json")
        assert said.code == 0, said.err
        told = json.loads(said.out)
        assert (told["symbol"], told["market"]) == ("ETHUSDT", Market.SPOT)
        assert len(told["bids"]) == 2
        assert engine.store.watchlist


# What it is told


@pytest.mark.parametrize("text", ["0.5", "10", "0.00000001", "1000000.00"])
def test_a_step_is_kept_as_it_was_written(text: str) -> None:
    assert parse_step(text) == text


@pytest.mark.parametrize("text", ["", "0", "0.00", "-1", "1e3", "٣", "5\n", ".5", "5.", "nan", "9" * 21])
def test_anything_else_is_no_step(text: str) -> None:
    with pytest.raises(ValueError, match="is no price step; write it like"):
        parse_step(text)
