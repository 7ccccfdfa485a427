"""`bntui keys check`: does the exchange take the keys, and may they do no more than they should?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from bntui.clock import Clock
from bntui.errors import ConnectError, RestError, UsageError
from bntui.feed.core.budget import WeightBudget
from bntui.feed.credentials import Account, Credentials
from bntui.feed.rest import RestClient
from bntui.model.markets import Market
from bntui.model.text import one_line
from bntui.venue.base import RestCall
from bntui.venue.binance.keypermissions import KeyPermissions, permissions_call, read_permissions
from bntui.venue.user import Ask, AskKind, RefusalKind
from bntui.world import World

GOOD, WARNED, REFUSED, UNREACHED = 0, 1, UsageError.exit_code, ConnectError.exit_code
"""How a check ends: the key reads and does no more; it does, or nobody can tell; the exchange does not take
it; the exchange cannot be reached."""

_WORST = (GOOD, WARNED, UNREACHED, REFUSED)

Say = Callable[[str], None]


async def check(the_world: World, accounts: Iterable[Account], clock: Clock, say: Say) -> int:
    """Ask with each key, say what came of it, and return the exit code: that of the worst."""
    worst = GOOD
    for name, group in groupby(accounts, key=lambda account: account.name):
        say(name)
        worst = max(worst, await _account(the_world, list(group), clock, say), key=_WORST.index)
    return worst


async def _account(the_world: World, accounts: list[Account], clock: Clock, say: Say) -> int:
    codes = [GOOD]
    asking: Credentials | None = None
    for account in accounts:
        if not isinstance(account, Credentials):
            say(f"  {account.market:<6} {account.reason} {account.hint}".rstrip())
            codes.append(REFUSED)
            continue
        code, words = await _reads(the_world, account, clock)
        say(f"  {account.market:<6} {words}")
        codes.append(code)
        if code == GOOD:
            asking = account
    if asking is not None:
        code, lines = await _may(the_world, asking, clock)
        codes.append(code)
        for line in lines:
            say(f"  {line}")
    return max(codes, key=_WORST.index)


async def _reads(the_world: World, account: Credentials, clock: Clock) -> tuple[int, str]:
    """Whether the key reads on its market, and the words for it."""
    venue, _ = the_world.markets[account.market]
    assert venue.user is not None, "accounts without user data are told as such before"
    try:
        await _fetch(the_world, account.market, venue.user.call(Ask(AskKind.BALANCES)), account, clock)
    except RestError as error:
        refused = venue.user.judge(error.status, error.code, error.said or error.message, 0.0)
        reached = refused.kind not in (RefusalKind.TROUBLE, RefusalKind.PATIENCE)
        return REFUSED if reached else UNREACHED, f"{one_line(refused.reason)} {refused.hint}".rstrip()
    return GOOD, "reads"


async def _may(the_world: World, account: Credentials, clock: Clock) -> tuple[int, list[str]]:
    """What the key may do beside."""
    if Market.SPOT not in the_world.markets:
        return WARNED, ["what else it may do can be asked of Spot's address only, and there is none here"]
    try:
        body = await _fetch(the_world, Market.SPOT, permissions_call(), account, clock)
        return _judge(read_permissions(body))
    except (RestError, ValueError) as error:
        why = error.message if isinstance(error, RestError) else str(error)
        return WARNED, [f"what else it may do cannot be asked: {one_line(why)}"]


def _judge(permissions: KeyPermissions) -> tuple[int, list[str]]:
    lines = [f"it may {words}: bntui needs a key that only reads" for words in permissions.too_much]
    if not permissions.tied:
        lines.append("it works from every IP address: tie it to those of your machines")
    if not permissions.reads:
        lines.append("it may not read")
    return (WARNED, lines) if lines else (GOOD, ["may read, and nothing else; tied to IP addresses"])


async def _fetch(
    the_world: World, market: Market, call: RestCall, account: Credentials, clock: Clock
) -> bytes:
    venue, endpoints = the_world.markets[market]
    limits = venue.limits
    weight = WeightBudget(
        limits.request_weight,
        limits.request_weight_window_s,
        limits.own_weight_share,
        limits.own_weight_stop_share,
    )
    rest = RestClient(endpoints.rest, venue, weight, clock, proxy=endpoints.proxy)
    try:
        await rest.sample_clock()
        return await rest.fetch(call, optional=False, credentials=account)
    finally:
        await rest.close()
