"""The words between the doors of the embedded exchange and the accounts behind them."""

from __future__ import annotations

from bntui.sim.accounts import AccountCall, KeyPermissions


def test_calls_are_the_last_part_of_the_exchanges_own_paths() -> None:
    assert all(name == name.strip("/") and name.isalpha() for name in AccountCall)


def test_a_new_key_can_read_and_nothing_else() -> None:
    assert KeyPermissions() == KeyPermissions(
        read=True, spot_trade=False, futures=False, withdraw=False, ip_restrict=False
    )
