from __future__ import annotations

from typing import Any

import pytest

from bntui.model.accounts import Accounts
from bntui.model.delta import AccountsDelta
from bntui.model.states import RecoveryState, UserStreamState
from bntui.ui.panels.accounts import (
    account_lines,
    is_trusted,
    is_whole,
    no_account_lines,
    recovery_words,
)
from bntui.ui.screens.base import SMALLEST
from bntui.ui.widgets.lines import part_width
from tests.model.account_samples import FUTURES, MAIN, a_position
from tests.support.accounts import HEDGE, HOSTILE, recovery, stream
from tests.support.market import NOW, WALL_MS


def accounts(**told: Any) -> Accounts:
    found = Accounts()
    fields: dict[str, Any] = {
        "streams": [stream(MAIN), stream(FUTURES)],
        "recoveries": [recovery(MAIN), recovery(FUTURES)],
    }
    found.apply(AccountsDelta(**fields | told))
    return found


def lines(of: Accounts, width: int = 120, most: int = 5, dark: bool = False) -> list[str]:
    return ["".join(text for text, _ in line) for line in account_lines(of, dark, NOW, WALL_MS, width, most)]


def test_accounts_that_are_well_take_one_line() -> None:
    assert lines(accounts()) == [
        " ● main.spot live, compared with REST 3m10s ago   ● main.usdm live, compared with REST 3m10s ago"
    ]


def test_in_little_room_the_oldest_comparison_stands_for_all() -> None:
    older = recovery(FUTURES, time_ms=WALL_MS - 600_000)
    of = accounts(recoveries=[recovery(MAIN), older])
    assert lines(of, 80) == [" ● main.spot live ● main.usdm live, compared with REST 10m00s ago"]


def test_what_is_wrong_comes_first_with_reason_and_what_to_do() -> None:
    down = stream(FUTURES, state=UserStreamState.DOWN, reason="closed: 1006", since=NOW - 12)
    refused = stream(HEDGE, state=UserStreamState.REFUSED, reason="-2015", hint="check it", since=NOW - 60)
    told = lines(accounts(streams=[stream(MAIN), down, refused]))
    assert told == [
        " ✖ hedge.usdm refused for 1m00s. -2015. check it; not compared with REST yet",
        " ✖ main.usdm down for 12s: closed: 1006; compared with REST 3m10s ago",
        " ● main.spot live, compared with REST 3m10s ago",
    ]


def test_incomplete_recovery_is_said_in_these_words_though_the_stream_is_live() -> None:
    lost = recovery(MAIN, state=RecoveryState.INCOMPLETE, missing="trades of XRPUSDT (HTTP 429)")
    of = accounts(recoveries=[lost, recovery(FUTURES)])
    assert lines(of)[0] == " ◐ main.spot live; recovery incomplete: trades of XRPUSDT (HTTP 429)"
    assert is_trusted(of, MAIN)
    assert not is_whole(of, MAIN)


def test_what_is_not_known_yet_is_said() -> None:
    assert recovery_words(None, WALL_MS)[0] == "not compared with REST yet"
    running = recovery(MAIN, state=RecoveryState.RUNNING, checked="", time_ms=WALL_MS - 3_000)
    assert recovery_words(running, WALL_MS)[0] == "recovering for 3s: asking REST"
    assert not is_trusted(Accounts(), MAIN)


def test_a_margin_call_stands_above_everything() -> None:
    of = accounts(positions=[a_position("BTCUSDT", margin_call_ms=WALL_MS)])
    assert lines(of)[0] == " ✖ MARGIN CALL: BTCUSDT.usdm of main"
    assert account_lines(of, False, NOW, WALL_MS, 80, 3)[0][1][1] == "chip-blind"


def three_that_are_down() -> Accounts:
    return accounts(
        streams=[
            stream(owner, state=UserStreamState.DOWN, reason="a long reason " * 20)
            for owner in (MAIN, FUTURES, HEDGE)
        ]
    )


def test_where_reasons_are_longer_than_the_room_each_account_is_named_all_the_same() -> None:
    told = lines(three_that_are_down(), 80, 3)
    assert [line.split()[1] for line in told] == ["hedge.usdm", "main.spot", "main.usdm"]
    assert all(line.endswith("…") for line in told)


@pytest.mark.parametrize("most", [1, 2])
def test_accounts_without_room_are_said_to_be_elsewhere(most: int) -> None:
    told = lines(three_that_are_down(), 80, most)
    assert len(told) == most
    assert told[-1].endswith("  (all of it: 2)")
    assert all(part_width([(line, "")]) <= 80 for line in told)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    names = [MAIN._replace(account=f"币安{number}") for number in range(4)]
    of = accounts(
        streams=[stream(name, state=UserStreamState.DOWN, reason=HOSTILE * 9) for name in names],
        recoveries=[],
    )
    for line in account_lines(of, False, NOW, WALL_MS, width, 9):
        assert part_width(line) <= width
    assert "\x1b" not in "".join(lines(of, width, 9))


def test_nothing_is_coloured_while_the_engine_does_not_answer() -> None:
    styles = {style for line in account_lines(accounts(), True, NOW, WALL_MS, 80, 3) for _, style in line}
    assert styles == {"faint"}


def test_without_an_account_short_lines_say_how_to_get_one() -> None:
    said = ["".join(text for text, _ in line) for line in no_account_lines()]
    assert "bntui keys add NAME" in said[1]
    assert all(len(line) <= SMALLEST.width for line in said)
