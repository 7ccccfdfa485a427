"""REST for a user stream: keys, clock and questions; every failure in one kind of words."""

from __future__ import annotations

from pathlib import Path

import httpx

from bntui.feed.core.userfacts import ClockMeasured, KeyFailed, KeyGiven, KeyKept
from bntui.feed.userrest import UserRest
from bntui.model.access import UserMethod
from bntui.model.account import Fill
from bntui.model.markets import Market
from bntui.venue.binance.privatestream import US_LISTEN_KEYS, USDM_LISTEN_KEYS
from bntui.venue.user import Ask, AskKind, Page, RefusalKind, Refused
from tests.support.userexchange import BAD_KEY, LISTEN_KEY, UserRig
from tests.venue.binance import user_samples as samples

FILLS = Ask(AskKind.FILLS, "BNBBTC", from_id=1)


def rest_of(rig: UserRig) -> UserRest:
    assert rig.venue.user is not None
    return UserRest(rig.rest, rig.venue.user, rig.credentials)


async def test_a_key_is_made_and_kept_by_the_api_key_alone(tmp_path: Path) -> None:
    rig = UserRig(tmp_path, Market.USDM, UserMethod.LISTEN_KEY)
    rest = rest_of(rig)
    assert await rest.make_key(USDM_LISTEN_KEYS) == KeyGiven(same=False)
    assert await rest.make_key(USDM_LISTEN_KEYS) == KeyGiven(same=True)
    assert await rest.keep_key(USDM_LISTEN_KEYS) == KeyKept()
    assert [(each.method, str(each.url)) for each in rig.exchange.requests] == [
        ("POST", "http://exchange/fapi/v1/listenKey"),
        ("POST", "http://exchange/fapi/v1/listenKey"),
        ("PUT", "http://exchange/fapi/v1/listenKey"),
    ]
    await rig.rest.close()


async def test_binance_us_is_told_which_key_to_keep(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rig.exchange.answers["userDataStream"] = {"listenKey": LISTEN_KEY}
    rest = rest_of(rig)
    await rest.make_key(US_LISTEN_KEYS)
    await rest.keep_key(US_LISTEN_KEYS)
    assert rig.exchange.requests[-1].url.query == f"listenKey={LISTEN_KEY}".encode()
    await rig.rest.close()


async def test_a_key_that_cannot_be_had_says_why(tmp_path: Path) -> None:
    rig = UserRig(tmp_path, Market.USDM, UserMethod.LISTEN_KEY)
    rest = rest_of(rig)
    rig.exchange.refused = BAD_KEY
    made, kept = await rest.make_key(USDM_LISTEN_KEYS), await rest.keep_key(USDM_LISTEN_KEYS)
    assert isinstance(made, KeyFailed)
    assert isinstance(kept, KeyFailed)
    assert (made.making, kept.making) == (True, False)
    assert made.refused.kind is kept.refused.kind is RefusalKind.KEY
    rig.exchange.refused = None
    rig.exchange.answers["listenKey"] = {"listenKey": "no / key"}
    odd = await rest.make_key(USDM_LISTEN_KEYS)
    assert isinstance(odd, KeyFailed)
    assert "no / key" not in odd.refused.reason
    await rig.rest.close()


async def test_the_clock_is_known_once_it_was_measured(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rest = rest_of(rig)
    time = rig.exchange.answers["/time"]
    rig.exchange.answers["/time"] = httpx.Response(503)
    assert await rest.measure_clock() == ClockMeasured(known=False)
    rig.exchange.answers["/time"] = time
    assert await rest.measure_clock() == ClockMeasured(known=True)
    await rig.rest.close()


async def test_a_question_is_signed_and_its_answer_read(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rig.exchange.answers["/myTrades"] = [samples.MY_TRADE]
    page = await rest_of(rig).ask(FILLS)
    assert isinstance(page, Page)
    assert [row.id for row in page.rows if isinstance(row, Fill)] == [28457]
    await rig.rest.close()


async def test_a_refused_time_is_measured_and_signed_anew_once(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    late = {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}
    answers = [httpx.Response(400, json=late), httpx.Response(200, json=[])]
    rig.exchange.answers["/myTrades"] = lambda: answers.pop(0)
    assert isinstance(await rest_of(rig).ask(FILLS), Page)
    rig.exchange.answers["/myTrades"] = lambda: httpx.Response(400, json=late)
    refused = await rest_of(rig).ask(FILLS)
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.CLOCK
    assert rig.exchange.paths().count("/api/v3/myTrades") == 4
    await rig.rest.close()


async def test_what_cannot_be_read_or_asked_is_refused_in_words(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rig.exchange.answers["/myTrades"] = {"not": "rows"}
    for ask in (FILLS, Ask(AskKind.POSITIONS)):
        refused = await rest_of(rig).ask(ask)
        assert isinstance(refused, Refused)
        assert refused.kind is RefusalKind.OTHER
    await rig.rest.close()


async def test_a_ban_is_waited_out(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    body = {"code": -1003, "msg": "Way too much request weight used."}
    rig.exchange.answers["/myTrades"] = httpx.Response(418, json=body, headers={"Retry-After": "90"})
    for _ in range(2):
        refused = await rest_of(rig).ask(FILLS)
        assert isinstance(refused, Refused)
        assert 80.0 < refused.wait_s <= 90.0
    assert len(rig.exchange.requests) == 1
    await rig.rest.close()
