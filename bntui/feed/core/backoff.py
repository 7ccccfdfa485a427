"""Waiting between attempts: full-jitter exponential backoff."""

from __future__ import annotations

from collections.abc import Callable

Uniform = Callable[[float, float], float]
"""`random.Random(seed).uniform`: where chance enters."""


class Backoff:
    """The n-th wait is uniform between 0 and `base * 2**n`, capped; the jitter survives the cap."""

    def __init__(self, base_s: float, cap_s: float, uniform: Uniform) -> None:
        """Start with no failures."""
        self._base_s = base_s
        self._cap_s = cap_s
        self._uniform = uniform
        self.failures = 0

    def next_delay_s(self, least_s: float = 0.0) -> float:
        """The wait after one more failure; never under `least_s`, which a server may have asked for."""
        # 2**n is not computed beyond what the cap can use, so that years of failures cannot overflow.
        ceiling = min(self._cap_s, self._base_s * 2 ** min(self.failures, 32))
        self.failures += 1
        delay = self._uniform(0.0, ceiling)
        return delay if delay >= least_s else least_s + delay

    def reset(self) -> None:
        """Forget the failures. Call it after a connection was useful for a while, never on open alone."""
        self.failures = 0

    def __repr__(self) -> str:
        return f"<Backoff after {self.failures} failures>"
