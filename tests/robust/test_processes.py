"""Processes that die, stop or cannot keep anything: said in words, mended, and nothing left behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.robust import processes
from tests.robust.processes import child, runs
from tests.support.programs import WAIT_S, until
from tests.support.terminal import Terminal, terminal

SILENCE_S = 1.0
"""The engine counts as silent after this; a third of the real time."""

LIVE_AGAIN_S = 10.0
GONE_S = 5.0

LIVE = "LIVE  9/9"
"""What a demo of three symbols says when all is well."""

pytestmark = processes.NEEDED


async def shown(screen: Terminal, words: str, mark: int, within_s: float = WAIT_S) -> int:
    """Wait until the screen says something; a mark after it."""
    await screen.until(lambda: words in screen.since(mark), within_s)
    return len(screen.written)


async def test_a_demo_bears_what_happens_to_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    limits = ("--limit", f"own_engine_silence_s={SILENCE_S}", "--limit", "own_pull_wait_s=0.2")
    async with terminal("demo", "--symbols", "3", *limits) as screen:
        viewer = screen.process.pid
        mark = await shown(screen, LIVE, 0)

        os.kill(child(viewer, "engine"), signal.SIGKILL)
        mark = await shown(screen, "ENGINE GONE", mark)
        mark = await shown(screen, LIVE, mark, LIVE_AGAIN_S)

        engine = child(viewer, "engine")
        os.kill(engine, signal.SIGSTOP)
        mark = await shown(screen, "ENGINE SILENT", mark, SILENCE_S + 1.0)
        later = await shown(screen, "ENGINE SILENT  3s", mark)
        assert "LIVE" not in screen.since(mark)
        os.kill(engine, signal.SIGCONT)
        mark = await shown(screen, LIVE, later)
        assert child(viewer, "engine") == engine

        os.kill(engine, signal.SIGTERM)
        mark = await shown(screen, "ENGINE GONE", mark)
        mark = await shown(screen, LIVE, mark, LIVE_AGAIN_S)

        engine, sim = child(viewer, "engine"), child(viewer, "sim")
        os.kill(sim, signal.SIGKILL)
        await shown(screen, "BLIND", mark)
        await shown(screen, "the embedded exchange ended: killed by SIGKILL", mark)
        os.kill(viewer, signal.SIGKILL)
        await until(lambda: not runs(engine), GONE_S)
    assert os.listdir(tmp_path) == []
