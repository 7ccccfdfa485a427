"""An account with its key, or with what is wrong with it: neither shows a secret."""

from __future__ import annotations

from bntui.feed.credentials import Credentials, MissingKey
from bntui.model.account import AccountKey, UserMethod
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.venue.binance.signing import hmac_signer


def test_an_account_is_kept_under_its_name_and_market_and_shows_no_secret() -> None:
    sign = hmac_signer(Secret("very-private"))
    account = Credentials("main", Market.USDM, Secret("k3y"), sign, UserMethod.LISTEN_KEY)
    assert account.owner == AccountKey("main", Market.USDM)
    assert "k3y" not in repr(account)
    assert "very-private" not in repr(account)


def test_an_account_without_a_key_is_kept_in_the_same_way() -> None:
    assert MissingKey("main", Market.SPOT, "no key file").owner == AccountKey("main", Market.SPOT)
