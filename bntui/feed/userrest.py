"""What REST does for a user stream: listen keys, the clock, and questions about the account."""

from __future__ import annotations

import logging

from bntui.errors import RestError
from bntui.feed.core.userfacts import ClockMeasured, KeyFailed, KeyGiven, KeyKept
from bntui.feed.credentials import Credentials
from bntui.feed.rest import RestClient
from bntui.secret import Secret
from bntui.venue.user import Ask, ListenKeys, Page, RefusalKind, Refused, UserVenue

log = logging.getLogger(__name__)

CLOCK_SAMPLES = 3
"""Samples of the clock before something is signed, of which the one with the shortest round trip counts."""


class UserRest:
    """Asks REST in the name of one account, and says in one way why it did not get an answer."""

    def __init__(self, rest: RestClient, user: UserVenue, credentials: Credentials) -> None:
        """`rest` is shared by everything that asks the market."""
        self._rest = rest
        self._user = user
        self._credentials = credentials
        self.listen_key: Secret | None = None
        """The one that was given last."""

    async def make_key(self, keys: ListenKeys) -> KeyGiven | KeyFailed:
        """Ask for a listen key."""
        try:
            body = await self._rest.fetch(keys.make, optional=False, credentials=self._credentials)
            given = keys.read(body)
        except (RestError, ValueError) as exc:
            return KeyFailed(self.refusal(exc), making=True)
        same = given == self.listen_key
        self.listen_key = given
        return KeyGiven(same)

    async def keep_key(self, keys: ListenKeys) -> KeyKept | KeyFailed:
        """Extend the listen key's life."""
        named = self.listen_key if keys.names_key else None
        try:
            await self._rest.fetch(keys.keep, optional=False, credentials=self._credentials, listen_key=named)
        except RestError as exc:
            return KeyFailed(self.refusal(exc), making=False)
        return KeyKept()

    async def measure_clock(self) -> ClockMeasured:
        """Measure the exchange's clock; known is it also where an earlier measure still holds."""
        try:
            for _ in range(CLOCK_SAMPLES):
                await self._rest.sample_clock()
        except RestError as exc:
            log.info("the exchange's clock could not be measured: %s", exc)
        return ClockMeasured(self._rest.clock_known)

    async def ask(self, ask: Ask) -> Page | Refused:
        """What REST says about the account. A time that it refuses is measured and signed anew, once."""
        answer = await self._ask(ask)
        if isinstance(answer, Refused) and answer.kind is RefusalKind.CLOCK:
            await self.measure_clock()
            answer = await self._ask(ask)
        return answer

    async def _ask(self, ask: Ask) -> Page | Refused:
        try:
            call = self._user.call(ask)
            body = await self._rest.fetch(call, optional=False, credentials=self._credentials)
            return self._user.read(ask, body, self._credentials.owner, self._rest.wall_ms())
        except (RestError, ValueError) as exc:
            return self.refusal(exc)

    def refusal(self, error: RestError | ValueError) -> Refused:
        """What follows from a failure."""
        if not isinstance(error, RestError):
            return Refused(RefusalKind.OTHER, f"the answer cannot be read: {error}")
        if error.status == 0:
            return Refused(RefusalKind.TROUBLE, error.message, error.hint, self._rest.blocked_s)
        wait_s = max(error.retry_after_s or 0.0, self._rest.blocked_s)
        return self._user.judge(error.status, error.code, error.said, wait_s)
