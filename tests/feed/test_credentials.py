"""What the feed knows of a configured account shows nothing of its key."""

from __future__ import annotations

from bntui.feed.credentials import Credentials, MissingKey
from bntui.model.access import UserMethod
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.secret import Secret


def test_accounts_are_kept_by_name_and_market_with_a_key_and_without() -> None:
    credentials = Credentials("main", Market.USDM, Secret("k"), str.upper, UserMethod.LISTEN_KEY)
    assert credentials.owner == AccountKey("main", Market.USDM)
    assert MissingKey("main", Market.SPOT, "no file").owner == AccountKey("main", Market.SPOT)


def test_neither_key_nor_signer_shows_itself() -> None:
    credentials = Credentials("main", Market.USDM, Secret("visible"), str.upper, UserMethod.LISTEN_KEY)
    assert "visible" not in repr(credentials)
    assert "sign" not in repr(credentials)
