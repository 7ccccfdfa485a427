"""The fast library is used where it is there, and not missed where it is not."""

from __future__ import annotations

import sys

import pytest

from bntui.clock import ManualClock
from bntui.feed.transport import WebsocketsTransport
from bntui.feed.transport_picows import PicowsTransport
from bntui.feed.transports import usual_transport
from bntui.venue.binance.limits import SPOT


def test_the_fast_library_is_taken_where_it_is_installed() -> None:
    assert isinstance(usual_transport(SPOT, ManualClock()), PicowsTransport)


def test_without_it_the_usual_one_makes_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bntui.feed.transport_picows")
    monkeypatch.setitem(sys.modules, "picows", None)
    assert isinstance(usual_transport(SPOT, ManualClock()), WebsocketsTransport)
