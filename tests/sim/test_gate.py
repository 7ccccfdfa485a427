"""Who may ask: the exchange's rules for keys, times and signatures, each with its code."""

from __future__ import annotations

import pytest

from bntui.sim.faultwords import BadFault
from bntui.sim.gate import Gate, bad_signature, rejected_key
from bntui.sim.keys import HERE, Keyring
from bntui.sim.parameters import Refused
from bntui.sim.troubles import Troubles
from tests.sim.test_faults import Place
from tests.sim.test_keys import signature

NOW = 1_780_000_000_000
RING = Keyring(1)
TEXT = "the text"
ADDRESS = HERE[0]


def gate(**fault: object) -> tuple[Gate, Troubles]:
    """A gate, with a fault or without."""
    troubles = Troubles(Place())
    if fault:
        troubles.begin(fault, 0.0, 0)
    return Gate(RING, lambda: NOW, troubles), troubles


def code(name: str = "hmac", text: str = TEXT, address: str = ADDRESS, **given: str) -> int:
    """With what code a request is refused; 0: it passes."""
    key = RING.named(name)
    params = {"timestamp": str(NOW), "signature": signature(key, TEXT)} | given
    try:
        gate()[0].signed(key.api_key, address, params, text)
    except Refused as refused:
        return refused.code
    return 0


@pytest.mark.parametrize("name", ["hmac", "rsa", "ed25519", "other", "trader"])
def test_a_good_key_with_its_signature_passes(name: str) -> None:
    assert code(name) == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"signature": ""}, -1102),
        ({"signature": "0" * 64}, -1022),
        ({"timestamp": ""}, -1102),
        ({"timestamp": "soon"}, -1100),
        ({"recvWindow": "x"}, -1100),
        ({"recvWindow": "60001"}, -1131),
        ({"recvWindow": "60000"}, 0),
        ({"recvWindow": "5000.125"}, 0),
        ({"recvWindow": "5000.1255"}, -1100),
    ],
)
def test_what_is_missing_or_wrong_is_refused(given: dict[str, str], expected: int) -> None:
    assert code(**given) == expected


@pytest.mark.parametrize(
    ("ahead_ms", "window", "expected"),
    [
        (999, "5000", 0),
        (1000, "5000", -1021),
        (-5000, "5000", 0),
        (-5001, "5000", -1021),
        (-101, "100", -1021),
        (-60_000, "60000", 0),
    ],
)
def test_a_request_is_neither_too_old_nor_of_the_future(ahead_ms: int, window: str, expected: int) -> None:
    assert code(timestamp=str(NOW + ahead_ms), recvWindow=window) == expected


def test_the_two_ways_of_a_wrong_time_are_told_apart() -> None:
    key, told = RING.named("hmac"), []
    for stamp in (NOW + 1000, NOW - 6000):
        with pytest.raises(Refused) as refused:
            gate()[0].signed(key.api_key, ADDRESS, {"timestamp": str(stamp), "signature": "x"}, TEXT)
        told.append(refused.value.message)
    assert told == [
        "Timestamp for this request was 1000ms ahead of the server's time.",
        "Timestamp for this request is outside of the recvWindow.",
    ]


def test_times_may_be_in_microseconds() -> None:
    assert code(timestamp=str(NOW * 1000 + 500)) == 0
    assert code(timestamp=str((NOW - 6000) * 1000)) == -1021


def test_whoever_is_logged_on_still_says_what_time_it_is() -> None:
    gate()[0].check_time({"timestamp": str(NOW)})
    with pytest.raises(Refused, match="timestamp"):
        gate()[0].check_time({})


def test_another_text_is_not_signed_by_it() -> None:
    assert code(text="another") == -1022


@pytest.mark.parametrize(("text", "expected"), [("short", -2014), ("x" * 64, -2015), ("é" * 64, -2014)])
def test_what_is_no_key_is_refused(text: str, expected: int) -> None:
    with pytest.raises(Refused) as refused:
        gate()[0].key(text, ADDRESS)
    assert (refused.value.code, refused.value.status) == (expected, 401)


def test_permission_and_address_are_refused_in_the_same_words() -> None:
    assert code("nothing") == code("elsewhere") == code(address="192.0.2.9") == rejected_key().code
    assert code("elsewhere", address="203.0.113.7") == 0


def test_only_ed25519_logs_on() -> None:
    for name, expected in (("hmac", -2028), ("rsa", -2028), ("ed25519", 0)):
        key = RING.named(name)
        params = {"timestamp": str(NOW), "signature": signature(key, TEXT)}
        try:
            assert gate()[0].session(key.api_key, ADDRESS, params, TEXT) is key
            found = 0
        except Refused as refused:
            found = refused.code
        assert found == expected


def test_a_revoked_key_is_refused_until_it_is_restored_and_others_are_not() -> None:
    door, troubles = gate(fault="revoke_key", key="hmac")
    with pytest.raises(Refused, match="Invalid API-key"):
        door.key(RING.named("hmac").api_key, ADDRESS)
    assert door.key(RING.named("rsa").api_key, ADDRESS).name == "rsa"
    troubles.end()
    assert not door.revoked(RING.named("hmac"))


def test_a_right_signature_may_be_refused_so_many_times() -> None:
    door, _ = gate(fault="refuse_signature", count=2)
    key = RING.named("hmac")
    params = {"timestamp": str(NOW), "signature": signature(key, TEXT)}
    for _ in range(2):
        with pytest.raises(Refused, match=bad_signature().message):
            door.signed(key.api_key, ADDRESS, params, TEXT)
    assert door.signed(key.api_key, ADDRESS, params, TEXT) is key


def test_an_address_may_be_refused() -> None:
    door, _ = gate(fault="refuse_address", key="rsa", count=1)
    door.key(RING.named("hmac").api_key, ADDRESS)
    with pytest.raises(Refused, match="IP"):
        door.key(RING.named("rsa").api_key, ADDRESS)
    door.key(RING.named("rsa").api_key, ADDRESS)


def test_faults_name_keys_that_there_are() -> None:
    with pytest.raises(BadFault, match="key must be one of hmac, rsa"):
        gate(fault="revoke_key", key="mine")
