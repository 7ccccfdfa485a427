"""The connections of a user stream: where they lead, and what is sent on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.feed.core.facts import Close, Connect, SendPing, SendPong
from bntui.feed.core.userfacts import Request, ToSocket
from bntui.feed.userlinks import UserLinks
from bntui.feed.userrest import UserRest
from bntui.model.access import UserMethod
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.venue.user import ApiMethod, ApiReply, ListenKeys, RefusalKind, Refused
from tests.support.userexchange import LISTEN_KEY, UserRig


async def test_what_is_wanted_of_a_connection_that_is_gone_is_nothing(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    links = links_of(rig)
    for command in (SendPing(b""), SendPong(b""), Close(1000, "")):
        links.carry_out(ToSocket(1, command))
    links.ask(Request(1, 1, ApiMethod.SUBSCRIBE_SIGNED))
    assert len(links) == 0
    assert rig.exchange.lines == []
    await rig.rest.close()


def links_of(rig: UserRig) -> UserLinks:
    user = rig.venue.user
    assert user is not None
    return UserLinks(rig.parts, user.ways, UserRest(rig.rest, user, rig.credentials), rig.feed)


async def test_connecting_and_every_request_cost_weight(tmp_path: Path) -> None:
    async with UserRig(tmp_path) as rig:
        await rig.live()
        asked = len(rig.exchange.lines[0].asked)
        assert asked == 2
        assert rig.weight.own >= 2 + 2 * asked


async def test_while_the_exchange_wants_to_be_left_alone_nothing_is_opened(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rig.rest.block(60.0, "banned")
    async with rig:
        await rig.until(lambda: rig.state is UserStreamState.DOWN)
        assert rig.exchange.lines == []
        assert rig.view.reason.startswith("the exchange asks to be left alone: not before")


async def test_patience_that_the_websocket_asks_for_holds_for_rest_too(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    links = links_of(rig)
    links.answered(ApiReply(1, Refused(RefusalKind.PATIENCE, "too much", wait_s=30.0)))
    assert rig.rest.blocked_s == pytest.approx(30.0, abs=1.0)
    await rig.rest.close()


async def test_a_listen_key_is_part_of_the_address_that_it_was_made_for(tmp_path: Path) -> None:
    rig = UserRig(tmp_path, Market.USDM, UserMethod.LISTEN_KEY)
    user = rig.venue.user
    assert user is not None
    assert isinstance(user.ways, ListenKeys)
    rest = UserRest(rig.rest, user, rig.credentials)
    links = UserLinks(rig.parts, user.ways, rest, rig.feed)
    await rest.make_key(user.ways)
    links.carry_out(ToSocket(1, Connect()))
    assert repr(links) == "<UserLinks 1>"
    await rig.until_lines(1)
    assert f"listenKey={LISTEN_KEY}&" in rig.exchange.lines[0].url
    links.gone(1)
    await links.close()
    await rig.rest.close()
