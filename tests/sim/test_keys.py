"""The keys that there are: the same from the same seed, each signing in its way."""

from __future__ import annotations

import pytest

from bntui.model.access import KeyKind
from bntui.secret import Secret
from bntui.sim.keys import ACCOUNTS, HERE, KEYS, ApiKey, Keyring
from bntui.venue.binance.signing import hmac_signer, pem_signer


def signature(key: ApiKey, text: str) -> str:
    """What the key's owner sends."""
    return (hmac_signer if key.kind is KeyKind.HMAC else pem_signer)(key.private)(text)


def test_the_same_seed_makes_the_same_keys() -> None:
    one, same, other = Keyring(1), Keyring(1), Keyring(2)
    texts = [[key.api_key for key in ring.all()] for ring in (one, same, other)]
    assert texts[0] == texts[1] != texts[2]
    assert one.named("hmac").private == same.named("hmac").private
    assert len(set(texts[0])) == len(KEYS)


@pytest.mark.parametrize("name", ["hmac", "rsa", "ed25519"])
def test_a_signature_is_of_one_key_and_one_text(name: str) -> None:
    key = Keyring(1).named(name)
    sent = signature(key, "a=1&b=€")
    assert key.signed("a=1&b=€", sent)
    assert not key.signed("a=2&b=€", sent)
    assert not key.signed("a=1&b=€", signature(Keyring(1).named("other"), "a=1&b=€"))
    for nonsense in ("", "é", "AAAA", sent[:-1]):
        assert not key.signed("a=1&b=€", nonsense)


def test_hex_may_be_in_capitals_and_base64_may_not() -> None:
    ring = Keyring(1)
    assert ring.named("hmac").signed("x", signature(ring.named("hmac"), "x").upper())
    assert not ring.named("ed25519").signed("x", signature(ring.named("ed25519"), "x").swapcase())


def test_keys_have_the_length_of_the_exchanges_and_belong_to_an_account() -> None:
    for key in Keyring(3).all():
        assert len(key.api_key) == 64
        assert key.api_key.isalnum()
        assert key.account in ACCOUNTS


def test_a_key_comes_from_where_it_may() -> None:
    ring = Keyring(1)
    assert all(ring.named("hmac").comes_from(address) for address in HERE)
    assert not ring.named("hmac").comes_from("192.0.2.1")
    assert not ring.named("elsewhere").comes_from(HERE[0])
    assert ring.named("trader").comes_from("192.0.2.1")


def test_keys_are_found_by_text_and_by_name() -> None:
    ring = Keyring(1)
    key = ring.named("rsa")
    assert ring.find(key.api_key) is key
    assert ring.find("x" * 64) is None
    with pytest.raises(ValueError, match="there is no key 'mine'; there are hmac, "):
        ring.named("mine")


def test_no_secret_shows() -> None:
    for key in Keyring(1).all():
        assert isinstance(key.private, Secret)
        assert key.api_key not in repr(key)
        assert key.private.reveal() not in repr(vars(key))
