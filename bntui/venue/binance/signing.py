"""Signatures of requests (web-socket-api.md and rest-api.md, «SIGNED», read 2026-07-21).

What is signed differs: the WS-API signs all parameters sorted by name, REST signs the query string as
it is sent. How it is signed depends on the kind of key only.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from bntui.errors import UsageError
from bntui.model.access import KeyKind
from bntui.secret import Secret
from bntui.venue.binance.account_limits import RECV_WINDOW_MS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

Signer = Callable[[str], str]
"""From the text to sign to the signature, in the encoding that the exchange expects."""


def ws_api_text(params: Mapping[str, str | int]) -> str:
    """What the WS-API wants signed: every parameter but the signature, sorted by name, unencoded."""
    return "&".join(f"{name}={params[name]}" for name in sorted(params) if name != "signature")


def signed_query(params: Iterable[tuple[str, str]], sign: Signer, server_ms: int) -> Secret:
    """The query of a signed REST request, as it must be sent, at this time of the exchange's clock.

    What is signed is the text as it is sent, so that it is encoded before (rule since 2026-01-15).
    """
    timing = (("recvWindow", str(RECV_WINDOW_MS)), ("timestamp", str(server_ms)))
    query = encoded((*params, *timing))
    return Secret(f"{query}&signature={quote(sign(query), safe='')}")


def encoded(params: Iterable[tuple[str, str]]) -> str:
    """Parameters as they stand in an address."""
    return urlencode(tuple(params), quote_via=quote, safe="")


def hmac_signer(secret: Secret) -> Signer:
    """Sign with the secret of an HMAC key: HMAC-SHA256 in hex.

    Raises UsageError for a secret that no key has.
    """
    if not secret or not secret.reveal().isascii():
        raise UsageError("The API secret is empty or no plain text.", "Check that it was copied whole.")

    def sign(text: str) -> str:
        return hmac.new(secret.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()

    return sign


def pem_signer(pem: Secret, password: Secret | None = None) -> Signer:
    """Sign with a private key in PEM, in base64: Ed25519, or RSA by PKCS#1 v1.5 with SHA-256.

    Raises UsageError when the text is no such key or the password does not fit.
    """
    return read_pem(pem, password)[1]


def read_pem(pem: Secret, password: Secret | None = None) -> tuple[KeyKind, Signer]:
    """Of which kind a private key in PEM is, and how it signs; refuses what `pem_signer` refuses."""
    # Only here: it takes 7 MB, which who has no such key need not pay.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.reveal().encode(), password.reveal().encode() if password else None)
    except TypeError:
        # The library's words for «encrypted, but no password was given» and for the reverse.
        raise UsageError(
            "The private key's password is missing, or there is one that it does not need.",
            "Check the password setting of the key.",
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(
            "The private key cannot be read, or its password is wrong.",
            "It must be an Ed25519 or RSA private key in PEM (BEGIN PRIVATE KEY).",
        ) from None
    if isinstance(key, Ed25519PrivateKey):
        return KeyKind.ED25519, _ed25519_signer(key)
    if isinstance(key, RSAPrivateKey):
        return KeyKind.RSA, _rsa_signer(key)
    raise UsageError(
        "The private key is neither Ed25519 nor RSA.", "Create an Ed25519 key: the exchange advises it."
    )


def _ed25519_signer(key: Ed25519PrivateKey) -> Signer:
    def sign(text: str) -> str:
        return b64encode(key.sign(text.encode())).decode()

    return sign


def _rsa_signer(key: RSAPrivateKey) -> Signer:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    padding, digest = PKCS1v15(), SHA256()

    def sign(text: str) -> str:
        return b64encode(key.sign(text.encode(), padding, digest)).decode()

    return sign
