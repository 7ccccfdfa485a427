"""What the user data of all markets has in common."""

from __future__ import annotations

import pytest

from bntui.model.access import UserMethod
from bntui.model.markets import Market
from bntui.venue.binance.endpoints import Environment
from bntui.venue.markets import venue
from bntui.venue.user import SIGNED_METHODS, ApiMethod


@pytest.mark.parametrize(
    ("market", "environment", "methods"),
    [
        (Market.SPOT, Environment.MAIN, (UserMethod.SIGNATURE, UserMethod.LOGON)),
        (Market.SPOT, Environment.TESTNET, (UserMethod.SIGNATURE, UserMethod.LOGON)),
        (Market.SPOT, Environment.US, (UserMethod.LISTEN_KEY,)),
        (Market.USDM, Environment.MAIN, (UserMethod.LISTEN_KEY,)),
        (Market.COINM, Environment.MAIN, (UserMethod.LISTEN_KEY,)),
    ],
)
def test_every_market_has_its_ways_to_user_data(
    market: Market, environment: Environment, methods: tuple[UserMethod, ...]
) -> None:
    user = venue(market, {}, environment).user
    assert user is not None
    assert user.methods == methods


def test_what_begins_a_stream_by_itself_or_a_session_is_signed_and_nothing_else() -> None:
    assert set(ApiMethod) - SIGNED_METHODS == {
        ApiMethod.SUBSCRIBE,
        ApiMethod.SUBSCRIPTIONS,
        ApiMethod.UNSUBSCRIBE,
        ApiMethod.TIME,
    }
