"""All accounts of a feed: those that can run do, and the others say why not."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bntui.feed.credentials import MissingKey
from bntui.feed.userfeeds import UserFeeds, unable
from bntui.model.access import UserMethod
from bntui.model.account import UserStreamChanged
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.venue.markets import venue
from tests.support.userexchange import UserRig, credentials

SPOT = venue(Market.SPOT, {})
MISSING = MissingKey("spare", Market.SPOT, "There is no key file.", "Run bntui keys add spare.")


def test_an_account_runs_where_its_market_takes_its_method() -> None:
    assert unable(credentials(), SPOT) is None


def test_without_a_key_it_says_what_is_wrong_with_it() -> None:
    assert unable(MISSING, SPOT) == (UserStreamState.NO_KEY, MISSING.reason, MISSING.hint)


def test_a_method_that_the_market_does_not_have_is_refused_with_those_that_it_has() -> None:
    assert unable(credentials(method=UserMethod.LISTEN_KEY), SPOT) == (
        UserStreamState.REFUSED,
        "Binance Spot has no user streams by listen key.",
        "Let this account use the method signature or logon.",
    )


def test_a_market_that_this_run_does_not_have_is_refused() -> None:
    told = unable(credentials(Market.USDM, UserMethod.LISTEN_KEY), None)
    assert told is not None
    assert told[:2] == (UserStreamState.REFUSED, "This run has no usdm accounts.")


async def test_every_account_is_told_and_each_runs_by_itself(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    feeds = UserFeeds(
        [MISSING, rig.credentials], lambda market: SPOT, lambda _: rig.parts, rig.clock, rig.parts.sink
    )
    assert feeds.markets == {Market.SPOT}
    assert feeds.feed(MISSING.owner) is None
    running = asyncio.create_task(feeds.run())
    await rig.live()
    views = {event.view.owner: event.view for event in rig.told(UserStreamChanged)}
    assert views[MISSING.owner].state is UserStreamState.NO_KEY
    assert views[rig.credentials.owner].state is UserStreamState.LIVE
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await feeds.close()
    assert rig.exchange.open_lines == []
    await rig.rest.close()
