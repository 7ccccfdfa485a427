"""A test run sees neither the developer's machine nor the network."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from pathlib import Path

import pytest
from textual import constants


def test_the_program_s_folders_are_new_and_empty(home: Path) -> None:
    assert Path.home() == home
    assert home.is_relative_to(tempfile.gettempdir())
    assert list(home.iterdir()) == []
    assert {name for name in os.environ if name.startswith("BNTUI_")} == {
        "BNTUI_STATE_DIR",
        "BNTUI_CONFIG_DIR",
    }


def test_nothing_of_the_terminal_or_the_locale_is_left() -> None:
    left = {name for name in os.environ if name.startswith(("TEXTUAL", "XDG_", "LC_", "LANG"))}
    assert left == {"LC_ALL", "TEXTUAL_SNAPSHOT_TEMPDIR"}, "the second is set by the snapshot plugin"
    assert "NO_COLOR" not in os.environ
    assert time.tzname == ("UTC", "UTC")


def test_textual_was_imported_after_its_environment_was_cleaned() -> None:
    assert (constants.COLOR_SYSTEM, constants.FILTERS, constants.DEFAULT_THEME) == (
        "auto",
        "",
        "textual-dark",
    )


@pytest.mark.parametrize("host", ["203.0.113.1", "0.0.0.0", "2001:db8::1"])
def test_no_connection_leaves_the_machine(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as reaching, pytest.raises(RuntimeError, match="a test reaches for"):
        reaching.connect((host, 443))


def test_no_port_is_opened_to_others() -> None:
    with socket.socket() as listening, pytest.raises(RuntimeError, match="a test reaches for"):
        listening.bind(("", 0))


def test_names_are_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match="a test asks for the address"):
        socket.getaddrinfo("stream.binance.com", 443)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nowhere.invalid", 443)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        socket.create_connection(listening.getsockname(), timeout=5).close()
