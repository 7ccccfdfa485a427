"""A secret is shown to nobody who does not ask for it by name."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.secret import Secret

TEXT = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"


@dataclass(frozen=True)
class Account:
    """Holds a secret, as settings do."""

    name: str
    key: Secret


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        "{!r}".format,
        "{:>12}".format,
        "%s".__mod__,
        lambda secret: repr(Account("main", secret)),
        lambda secret: repr([secret]),
        lambda secret: repr({"key": secret}),
        lambda secret: f"{secret}",
    ],
)
def test_no_way_of_printing_shows_it(show: object) -> None:
    assert callable(show)
    shown = show(Secret(TEXT))
    assert TEXT not in shown
    assert "****" in shown


def test_only_reveal_hands_it_out() -> None:
    assert Secret(TEXT).reveal() == TEXT


def test_a_traceback_with_locals_does_not_show_it() -> None:
    def fail(key: Secret) -> None:
        account = Account("main", key)
        raise ValueError(f"refused for {account.name}")

    with pytest.raises(ValueError, match="refused") as caught:
        fail(Secret(TEXT))
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "Secret(****)" in told
    assert TEXT not in told


def test_its_attributes_do_not_hold_it() -> None:
    secret = Secret(TEXT)
    assert not hasattr(secret, "__dict__")
    assert all(TEXT not in repr(getattr(secret, name)) for name in secret.__slots__)


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_it_is_neither_pickled_nor_copied_nor_serialised(leak: object) -> None:
    assert callable(leak)
    with pytest.raises(TypeError):
        leak(Secret(TEXT))


@given(st.text(), st.text())
def test_secrets_compare_by_what_they_hold(a: str, b: str) -> None:
    assert (Secret(a) == Secret(b)) == (a == b)
    assert Secret(a) != a
    if a == b:
        assert hash(Secret(a)) == hash(Secret(b))


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret(TEXT)
