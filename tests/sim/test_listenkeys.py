"""Listen keys: one for each account, valid for so long."""

from __future__ import annotations

from random import Random

from bntui.sim.keys import Keyring
from bntui.sim.listenkeys import LENGTH, ListenKeys, could_be_one, masked

RING = Keyring(1)
MINE, SAME, OTHER = (RING.named(name) for name in ("hmac", "rsa", "other"))
HOUR = 3600.0


def keys() -> ListenKeys:
    return ListenKeys(Random(1))


def test_there_is_one_for_each_account_whoever_asks() -> None:
    made = keys()
    first = made.create(MINE, 0, HOUR).text
    assert len(first) == LENGTH
    assert first.isalnum()
    assert made.create(SAME, 10, HOUR).text == first
    assert made.create(OTHER, 10, HOUR).text != first
    assert len(made) == 2


def test_making_it_again_and_extending_it_let_it_last_an_hour_from_then() -> None:
    made = keys()
    text = made.create(MINE, 0, HOUR).text
    made.create(MINE, 1800, HOUR)
    assert made.find(text, 5399) is not None
    extended = made.extend(MINE, 5000, HOUR)
    assert extended is not None
    assert extended.expires_at == 8600
    assert made.find(text, 8600) is None


def test_what_has_expired_is_not_extended_and_a_new_one_is_another() -> None:
    made = keys()
    text = made.create(MINE, 0, HOUR).text
    assert made.extend(MINE, HOUR, HOUR) is None
    assert [key.text for key in made.expire(HOUR)] == [text]
    assert made.expire(HOUR) == []
    assert made.create(MINE, HOUR, HOUR).text != text


def test_only_the_accounts_own_text_is_extended() -> None:
    made = keys()
    text = made.create(MINE, 0, HOUR).text
    assert made.extend(MINE, 1, HOUR, text) is not None
    assert made.extend(MINE, 1, HOUR, "x" * LENGTH) is None
    assert made.extend(OTHER, 1, HOUR) is None


def test_one_that_is_closed_is_gone() -> None:
    made = keys()
    text = made.create(MINE, 0, HOUR).text
    closed = made.close(SAME)
    assert closed is not None
    assert closed.text == text
    assert made.close(MINE) is None
    assert made.find(text, 1) is None


def test_all_may_end_at_once() -> None:
    made = keys()
    texts = {made.create(owner, 0, HOUR).text for owner in (MINE, OTHER)}
    assert {key.text for key in made.end_all()} == texts
    assert len(made) == 0


def test_the_report_tells_of_accounts_and_never_a_key() -> None:
    made = keys()
    text = made.create(MINE, 0, HOUR).text
    assert made.report(600) == [{"account": "main", "valid_for_s": 3000.0}]
    assert text not in str(made.report(600))


def test_a_listen_key_is_known_by_its_form_and_not_shown() -> None:
    text = keys().create(MINE, 0, HOUR).text
    assert could_be_one(text)
    assert not could_be_one(text[:-1])
    assert not could_be_one("btcusdt@trade")
    assert (
        masked(f"/private/ws/{text}?listenKey={text}&events=A") == "/private/ws/****?listenKey=****&events=A"
    )
