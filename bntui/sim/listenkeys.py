"""Listen keys: one for each account, valid for an hour from its making or its last extension."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from string import ascii_letters, digits

from bntui.sim.keys import ApiKey

_LETTERS = ascii_letters + digits
LENGTH = 64
"""Characters of one."""
_FORM = re.compile(f"[A-Za-z0-9]{{{LENGTH}}}")


def could_be_one(text: str) -> bool:
    """Whether a text has the form of a listen key, be there such a key or not."""
    return bool(_FORM.fullmatch(text))


def masked(path: str) -> str:
    """A path that may be shown: without the listen keys in it."""
    return _FORM.sub("****", path)


@dataclass(slots=True)
class ListenKey:
    """One that is valid."""

    text: str
    owner: ApiKey
    """By whose request it was made or extended last."""
    expires_at: float


class ListenKeys:
    """Those of one host (User Data Streams of the futures, read 2026-05-28). Moves only when asked."""

    def __init__(self, rng: Random) -> None:
        """None yet."""
        self._rng = rng
        self._by_account: dict[str, ListenKey] = {}

    def __len__(self) -> int:
        """How many are valid, as of the last `expire`."""
        return len(self._by_account)

    def create(self, owner: ApiKey, now: float, life_s: float) -> ListenKey:
        """The account's key: a new one, or the one that there is, extended."""
        found = self.extend(owner, now, life_s)
        if found is None:
            text = "".join(self._rng.choice(_LETTERS) for _ in range(LENGTH))
            found = self._by_account[owner.account] = ListenKey(text, owner, now + life_s)
        return found

    def extend(self, owner: ApiKey, now: float, life_s: float, text: str = "") -> ListenKey | None:
        """Let the account's key be valid for longer; None where there is none, or `text` is another."""
        found = self._by_account.get(owner.account)
        if found is None or found.expires_at <= now or (text and text != found.text):
            return None
        found.owner, found.expires_at = owner, now + life_s
        return found

    def close(self, owner: ApiKey) -> ListenKey | None:
        """End the account's key; None where there is none."""
        return self._by_account.pop(owner.account, None)

    def find(self, text: str, now: float) -> ListenKey | None:
        """A key that is valid."""
        for key in self._by_account.values():
            if key.text == text and key.expires_at > now:
                return key
        return None

    def expire(self, now: float) -> list[ListenKey]:
        """Take out those whose time is over."""
        over = [key for key in self._by_account.values() if key.expires_at <= now]
        for key in over:
            del self._by_account[key.owner.account]
        return over

    def end_all(self) -> list[ListenKey]:
        """Take out every one, before its time."""
        over = list(self._by_account.values())
        self._by_account.clear()
        return over

    def report(self, now: float) -> list[dict[str, object]]:
        """Account and seconds left of each, without the key itself."""
        return [
            {"account": key.owner.account, "valid_for_s": round(key.expires_at - now, 3)}
            for key in self._by_account.values()
        ]
