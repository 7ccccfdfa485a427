"""How a user stream stands: its state, the proof behind it, and the history of both."""

from __future__ import annotations

from collections import deque
from math import inf

from bntui.model.access import UserMethod
from bntui.model.account import RENEWALS_KEPT, AccountKey, Renewal, UserStreamView
from bntui.model.states import UserStreamState


class UserStanding:
    """What is known of a user stream, and nothing that decides. The oldest lines of its history go."""

    def __init__(self, method: UserMethod) -> None:
        """Nothing is known yet."""
        self.method = method
        self.state = UserStreamState.STARTING
        self.reason = ""
        self.hint = ""
        self.since = 0.0
        self.event_at: float | None = None
        self.proof_at: float | None = None
        self.carried = 0
        """Connections that carried the stream so far."""
        self._event_kind = ""
        self._proof = ""
        self._history: deque[tuple[float, str, str]] = deque(maxlen=RENEWALS_KEPT)
        self._changed = False

    @property
    def refused(self) -> bool:
        """Whether the exchange does not take the key."""
        return self.state is UserStreamState.REFUSED

    def told(self, name: str, now: float) -> None:
        """An event came."""
        self.event_at, self._event_kind = now, name

    def proven(self, proof: str, now: float) -> None:
        """It is known that events would come."""
        self.proof_at, self._proof = now, proof
        if self.state not in (UserStreamState.LIVE, UserStreamState.REFUSED):
            self.move(UserStreamState.LIVE, "", "", now)

    def note(self, what: str, failure: str, now: float) -> None:
        """Something is worth a line of the history."""
        self._history.append((now, what, failure))
        self._changed = True

    def move(self, state: UserStreamState, reason: str, hint: str, now: float) -> None:
        """It stands otherwise now, or for another reason."""
        if state is not self.state:
            self.since = now
        self._changed |= (state, reason, hint) != (self.state, self.reason, self.hint)
        self.state, self.reason, self.hint = state, reason, hint

    def take_changed(self) -> bool:
        """Whether anything but the last event and proof changed since this was asked last."""
        changed, self._changed = self._changed, False
        return changed

    def view(
        self,
        owner: AccountKey,
        host: str,
        times: tuple[float, float, float],
        now: float,
        wall_ms: int,
    ) -> UserStreamView:
        """All of it, for people. `times`: opened, expires, renewed, infinite where there is none; `wall_ms`
        is what a clock on the wall shows at `now`."""
        opened_at, expires_at, renewal_at = (None if at == inf else at for at in times)
        return UserStreamView(
            owner=owner,
            method=self.method.value,
            state=self.state,
            reason=self.reason,
            hint=self.hint,
            since=self.since,
            opened_at=opened_at,
            expires_at=expires_at,
            renewal_at=renewal_at,
            event_at=self.event_at,
            event_kind=self._event_kind,
            proof_at=self.proof_at,
            proof=self._proof,
            reconnects=max(0, self.carried - 1),
            renewals=[
                Renewal(wall_ms - round((now - at) * 1000), what, failure)
                for at, what, failure in self._history
            ],
            host=host,
        )

    def __repr__(self) -> str:
        return f"<UserStanding by {self.method}: {self.state.upper()}>"
