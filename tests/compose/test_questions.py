"""What cannot be answered is refused before anything is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bntui import compose
from bntui.commandoptions import StatusOptions, TailOptions
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import Market


@pytest.mark.parametrize("command", ["tail", "status"])
@pytest.mark.parametrize(
    ("symbol", "kinds", "complaint"),
    [
        ("BTCUSDT", "trade,mark_price", "Binance Spot has no mark_price."),
        ("BTCUSDT.usdm", "avg_price", "Binance USD-M has no avg_price."),
        ("BTCUSDT.usdm", "candle:1s", "Binance USD-M has no candle of 1s."),
    ],
)
def test_a_kind_that_the_market_does_not_have_is_refused_before_anything_is_asked(
    command: str, symbol: str, kinds: str, complaint: str
) -> None:
    nowhere = dict.fromkeys(Market, "ws://127.0.0.1:9")
    settings = Settings(rest_urls=dict.fromkeys(Market, "http://127.0.0.1:9"), stream_urls=nowhere)
    wanted = tuple(kinds.split(","))
    status = StatusOptions(json=False, for_s=1.0, kinds=wanted, own=True)
    tail = TailOptions(json=False, for_s=1.0, kinds=wanted, own=True)
    run: dict[str, Callable[[], object]] = {
        "status": lambda: compose.run_status(settings, (symbol,), status),
        "tail": lambda: compose.run_tail(settings, (symbol,), tail),
    }
    with pytest.raises(UsageError, match=complaint):
        run[command]()
