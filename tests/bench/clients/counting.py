"""What every measured client does beside its work: count, and say so when it is told to end."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Count:
    """What came."""

    messages: int = 0
    trades: int = 0
    """Where the client tells them apart."""
    notes: dict[str, float] = field(default_factory=dict)
    """Anything else, by name."""

    def one(self, *_: object) -> None:
        """One message more; whatever it is."""
        self.messages += 1

    def tell(self) -> None:
        """Print the count."""
        said = {"messages": self.messages, "trades": self.trades, **self.notes}
        os.write(sys.stdout.fileno(), json.dumps(said).encode() + b"\n")

    def told_at_the_end(self) -> None:
        """Print the count at SIGTERM and end at once."""

        def tell(*_: object) -> None:
            self.tell()
            os._exit(0)

        signal.signal(signal.SIGTERM, tell)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client is to subscribe to."""

    rest: str
    streams: str
    symbols: Sequence[str]
    kinds: Sequence[str]
    way: str
    """Which of its ways, where a client has several."""
    every_s: float
    """Tell the count once after so many seconds; 0: only at the end."""

    @property
    def names(self) -> list[str]:
        """Every stream."""
        return [f"{symbol.lower()}@{kind}" for symbol in self.symbols for kind in self.kinds]


def asked() -> Asked:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rest")
    parser.add_argument("streams")
    parser.add_argument("--symbols", required=True)
    parser.add_argument("--kinds", required=True)
    parser.add_argument("--way", default="")
    parser.add_argument("--every", type=float, default=0.0)
    words = parser.parse_args()
    symbols, kinds = words.symbols.split(","), words.kinds.split(",")
    return Asked(words.rest, words.streams, symbols, kinds, words.way, words.every)
