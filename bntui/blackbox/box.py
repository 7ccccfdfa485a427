"""A black box: what listens, what decides, what writes, put together."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from bntui.blackbox.recorder import KEEP_S, MOST_BYTES, Recorder, Shown
from bntui.blackbox.segments import RAW_SUFFIX
from bntui.blackbox.tap import Tap
from bntui.blackbox.writer import Bounds, Writer
from bntui.clock import Clock
from bntui.wire.messages import Welcome

log = logging.getLogger(__name__)

FOLDER = "blackbox"
"""In the state folder of a profile."""

ALWAYS = Bounds(MOST_BYTES, KEEP_S)

RAW_SEGMENT_BYTES = 64 << 20
"""Packed; then another segment of raw frames begins."""


@dataclass(slots=True)
class _Raw:
    """Frames as they came, a line each with the time of receipt in nanoseconds; written with each look.

    What the disk does not take is dropped, and the next segment begins behind it.
    """

    writer: Writer
    clock: Clock
    lines: list[bytes]
    began: bool = False

    def take(self, frames: list[bytes]) -> None:
        stamp = b"%d " % (self.clock.wall_ms() * 1_000_000)
        for frame in frames:
            if b"\n" not in frame and b"\r" not in frame:
                self.lines.append(stamp + frame + b"\n")

    def look(self) -> None:
        if not self.lines:
            return
        lines, self.lines = b"".join(self.lines), []
        writer = self.writer
        if self.began and not writer.failure and not writer.segment_full:
            writer.add(lines)
        else:
            self.began = writer.begin(self.clock.wall_ms(), lines)


class BlackBox:
    """Put `tap` around the transports, `watch` a store, call `look` a few times a second, `close` it."""

    def __init__(self, folder: Path, clock: Clock, bounds: Bounds = ALWAYS, *, raw: bool = False) -> None:
        """Nothing is watched yet. `raw` keeps every frame of market data too, within the same bounds."""
        self.folder = folder
        self.tap = Tap()
        self.recorder: Recorder | None = None
        self._broken = False
        self._clock = clock
        self._writer = Writer(folder, bounds)
        of_raw = replace(bounds, segment_bytes=RAW_SEGMENT_BYTES)
        self._raw = _Raw(Writer(folder, of_raw, RAW_SUFFIX), clock, []) if raw else None

    @property
    def failure(self) -> str:
        """Why something was not written, in words; empty: all is well."""
        return self._writer.failure or (self._raw.writer.failure if self._raw is not None else "")

    def watch(self, shown: Shown, welcome: Welcome) -> None:
        """Record what this store shows, of the engine that `welcome` describes."""
        self.recorder = Recorder(shown, self._writer, self._clock, welcome)
        self.tap.on_closed = self.recorder.closed
        if self._raw is not None:
            self.tap.on_frames = self._raw.take

    def look(self) -> None:
        """Keep what is due. Nothing that goes wrong here may harm the engine: a defect ends the recording."""
        if self._broken:
            return
        try:
            if self.recorder is not None:
                self.recorder.look()
            if self._raw is not None:
                self._raw.look()
        except Exception:
            self._broken = True
            log.exception("the black box broke: it records no more until bntui is started anew")

    def close(self) -> None:
        """Write what is left; a disk that does not take it gets a few seconds."""
        self.tap.on_closed = self.tap.on_frames = None
        self.look()
        self._writer.close()
        if self._raw is not None:
            self._raw.writer.close()

    def __repr__(self) -> str:
        return f"<BlackBox {self.folder}: {self.recorder!r}>"
