"""What the screens of own accounts look like; read the difference before you accept it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bntui.model.delta import Delta
from tests.support import accounts, market, opened
from tests.support.viewing import desk
from tests.ui.test_snapshots import Compare, drawn, sitting

FILLS, ORDERS, ACCOUNT, CONNECTIONS = "5", "6", "7", "2"


@pytest.mark.parametrize(
    ("told", "look", "size", "keys"),
    [
        (accounts.traded, "dark", (80, 24), [FILLS]),
        (accounts.ailing, "light", (120, 40), [FILLS, "j", "j", "j", "j"]),
        (accounts.ailing, "no colour", (200, 60), [FILLS, "tab", "j"]),
        (accounts.ailing, "dark", (80, 24), [ORDERS]),
        (accounts.traded, "no colour", (120, 40), [ORDERS, "tab", "j", "j"]),
        (accounts.ailing, "no colour", (80, 24), [ACCOUNT, "j"]),
        (accounts.traded, "dark", (200, 60), [ACCOUNT]),
        (accounts.ailing, "dark", (80, 24), [CONNECTIONS, "tab"]),
        (accounts.ailing, "light", (120, 40), [CONNECTIONS, "tab", "j", "enter"]),
    ],
    ids=[
        "fills-80x24",
        "fills-ailing-120x40-light",
        "fills-ailing-200x60-no colour",
        "orders-ailing-80x24",
        "orders-120x40-no colour",
        "account-ailing-80x24-no colour",
        "account-200x60",
        "connections-ailing-80x24",
        "user stream-120x40-light",
    ],
)
def test_accounts(
    told: Callable[[], Delta],
    look: str,
    size: tuple[int, int],
    keys: list[str],
    snap_compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = sitting(look, monkeypatch, told())
    assert snap_compare(at.app, terminal_size=size, run_before=drawn(at, *keys))


def test_no_account(snap_compare: Compare) -> None:
    at = desk(market.calm())
    assert snap_compare(at.app, run_before=drawn(at, FILLS))


def test_a_filter_that_hides_everything(snap_compare: Compare) -> None:
    at = desk(accounts.traded())
    assert snap_compare(at.app, run_before=drawn(at, FILLS, "slash", *"xrp"))


def test_own_orders_and_fills_of_an_open_symbol(snap_compare: Compare) -> None:
    at = desk(accounts.traded(opened.opened()))
    assert snap_compare(at.app, terminal_size=(200, 60), run_before=drawn(at, "enter"))
