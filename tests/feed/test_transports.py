"""The fast sockets are used where they are there, and not missed where they are not."""

from __future__ import annotations

import asyncio
import sys

import aiofastnet
import pytest

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
from bntui.feed.transports import usual_transport
from bntui.venue.binance.limits import SPOT
from tests.support.recorder import Recorder


async def dialled(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the fast library was asked to connect."""
    asked = asyncio.Event()

    async def refuse(*_: object, **__: object) -> None:
        asked.set()
        raise ConnectionRefusedError

    monkeypatch.setattr(aiofastnet, "create_connection", refuse)
    # Nobody listens on the port of what was never a service.
    outcome = await usual_transport(SPOT, SystemClock()).open("ws://127.0.0.1:1/stream", Recorder())
    assert isinstance(outcome, Failure)
    assert outcome.text == "connection refused"
    return asked.is_set()


async def test_the_fast_sockets_are_taken_where_they_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await dialled(monkeypatch)


async def test_without_them_asyncio_makes_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = dialled(monkeypatch)
    monkeypatch.setitem(sys.modules, "aiofastnet", None)
    assert not await asked
