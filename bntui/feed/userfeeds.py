"""All configured accounts: each on its market runs by itself, and one that cannot run says why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from bntui.clock import Clock
from bntui.feed.credentials import Account, Credentials, MissingKey
from bntui.feed.user import UserFeed
from bntui.feed.userparts import UserParts
from bntui.model.account import AccountKey, UserStreamChanged, UserStreamView
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.model.status import Event
from bntui.venue.base import Venue


class UserFeeds:
    """The accounts of a feed. Without any it does nothing."""

    def __init__(
        self,
        accounts: Iterable[Account],
        venue_of: Callable[[Market], Venue | None],
        parts_of: Callable[[Credentials], UserParts],
        clock: Clock,
        sink: Callable[[Sequence[Event]], None],
    ) -> None:
        """`parts_of` is asked only for accounts that can run on a market that is served."""
        self._clock = clock
        self._sink = sink
        self._feeds: dict[AccountKey, UserFeed] = {}
        self._idle: dict[AccountKey, UserStreamView] = {}
        """Accounts that cannot run, as they are shown."""
        for account in accounts:
            if (why := unable(account, venue_of(account.market))) is not None:
                self._idle[account.owner] = self._shown(account, *why)
            elif isinstance(account, Credentials):
                self._feeds[account.owner] = UserFeed(parts_of(account))

    @property
    def markets(self) -> set[Market]:
        """Markets on which accounts run."""
        return {owner.market for owner in self._feeds}

    def feed(self, owner: AccountKey) -> UserFeed | None:
        """The account's feed; None where it does not run."""
        return self._feeds.get(owner)

    def ever_proven(self) -> bool:
        """Whether any account's stream was known to flow since the start."""
        return any(feed.stream.standing.proof_at is not None for feed in self._feeds.values())

    async def run(self) -> None:
        """Run all of them until cancelled."""
        if self._idle:
            self._sink([UserStreamChanged(view) for view in self._idle.values()])
        async with asyncio.TaskGroup() as tasks:
            for feed in self._feeds.values():
                tasks.create_task(feed.run())

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(feed.close() for feed in self._feeds.values()))

    def _shown(self, account: Account, state: UserStreamState, reason: str, hint: str) -> UserStreamView:
        return UserStreamView(
            owner=account.owner,
            method=account.method.value if isinstance(account, Credentials) else "",
            state=state,
            reason=reason,
            hint=hint,
            since=self._clock.monotonic(),
            opened_at=None,
            expires_at=None,
            renewal_at=None,
            event_at=None,
            event_kind="",
            proof_at=None,
            proof="",
            reconnects=0,
            renewals=[],
        )


def unable(account: Account, venue: Venue | None) -> tuple[UserStreamState, str, str] | None:
    """Why an account cannot run: state, reason, what to do. None: it can."""
    if isinstance(account, MissingKey):
        return UserStreamState.NO_KEY, account.reason, account.hint
    if venue is None or venue.user is None:
        return UserStreamState.REFUSED, f"This run has no {account.market} accounts.", "Check --env."
    if account.method not in venue.user.methods:
        known = " or ".join(venue.user.methods)
        return (
            UserStreamState.REFUSED,
            f"{venue.name} has no user streams by {account.method}.",
            f"Let this account use the method {known}.",
        )
    return None
