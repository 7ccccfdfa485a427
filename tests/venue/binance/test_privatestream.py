"""Listen keys: how they are asked for, and what they name."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bntui.secret import Secret
from bntui.venue.base import Access
from bntui.venue.binance.futures_userevents import EVENT_NAMES
from bntui.venue.binance.privatestream import (
    COINM_LISTEN_KEYS,
    US_LISTEN_KEYS,
    USDM_LISTEN_KEYS,
    read_listen_key,
)
from bntui.venue.user import ListenKeys

ALL = (USDM_LISTEN_KEYS, COINM_LISTEN_KEYS, US_LISTEN_KEYS)
KEY = Secret("pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1")


@pytest.mark.parametrize("keys", ALL)
def test_a_key_is_made_by_post_and_kept_by_put_with_the_api_key_alone(keys: ListenKeys) -> None:
    assert (keys.make.method, keys.keep.method) == ("POST", "PUT")
    assert {keys.make.access, keys.keep.access} == {Access.KEY}
    assert keys.make.path == keys.keep.path
    assert keys.make.params == keys.keep.params == ()
    assert keys.life_s == 60 * 60


@pytest.mark.parametrize("keys", ALL)
def test_nothing_deletes_a_key(keys: ListenKeys) -> None:
    calls = [getattr(keys, field.name) for field in fields(keys)]
    assert "DELETE" not in [getattr(call, "method", "") for call in calls]


@pytest.mark.parametrize(
    ("keys", "path", "weight", "names_key"),
    [
        (USDM_LISTEN_KEYS, "/fapi/v1/listenKey", 1, False),
        (COINM_LISTEN_KEYS, "/dapi/v1/listenKey", 1, False),
        (US_LISTEN_KEYS, "/api/v3/userDataStream", 2, True),
    ],
)
def test_each_market_has_its_own_call(keys: ListenKeys, path: str, weight: int, names_key: bool) -> None:
    assert (keys.make.path, keys.make.weight, keys.names_key) == (path, weight, names_key)


def test_usdm_names_every_event_on_its_private_path() -> None:
    path = USDM_LISTEN_KEYS.path(KEY).reveal()
    address, _, events = path.partition("&events=")
    assert address == f"/private/ws?listenKey={KEY.reveal()}"
    assert tuple(events.split("/")) == EVENT_NAMES


@pytest.mark.parametrize("keys", [COINM_LISTEN_KEYS, US_LISTEN_KEYS])
def test_hosts_that_do_not_part_their_streams_have_a_plain_one(keys: ListenKeys) -> None:
    assert keys.path(KEY).reveal() == f"/ws/{KEY.reveal()}"


def test_neither_key_nor_path_show_themselves() -> None:
    assert KEY.reveal() not in repr(USDM_LISTEN_KEYS.path(KEY))


def test_the_key_is_read_from_the_answer() -> None:
    assert read_listen_key(b'{"listenKey":"abcDEF123"}') == Secret("abcDEF123")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"listenKey":""}',
        b'{"listenKey":7}',
        b'{"listenKey":"a/../b?c"}',
        b'{"listenKey":"a b"}',
    ],
)
def test_what_could_steer_an_address_is_no_key(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which words it has depends on the body
        read_listen_key(body)
