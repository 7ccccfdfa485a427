"""What a key may do, from the exchange's own list."""

from __future__ import annotations

import orjson
import pytest

from bntui.venue.base import Access
from bntui.venue.binance.keypermissions import KeyPermissions, permissions_call, read_permissions

READ_ONLY = {
    "ipRestrict": True,
    "createTime": 1_698_645_219_000,
    "enableReading": True,
    "enableWithdrawals": False,
    "enableInternalTransfer": False,
    "enableMargin": False,
    "enableFutures": False,
    "permitsUniversalTransfer": False,
    "enableVanillaOptions": False,
    "enableFixApiTrade": False,
    "enableFixReadOnly": True,
    "enableSpotAndMarginTrading": False,
    "enablePortfolioMarginTrading": False,
}
"""An answer with every field of the wallet's page."""


def test_a_key_that_only_reads_may_do_nothing_else() -> None:
    assert read_permissions(orjson.dumps(READ_ONLY)) == KeyPermissions(True, (), True)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in READ_ONLY
        if name not in ("ipRestrict", "createTime", "enableReading", "enableFixReadOnly")
    ],
)
def test_every_other_permission_is_too_much(name: str) -> None:
    assert len(read_permissions(orjson.dumps({**READ_ONLY, name: True})).too_much) == 1


def test_moving_money_is_named_first() -> None:
    everything = {name: True if value is False else value for name, value in READ_ONLY.items()}
    assert read_permissions(orjson.dumps(everything)).too_much[0] == "withdraw"


@pytest.mark.parametrize("body", [b"[]", b"{}", b"x", b'{"enableReading":"true","ipRestrict":true}'])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_permissions(body)


def test_it_is_a_signed_question_to_the_wallet() -> None:
    call = permissions_call()
    assert (call.path, call.weight, call.access) == ("/sapi/v1/account/apiRestrictions", 1, Access.SIGNED)
