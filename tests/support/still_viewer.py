"""A viewer in a real terminal, on a market that is calm and troubled by turns, for tests of how it ends.

`python -m tests.support.still_viewer FILE`: the file is written once the service has closed.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from bntui.clock import SystemClock
from bntui.ui.app import BntuiApp
from bntui.wire.mirror import Mirror
from tests.support import market


class Feeder:
    """Changes every row with each frame, so that there is always something to write."""

    name = "feeder"

    def __init__(self, mirror: Mirror, closed: Path | None) -> None:
        self._mirror = mirror
        self._clock = SystemClock()
        self._closed = closed

    async def run(self) -> None:
        """Until cancelled."""
        try:
            for market_now in itertools.cycle((market.calm(), market.troubled())):
                self._mirror.apply(market_now, self._clock.monotonic())
                await asyncio.sleep(0.02)
        finally:
            if self._closed is not None:
                self._closed.write_text("closed")


def main() -> int:
    """Run until told to end."""
    mirror = Mirror(3.0)
    closed = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    app = BntuiApp(
        mirror,
        SystemClock(),
        lambda command: None,
        lambda shard: None,
        lambda focus: None,
        services=[Feeder(mirror, closed)],
        fps=50,
        environment="still",
    )
    return app.run() or 0


if __name__ == "__main__":
    sys.exit(main())
