"""What the screens look like. Every picture is of the still market at one moment; read the difference before
you accept it with `--snapshot-update`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from bntui.model.delta import Delta
from bntui.model.markets import Market
from bntui.model.states import BookState
from tests.support import market, opened
from tests.support.alerts import an_alert
from tests.support.viewing import Desk, desk, resized

Compare = Callable[..., bool]

LOOKS = ["dark", "light", "no colour"]
SIZES = [(80, 24), (120, 40)]


def sitting(look: str, monkeypatch: pytest.MonkeyPatch, delta: Delta | None = None) -> Desk:
    """An app in that look, on the troubled market unless another is given: it shows every state."""
    if look == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    return desk(delta or market.troubled(), theme="bntui-light" if look == "light" else None)


def drawn(at: Desk, *keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Draw a frame, press keys, draw another."""

    async def run(pilot: Pilot[int]) -> None:
        await at.frame(pilot)
        await pilot.press(*keys)
        await at.frame(pilot)

    return run


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", ["watchlist", "connections"])
def test_screen(
    screen: str,
    size: tuple[int, int],
    look: str,
    snap_compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = sitting(look, monkeypatch)
    keys = ["2"] if screen == "connections" else []
    assert snap_compare(at.app, terminal_size=size, run_before=drawn(at, *keys))


@pytest.mark.parametrize(
    ("look", "size", "down"),
    [("dark", (80, 24), 0), ("light", (120, 40), 5), ("no colour", (200, 60), 6)],
    ids=["80x24-dark", "120x40-light", "200x60-no colour"],
)
def test_incidents(
    look: str, size: tuple[int, int], down: int, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = sitting(look, monkeypatch, market.eventful())
    assert snap_compare(at.app, terminal_size=size, run_before=drawn(at, "3", *["j"] * down))


@pytest.mark.parametrize(
    ("look", "size", "keys"),
    [("dark", (80, 24), ["8"]), ("light", (120, 40), ["8", "a"]), ("no colour", (200, 60), ["8", "j"])],
    ids=["80x24-dark", "120x40-light-note", "200x60-no colour"],
)
def test_alerts(
    look: str, size: tuple[int, int], keys: list[str], snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    began_ms = market.WALL_MS - 4_000_000
    told = [
        an_alert(1, began_ms=began_ms, ended_ms=began_ms + 5_000, ending="BTCUSDT is at 60100.00", count=3),
        an_alert(2, rule="fills", kind="fill", began_ms=began_ms, ended_ms=began_ms, text="BUY 1 @ 60000"),
        an_alert(3, rule="eth-spread", subject="ETHUSDT", acknowledged_ms=market.WALL_MS, note="known"),
        an_alert(4, rule="blind", subject="", text="BLIND on 3 of 6 streams", sent="webhook delivered"),
    ]
    at = sitting(look, monkeypatch, replace(market.eventful(), alerts=told))
    assert snap_compare(at.app, terminal_size=size, run_before=drawn(at, *keys))


@pytest.mark.parametrize(
    ("look", "size"),
    [("dark", (80, 24)), ("light", (120, 40)), ("no colour", (200, 60))],
    ids=["80x24-dark", "120x40-light", "200x60-no colour"],
)
def test_the_3_am_mode(
    look: str, size: tuple[int, int], snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [an_alert(4, rule="blind", subject="", text="BLIND on 3 of 6 streams")]
    at = sitting(look, monkeypatch, replace(market.eventful(), alerts=told))
    assert snap_compare(at.app, terminal_size=size, run_before=drawn(at, "z"))


@pytest.mark.parametrize(
    ("look", "size"),
    [("dark", (80, 24)), ("light", (120, 40)), ("no colour", (200, 60))],
    ids=["80x24-dark", "120x40-light", "200x60-no colour"],
)
def test_a_frozen_display(
    look: str, size: tuple[int, int], snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = sitting(look, monkeypatch)

    async def later(pilot: Pilot[int]) -> None:
        await drawn(at, "space")(pilot)
        at.advance(12)
        await at.frame(pilot)
        await pilot.pause()

    assert snap_compare(at.app, terminal_size=size, run_before=later)


@pytest.mark.parametrize(
    ("look", "size", "keys"),
    [
        ("dark", (80, 24), ["k", "k"]),
        ("no colour", (80, 24), ["tab", "j"]),
        ("light", (120, 40), ["d", *"kkkk"]),
        ("no colour", (200, 60), [*"jjj"]),
    ],
    ids=["80x24-dark-book", "80x24-no colour-trades", "120x40-light", "200x60-no colour"],
)
def test_an_open_symbol(
    look: str,
    size: tuple[int, int],
    keys: list[str],
    snap_compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = sitting(look, monkeypatch, opened.opened())
    assert snap_compare(at.app, terminal_size=size, run_before=drawn(at, "enter", *keys))


@pytest.mark.parametrize(
    ("market_of", "size", "keys"),
    [(Market.USDM, (80, 24), ["tab"]), (Market.COINM, (120, 40), [])],
    ids=["80x24-perpetual-trades", "120x40-in contracts"],
)
def test_an_open_contract(
    market_of: Market, size: tuple[int, int], keys: list[str], snap_compare: Compare
) -> None:
    at = desk(opened.contract(market_of))
    assert snap_compare(at.app, terminal_size=size, run_before=drawn(at, "enter", *keys))


def test_an_open_symbol_whose_book_is_built_anew(snap_compare: Compare) -> None:
    bad = opened.status(
        state=BookState.RESYNC,
        reason="an update is missing: the next one follows 48219334112, the book is at 48219334098",
        since=market.NOW - 3,
        resyncs=2,
    )
    at = desk(opened.opened(market.troubled(), book=replace(opened.book(step="0.5"), status=bad)))
    assert snap_compare(at.app, terminal_size=(120, 40), run_before=drawn(at, "enter"))


def test_an_open_symbol_that_was_halted_with_an_empty_side(snap_compare: Compare) -> None:
    halted = [market.instrument("BTCUSDT", "BTC", "USDT", "0.01", "BREAK")]
    delta = replace(opened.opened(book=opened.book(asks=[])), instruments=halted)
    at = desk(delta)
    assert snap_compare(at.app, terminal_size=(80, 24), run_before=drawn(at, "enter"))


def test_an_open_symbol_and_a_silent_engine(snap_compare: Compare) -> None:
    at = desk(opened.opened())

    async def silence(pilot: Pilot[int]) -> None:
        await drawn(at, "enter")(pilot)
        at.clock.advance(7)
        await at.frame(pilot)

    assert snap_compare(at.app, terminal_size=(200, 60), run_before=silence)


def test_everything_at_200_columns(snap_compare: Compare) -> None:
    at = desk(market.troubled())
    assert snap_compare(at.app, terminal_size=(200, 60), run_before=drawn(at))


def test_all_is_well(snap_compare: Compare) -> None:
    at = desk(market.calm())
    assert snap_compare(at.app, terminal_size=(100, 24), run_before=drawn(at, "s", "s", "s", "j"))


def test_engine_silent(snap_compare: Compare) -> None:
    at = desk(market.calm())

    async def silence(pilot: Pilot[int]) -> None:
        await at.frame(pilot)
        at.clock.advance(7)
        await at.frame(pilot)

    assert snap_compare(at.app, terminal_size=(100, 24), run_before=silence)


def test_no_engine_yet(snap_compare: Compare) -> None:
    at = desk()
    assert snap_compare(at.app, run_before=drawn(at))


def test_empty_watchlist(snap_compare: Compare) -> None:
    at = desk(replace(market.calm(), rows=[], watchlist=[]))
    assert snap_compare(at.app, run_before=drawn(at))


def test_too_small(snap_compare: Compare) -> None:
    at = desk(market.troubled())
    assert snap_compare(at.app, terminal_size=(50, 12), run_before=drawn(at))


def test_streams_of_a_shard(snap_compare: Compare) -> None:
    at = desk(market.troubled())
    assert snap_compare(at.app, run_before=drawn(at, "2", "j", "j", "enter"))


def test_adding_symbols(snap_compare: Compare) -> None:
    at = desk(market.calm())
    assert snap_compare(at.app, terminal_size=(100, 30), run_before=drawn(at, "a", "b", "t"))


def test_help(snap_compare: Compare) -> None:
    at = desk(market.calm())
    assert snap_compare(at.app, terminal_size=(100, 50), run_before=drawn(at, "question_mark"))


def test_sixteen_colours(snap_compare: Compare) -> None:
    at = desk(market.troubled(), theme="ansi-dark")
    assert snap_compare(at.app, terminal_size=(100, 24), run_before=drawn(at))


async def test_a_terminal_that_grows_back_is_drawn_as_before() -> None:
    at = desk(market.troubled())
    async with at.running(80, 24) as pilot:
        before = [strip.text for strip in at.app.screen._compositor.render_strips()]
        await resized(pilot, 40, 10)
        await at.resize(pilot, 80, 24)
        assert [strip.text for strip in at.app.screen._compositor.render_strips()] == before
