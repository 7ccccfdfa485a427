"""Lines of own accounts, for people."""

from __future__ import annotations

import pytest

from bntui.engine.tail import human
from bntui.model.account import AccountEvent
from tests.model.account_samples import FUTURES, a_balance, a_fill, a_position, an_order


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            a_fill(1, recovered=True),
            "BTCUSDT fill main BUY 0.01000 @ 60000.10 taker fee 0.00001000 BTC id 1 order 1001 recovered",
        ),
        (
            a_fill(1, owner=FUTURES, maker=True, fee="0", fee_asset="", realized_pnl="-1.50"),
            "BTCUSDT.usdm fill main BUY 0.01000 @ 60000.10 maker fee 0 - realised -1.50 id 1 order 1001",
        ),
        (
            an_order(2, status="EXPIRED", reason="UNFILLED_IOC_QUANTITY_EXPIRED"),
            "BTCUSDT order main BUY LIMIT 0.00000 of 0.01000 @ 59000.00 EXPIRED "
            "(UNFILLED_IOC_QUANTITY_EXPIRED) order 2",
        ),
        (a_balance("BTC"), "- balance main BTC free 1.00000000 locked 0.50000000"),
        (
            a_balance("USDT", owner=FUTURES, free=None, locked=None, wallet="5.1"),
            "- balance main USDT wallet 5.1",
        ),
        (
            a_position("BTCUSDT", margin_call_ms=5),
            "BTCUSDT.usdm position main BOTH 0.500 @ 60000.0 unrealised 12.50000000 cross MARGIN CALL",
        ),
    ],
)
def test_a_line_says_it_as_the_exchange_did(event: AccountEvent, words: str) -> None:
    text = human(event)
    assert text is not None
    assert text.partition(" ")[2] == words
