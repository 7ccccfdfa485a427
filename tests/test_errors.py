"""Errors carry facts, words for the user, and the exit code that the documentation promises."""

from __future__ import annotations

import inspect
import re

import pytest

from bntui import errors
from bntui.errors import (
    BntuiError,
    ConnectError,
    EngineRefused,
    HandshakeError,
    ProtocolError,
    RestError,
    StateFolderError,
    UsageError,
)

CLASSES = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if issubclass(value, BntuiError) and value.__module__ == errors.__name__
]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BntuiError("x"), 1),
        (RestError("x"), 1),
        (ProtocolError("x"), 1),
        (UsageError("x"), 3),
        (StateFolderError("x"), 3),
        (ConnectError("x"), 4),
        (HandshakeError(403, "x"), 4),
        (EngineRefused("x"), 4),
    ],
)
def test_exit_codes_are_the_documented_ones(error: BntuiError, code: int) -> None:
    assert error.exit_code == code


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"^\s+[│ ]*(?:[├└]── )?(\w+)  ", errors.__doc__ or "", flags=re.MULTILINE)
    assert sorted(drawn) == sorted(cls.__name__ for cls in CLASSES)


def test_what_happened_and_what_to_do_are_kept_apart_and_read_together() -> None:
    error = UsageError("No symbol is called BTCUSD.", "Did you mean BTCUSDT?")
    assert (error.message, error.hint) == ("No symbol is called BTCUSD.", "Did you mean BTCUSDT?")
    assert str(error) == "No symbol is called BTCUSD. Did you mean BTCUSDT?"
    assert str(UsageError("Wrong.")) == "Wrong."


def test_a_handshake_error_keeps_status_and_wait() -> None:
    error = HandshakeError(429, "Too many.", retry_after_s=12.5)
    assert (error.status, error.retry_after_s) == (429, 12.5)
    assert HandshakeError(403, "No.").retry_after_s is None


def test_a_rest_error_keeps_what_the_server_said() -> None:
    error = RestError("Banned.", status=418, code=-1003, retry_after_s=120)
    assert (error.status, error.code, error.retry_after_s) == (418, -1003, 120)
    silent = RestError("No answer.")
    assert (silent.status, silent.code, silent.retry_after_s) == (0, 0, None)
