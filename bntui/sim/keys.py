"""The API keys that the embedded exchange knows: each is another case that a program must get right.

They come out of the seed, so that a key file written for one run opens the next one too.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from string import ascii_letters, digits

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bntui.model.access import KeyKind
from bntui.secret import Secret
from bntui.sim.accounts import KeyPermissions
from bntui.sim.rsakeys import rsa_key

MAIN, OTHER = "main", "other"
"""The accounts that there are on every market."""
ACCOUNTS = (MAIN, OTHER)
_LETTERS = ascii_letters + digits
_LENGTH = 64
HERE = ("127.0.0.1", "::1")
"""This machine: where every client of the embedded exchange comes from."""
_ELSEWHERE = ("203.0.113.7",)
"""An address of nobody (RFC 5737)."""


class ApiKey:
    """One key: what it may do, and how its signatures are checked."""

    def __init__(
        self,
        name: str,
        account: str,
        kind: KeyKind,
        permissions: KeyPermissions,
        addresses: tuple[str, ...],
        rng: Random,
    ) -> None:
        """The next key of a seed; `addresses`: where it may come from, if it is restricted."""
        self.name = name
        self.account = account
        self.kind = kind
        self.permissions = permissions
        self._addresses = addresses
        self.api_key = _token(rng)
        self._seed = rng.getrandbits(_LENGTH)

    def __repr__(self) -> str:
        return f"<ApiKey {self.name}, {self.kind} of {self.account}>"

    def comes_from(self, address: str) -> bool:
        """Whether it may be used from an address."""
        return not self.permissions.ip_restrict or address in self._addresses

    @cached_property
    def private(self) -> Secret:
        """What its owner signs with: the secret, or the private key in PEM."""
        if self.kind is KeyKind.HMAC:
            return Secret(_token(Random(self._seed)))
        pem = self._private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Secret(pem.decode())

    @cached_property
    def _private_key(self) -> RSAPrivateKey | Ed25519PrivateKey:
        rng = Random(self._seed)
        if self.kind is KeyKind.RSA:
            return rsa_key(rng)
        return Ed25519PrivateKey.from_private_bytes(rng.randbytes(_ED25519_BYTES))

    def signed(self, text: str, signature: str) -> bool:
        """Whether a signature is this key's, of this text."""
        if self.kind is KeyKind.HMAC:
            digest = hmac.new(self.private.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()
            return hmac.compare_digest(digest.encode(), signature.lower().encode(errors="replace"))
        key = self._private_key
        try:
            given = b64decode(signature, validate=True)
            if isinstance(key, RSAPrivateKey):
                key.public_key().verify(given, text.encode(), PKCS1v15(), SHA256())
            else:
                key.public_key().verify(given, text.encode())
        except (InvalidSignature, BadBase64, ValueError):
            return False
        return True


_ED25519_BYTES = 32


_SAFE = KeyPermissions(ip_restrict=True)
"""Reads, and nothing else, from where it is to be."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One key of the table."""

    name: str
    kind: KeyKind
    does: str
    account: str = MAIN
    permissions: KeyPermissions = _SAFE
    addresses: tuple[str, ...] = HERE


_ROWS = (
    _Row("hmac", KeyKind.HMAC, "reads, from this machine only"),
    _Row("rsa", KeyKind.RSA, "reads, from this machine only"),
    _Row("ed25519", KeyKind.ED25519, "reads, from this machine only"),
    _Row("other", KeyKind.ED25519, "reads another account, from this machine only", account=OTHER),
    _Row(
        "trader",
        KeyKind.HMAC,
        "may trade and withdraw, from anywhere: more than a screen should have",
        permissions=KeyPermissions(spot_trade=True, futures=True, withdraw=True),
    ),
    _Row("elsewhere", KeyKind.HMAC, "reads, but not from this machine", addresses=_ELSEWHERE),
    _Row(
        "nothing",
        KeyKind.HMAC,
        "is known, and may not even read",
        permissions=KeyPermissions(read=False, ip_restrict=True),
    ),
)

KEYS: Mapping[str, str] = {row.name: row.does for row in _ROWS}
"""What each key is like, by its name."""


class Keyring:
    """Every key that there is, the same from the same seed."""

    def __init__(self, seed: int) -> None:
        """Make them; what is costly is made when it is first needed."""
        rng = Random(f"keys {seed}")
        self._keys = {
            row.name: ApiKey(row.name, row.account, row.kind, row.permissions, row.addresses, rng)
            for row in _ROWS
        }
        self._by_text = {key.api_key: key for key in self._keys.values()}

    def __repr__(self) -> str:
        return f"<Keyring of {', '.join(self._keys)}>"

    def all(self) -> Sequence[ApiKey]:
        """Every key."""
        return list(self._keys.values())

    def named(self, name: str) -> ApiKey:
        """The key of a name. Raises ValueError, in words, where there is none."""
        key = self._keys.get(name)
        if key is None:
            raise ValueError(f"there is no key {name!r}; there are {', '.join(self._keys)}")
        return key

    def find(self, api_key: str) -> ApiKey | None:
        """Whose key this is."""
        return self._by_text.get(api_key)


def _token(rng: Random) -> str:
    return "".join(rng.choice(_LETTERS) for _ in range(_LENGTH))
