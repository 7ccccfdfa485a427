"""How an account is reached: the ways its events are had, and the kinds of its keys."""

from __future__ import annotations

from enum import StrEnum


class UserMethod(StrEnum):
    """How the events of an account are had."""

    SIGNATURE = "signature"
    """Subscribed to on the WebSocket API, each time with a signature."""
    LOGON = "logon"
    """Subscribed to on the WebSocket API after logging on; for Ed25519 keys only."""
    LISTEN_KEY = "listen key"
    """Over a stream named after a key that is asked for by REST and kept alive."""


class KeyKind(StrEnum):
    """How an API key signs (faqs/api_key_types.md, read 2026-07-21)."""

    HMAC = "hmac"
    """By a shared secret; the exchange calls it deprecated."""
    RSA = "rsa"
    ED25519 = "ed25519"
    """What the exchange advises."""
