"""When the machine cannot keep up, quotes give way, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def conflate(frames: Sequence[bytes], quote_stream: Callable[[bytes], bytes | None]) -> list[bytes]:
    """The frames of one gulp without the quotes that a later one of the same stream replaces, in order."""
    streams = [quote_stream(frame) for frame in frames]
    last = {stream: index for index, stream in enumerate(streams)}
    return [
        frame
        for index, (frame, stream) in enumerate(zip(frames, streams, strict=True))
        if stream is None or last[stream] == index
    ]
