"""Signatures, against the exchange's own example and against the keys' other halves."""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from bntui.errors import UsageError
from bntui.secret import Secret
from bntui.venue.binance.signing import hmac_signer, pem_signer, signed_query, ws_api_text

# The example of web-socket-api.md, «Signature example (HMAC)».
_SECRET = Secret("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j")
_PARAMS: dict[str, str | int] = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01000000",
    "price": "52000.00",
    "recvWindow": 100,
    "timestamp": 1645423376532,
    "apiKey": "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
}
_TEXT = (
    "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=52000.00"
    "&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC"
    "&timestamp=1645423376532&type=LIMIT"
)


def _pem(
    key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    encryption: KeySerializationEncryption | None = None,
) -> Secret:
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode())


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_parameters_are_signed_sorted_and_unencoded() -> None:
    assert ws_api_text(_PARAMS) == _TEXT
    assert ws_api_text({"b": "币安 人生", "a": 1}) == "a=1&b=币安 人生"


def test_the_signature_itself_is_not_signed() -> None:
    assert ws_api_text({**_PARAMS, "signature": "x"}) == _TEXT


def test_an_hmac_signature_is_the_one_of_the_documents() -> None:
    assert hmac_signer(_SECRET)(_TEXT) == "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"


@pytest.mark.parametrize("secret", ["", "gehei\u00dfnis", "\udc80"])
def test_a_secret_that_no_key_has_is_refused_in_words_that_do_not_hold_it(secret: str) -> None:
    with pytest.raises(UsageError, match="empty or no plain text") as caught:
        hmac_signer(Secret(secret))
    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize("text", [_TEXT, "", "symbol=币安人生USDT"])
def test_an_ed25519_signature_is_taken_by_the_public_key(text: str) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    signature = b64decode(pem_signer(_pem(key))(text), validate=True)
    key.public_key().verify(signature, text.encode())
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature, text.encode() + b"x")


def test_an_rsa_signature_is_pkcs1_with_sha256(rsa_key: rsa.RSAPrivateKey) -> None:
    signature = b64decode(pem_signer(_pem(rsa_key))(_TEXT), validate=True)
    rsa_key.public_key().verify(signature, _TEXT.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_an_encrypted_key_opens_with_its_password_only() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    pem = _pem(key, BestAvailableEncryption(b"open sesame"))
    assert pem_signer(pem, Secret("open sesame"))("x") == pem_signer(_pem(key))("x")
    with pytest.raises(UsageError, match="password is wrong"):
        pem_signer(pem, Secret("wrong"))
    with pytest.raises(UsageError, match="password is missing"):
        pem_signer(pem)


@pytest.mark.parametrize(
    "junk", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_what_is_no_key_is_refused_in_words_that_do_not_hold_it(junk: str) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        pem_signer(Secret(junk))
    assert not junk or junk not in str(caught.value)


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="neither Ed25519 nor RSA"):
        pem_signer(_pem(ec.generate_private_key(ec.SECP256R1())))


# Signed queries


def test_a_signed_query_signs_itself_as_it_is_sent() -> None:
    sign = hmac_signer(Secret("private-part"))
    query = signed_query((("symbol", "币安人生USDT"), ("limit", "5")), sign, 1_700_000_000_123).reveal()
    text, _, signature = query.rpartition("&signature=")
    assert text.isascii()
    assert text.endswith("&limit=5&recvWindow=5000&timestamp=1700000000123")
    assert signature == sign(text)


def test_a_signature_in_base64_is_encoded_for_the_address() -> None:
    query = signed_query((), lambda text: "a+b/c==", 1).reveal()
    assert query.endswith("&signature=a%2Bb%2Fc%3D%3D")


def test_a_signed_query_does_not_show_itself() -> None:
    assert "timestamp" not in repr(signed_query((), hmac_signer(Secret("private-part")), 1))
