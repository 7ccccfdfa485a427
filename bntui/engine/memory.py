"""The garbage collector, set for a process that keeps much and throws little away in circles.

Rows, books and rings live as long as the engine, and what a message leaves behind is freed at once, without
the collector. As Python sets it, it goes through everything again and again: a third of the cost of a quote.
"""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000
"""So many objects more than before, and the young ones are looked through."""

YOUNG_ROUNDS = 20
"""… so many times, and those of middle age are; then the old ones, where Python finds it worth while."""

MIDDLE_ROUNDS = 20


def tune_collector() -> None:
    """Leave alone what is there already, and look at the rest more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS)
