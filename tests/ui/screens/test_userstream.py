from __future__ import annotations

from bntui.model.account import Renewal
from bntui.model.delta import AccountsDelta
from bntui.model.states import RecoveryState, UserStreamState
from bntui.wire.messages import AcceptAccount, RenewAccount
from tests.model.account_samples import FUTURES, MAIN
from tests.support import accounts
from tests.support.viewing import desk


async def test_enter_on_a_user_stream_tells_all_of_it_with_its_renewals() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await pilot.press("2", "tab", "j", "enter")
        await at.frame(pilot)
        assert at.app.screen is at.user_stream
        assert at.line("#shard-title") == " user stream main.usdm"
        page = at.user_stream.page.text.splitlines()
        assert page[0] == "live for 2h00m, by listen key"
        assert page[1:3] == [
            "Compared with REST 3m10s ago",
            "Looked at: account, open orders, trades of BTCUSDT and ETHUSDT",
        ]
        assert page[7] == "Last event: 4.2s ago, ORDER_TRADE_UPDATE"
        assert page[-1] == "01-01 01:04:05  subscribed"
        await pilot.press("escape")
        assert at.line("#status").startswith(" 1 Watch 2 Conn")
        assert at.connections.users.has_focus


async def test_accepting_is_offered_where_there_is_something_to_accept() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await pilot.press("2", "tab", "enter")
        await at.frame(pilot)
        assert "a accept" not in at.line("#status")
        open_ends = accounts.recovery(MAIN, state=RecoveryState.INCOMPLETE, missing="trades of X")
        at.answer(accounts=AccountsDelta(recoveries=[open_ends]))
        await at.frame(pilot)
        assert "a accept" in at.line("#status")


async def test_it_follows_what_happens() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await pilot.press("2", "tab", "enter")
        await at.frame(pilot)
        at.answer(
            accounts=AccountsDelta(
                streams=[
                    accounts.stream(
                        MAIN,
                        state=UserStreamState.DOWN,
                        reason="closed: 1006",
                        renewals=[Renewal(0, "connection changed", "refused")],
                    )
                ],
                recoveries=[accounts.recovery(MAIN, state=RecoveryState.INCOMPLETE, missing="trades of X")],
            )
        )
        await at.frame(pilot)
        assert "down for" in at.user_stream.page.text
        assert "Recovery incomplete: trades of X" in at.user_stream.page.text
        assert "connection changed FAILED: refused" in at.user_stream.page.text


async def test_one_that_is_gone_says_so() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await pilot.press("2", "tab", "enter")
        await at.frame(pilot)
        del at.mirror.accounts.streams[MAIN]
        at.advance(1)
        await at.frame(pilot)
        assert at.user_stream.page.text == "Nothing is known of it any more."
        assert FUTURES in at.mirror.accounts.streams


async def test_what_no_fill_explains_can_be_accepted_and_only_then() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await pilot.press("2", "tab", "enter", "a")
        assert at.sent == []
        at.answer(
            accounts=AccountsDelta(
                recoveries=[accounts.recovery(MAIN, state=RecoveryState.INCOMPLETE, missing="USDT +5")]
            )
        )
        await at.frame(pilot)
        assert "a takes the account as it is now" in at.user_stream.page.text
        await pilot.press("a", "r")
        assert at.sent == [AcceptAccount(MAIN), RenewAccount(MAIN)]
