"""Who may ask: keys, permissions, times and signatures, checked as the exchange checks them.

Texts and codes are those of errors.md; the rule of times is that of rest-api.md and web-socket-api.md,
Timing security.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bntui.model.access import KeyKind
from bntui.sim.faults import Fault
from bntui.sim.keys import ApiKey, Keyring
from bntui.sim.parameters import Refused, illegal, missing
from bntui.sim.payloads import is_micro
from bntui.sim.troubles import Troubles
from bntui.venue.binance.account_limits import AHEAD_MS, LONGEST_RECV_WINDOW_MS, RECV_WINDOW_MS

_FORM = re.compile(r"[A-Za-z0-9]{64}")
_WHOLE = re.compile(r"[0-9]{1,20}")
_WINDOW = re.compile(r"[0-9]{1,10}(\.[0-9]{1,3})?")
UNAUTHORIZED = 401
"""The status for keys that are none, over REST and over the WebSocket API."""
OF_REQUEST = frozenset({"apiKey", "timestamp", "recvWindow", "signature"})
"""Parameters of every signed request, which say nothing of what is asked."""


def rejected_key() -> Refused:
    """A key that is not known, may not come from here, or may not do this."""
    return Refused(-2015, "Invalid API-key, IP, or permissions for action.", UNAUTHORIZED)


def bad_signature() -> Refused:
    """A signature of another key, or of another text."""
    return Refused(-1022, "Signature for this request is not valid.")


class Gate:
    """Lets requests of one host pass, or refuses them in the exchange's words."""

    def __init__(self, keyring: Keyring, now_ms: Callable[[], int], troubles: Troubles) -> None:
        """`now_ms`: the exchange's time."""
        self._keyring = keyring
        self._now_ms = now_ms
        self._troubles = troubles

    def key(self, api_key: str, address: str) -> ApiKey:
        """The key of a request that comes from an address. Raises Refused."""
        if not _FORM.fullmatch(api_key):
            raise Refused(-2014, "API-key format invalid.", UNAUTHORIZED)
        key = self._keyring.find(api_key)
        if key is None or self.revoked(key) or not key.permissions.read or not key.comes_from(address):
            raise rejected_key()
        if self._troubles.hit(Fault.REFUSE_ADDRESS, key=key.name) is not None:
            raise rejected_key()
        return key

    def revoked(self, key: ApiKey) -> bool:
        """Whether its owner has taken a key out of service."""
        return self._troubles.on(Fault.REVOKE_KEY, key=key.name)

    def signed(self, api_key: str, address: str, params: Mapping[str, str], text: str) -> ApiKey:
        """The key of a request that must be signed; `text`: what was to be signed. Raises Refused."""
        if not _FORM.fullmatch(api_key):
            raise Refused(-2014, "API-key format invalid.", UNAUTHORIZED)
        self.check_time(params)
        if not params.get("signature"):
            raise missing("signature")
        key = self.key(api_key, address)
        if self._troubles.hit(Fault.REFUSE_SIGNATURE, key=key.name) is not None:
            raise bad_signature()
        if not key.signed(text, params["signature"]):
            raise bad_signature()
        return key

    def session(self, api_key: str, address: str, params: Mapping[str, str], text: str) -> ApiKey:
        """The key of a logon, which takes Ed25519 only. Raises Refused."""
        key = self._keyring.find(api_key)
        if key is not None and key.kind is not KeyKind.ED25519:
            kind = "HMAC-SHA-256" if key.kind is KeyKind.HMAC else "RSA"
            raise Refused(-2028, f"{kind} API key is not supported.")
        return self.signed(api_key, address, params, text)

    def check_time(self, params: Mapping[str, str]) -> None:
        """Refuse a request that says no time, or another than now. Raises Refused."""
        stamp = params.get("timestamp", "")
        if not stamp:
            raise missing("timestamp")
        if not _WHOLE.fullmatch(stamp):
            raise illegal("timestamp", "^[0-9]{1,20}$")
        window = params.get("recvWindow", str(RECV_WINDOW_MS))
        if not _WINDOW.fullmatch(window):
            raise illegal("recvWindow", "^[0-9]{1,10}(\\.[0-9]{1,3})?$")
        window_ms = float(window)
        if window_ms > LONGEST_RECV_WINDOW_MS:
            raise Refused(-1131, f"recvWindow must be less than {LONGEST_RECV_WINDOW_MS}.")
        # Where it asks for microseconds the exchange takes them here too (rest-api.md, Timing security).
        now_ms, sent = self._now_ms(), int(stamp)
        sent_ms = sent / 1000 if is_micro(sent) else sent
        if sent_ms >= now_ms + AHEAD_MS:
            raise Refused(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
        if now_ms - sent_ms > window_ms:
            raise Refused(-1021, "Timestamp for this request is outside of the recvWindow.")
