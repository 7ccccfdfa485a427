"""The embedded exchange is a process: it says where it is, and ends when it is told to."""

from __future__ import annotations

import signal
import socket
from asyncio.subprocess import PIPE

import httpx
import orjson
import pytest

from tests.support.programs import ended, program

ENDS_WITHIN_S = 20.0
"""What is told to end does so within a second; a busy machine gets some more."""


async def test_an_exchange_says_where_it_is_in_one_line_and_ends_on_a_signal() -> None:
    async with program("sim", "--symbols", "3") as process:
        assert process.stdout is not None
        urls = orjson.loads(await process.stdout.readline())["spot"]
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{urls['rest']}/api/v3/ping")).status_code == 200
            assert (await client.get(f"{urls['rest']}/_sim/report")).json()["attempts"] == 0
        assert urls["streams"].startswith("ws://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert await ended(process, ENDS_WITHIN_S) == (0, "", "")


async def test_a_tied_exchange_ends_when_its_starter_lets_go() -> None:
    async with program("sim", "--symbols", "3", "--tied", stdin=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        await process.stdout.readline()
        process.stdin.write(b"anything that is said to it is not listened to\n")
        await process.stdin.drain()
        process.stdin.close()
        assert await ended(process, ENDS_WITHIN_S) == (0, "", "")


async def test_an_exchange_without_a_starter_stays_when_stdin_is_closed() -> None:
    async with program("sim", "--symbols", "3") as process:
        assert process.stdout is not None
        urls = orjson.loads(await process.stdout.readline())["spot"]
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{urls['rest']}/api/v3/ping")).status_code == 200
        assert process.returncode is None


async def test_a_port_that_is_taken_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with program("sim", "--symbols", "3", "--port", str(port)) as process:
            refused = await ended(process)
    assert (refused.code, refused.out) == (4, "")
    assert refused.err == f"bntui: Port {port} is taken.\n  Name another with --port.\n"


async def test_switches_are_set_by_name_and_shown() -> None:
    words = ("sim", "--symbols", "3", "--switch", "patience=3", "--switch", "nested_errors=off")
    async with program(*words) as process:
        assert process.stdout is not None
        urls = orjson.loads(await process.stdout.readline())["spot"]
        async with httpx.AsyncClient(trust_env=False) as client:
            shown = (await client.get(f"{urls['rest']}/_sim/report")).json()["switches"]
    assert (shown["patience"], shown["nested_errors"], shown["compression"]) == (3, False, True)


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("nosuch=1", "--switch: there is no switch 'nosuch'; there are nested_errors, "),
        ("patience=x", "--switch: 'x' is no number for patience."),
    ],
)
async def test_a_switch_that_is_none_is_refused_in_words(word: str, complaint: str) -> None:
    async with program("sim", "--switch", word) as process:
        refused = await ended(process)
    assert (refused.code, refused.out) == (3, "")
    assert complaint in refused.err
