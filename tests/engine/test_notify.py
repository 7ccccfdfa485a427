"""What systemd is told, and when a hung engine stops telling it."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bntui.engine import notify
from bntui.engine.notify import BEATS_PER_WATCHDOG, Supervisor


class Listener:
    """Stands where systemd listens."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        """What came since the last call."""
        out: list[str] = []
        with suppress(BlockingIOError):
            while True:
                out.append(self.socket.recv(4096).decode())
        return out


@pytest.fixture
def address() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bn-") as folder:
        yield str(Path(folder) / "notify")


@pytest.fixture
def systemd(address: str) -> Iterator[Listener]:
    listener = Listener(address)
    yield listener
    listener.socket.close()


def test_the_life_of_a_service_is_told(systemd: Listener, address: str) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": address}, 1)
    supervisor.ready()
    supervisor.status("LIVE 9/9 streams")
    supervisor.status("LIVE 9/9 streams")
    supervisor.status("BLIND\non\x1b[2J it")
    supervisor.alive()
    supervisor.stopping()
    assert systemd.heard() == [
        "READY=1",
        "STATUS=LIVE 9/9 streams",
        "STATUS=BLIND on [2J it",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_an_abstract_address_is_understood() -> None:
    name = f"bntui-test-{id(object())}"
    listener = Listener(f"\0{name}")
    Supervisor({"NOTIFY_SOCKET": f"@{name}"}, 1).ready()
    assert listener.heard() == ["READY=1"]
    listener.socket.close()


@pytest.mark.parametrize(
    ("environ", "every_s"),
    [
        ({"WATCHDOG_USEC": "3000000"}, 3 / BEATS_PER_WATCHDOG),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, 3 / BEATS_PER_WATCHDOG),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_signs_of_life_are_sent_when_they_are_asked_of_this_process(
    environ: dict[str, str], every_s: float | None
) -> None:
    assert Supervisor({"NOTIFY_SOCKET": "/x", **environ}, 7).beat_every_s == every_s
    assert Supervisor(environ, 7).beat_every_s is None


async def test_status_and_life_are_told_while_all_is_well(
    systemd: Listener, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "LOOK_EVERY_S", 0.0)
    supervisor = Supervisor({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000"}, 1)
    well = True
    said = "LIVE 3/3 streams"
    task = asyncio.create_task(supervisor.keep_told(lambda: said, lambda: well))
    for _ in range(5):
        await asyncio.sleep(0)
    heard = systemd.heard()
    assert heard[:2] == ["STATUS=LIVE 3/3 streams", "WATCHDOG=1"]
    assert set(heard[2:]) == {"WATCHDOG=1"}
    well, said = False, "BLIND"
    for _ in range(5):
        await asyncio.sleep(0)
    assert systemd.heard() == ["STATUS=BLIND"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_where_nobody_asked_nothing_is_sent_and_nobody_who_is_gone_stops_us(address: str) -> None:
    nobody = Supervisor({}, 1)
    nobody.ready()
    assert not nobody.listens
    await nobody.keep_told(lambda: "x", lambda: True)
    gone = Supervisor({"NOTIFY_SOCKET": address}, 1)
    gone.ready()
    gone.alive()


async def test_that_the_start_is_over_is_said_until_somebody_takes_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "LOOK_EVERY_S", 0.0)
    supervisor = Supervisor({"NOTIFY_SOCKET": address}, 1)
    supervisor.ready()
    supervisor.status("LIVE 3/3")
    listener = Listener(address)
    task = asyncio.create_task(supervisor.keep_told(lambda: "LIVE 3/3", lambda: True))
    for _ in range(5):
        await asyncio.sleep(0)
    assert listener.heard() == ["READY=1", "STATUS=LIVE 3/3"], "each once, and nothing that nobody heard"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    listener.socket.close()
