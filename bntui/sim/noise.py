"""Numbers that look random and depend on nothing but the integers they are made of.

What the past held is never stored: it is computed from the seed, the symbol and the hour whenever
somebody asks, and must come out the same each time.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15


def mix(*numbers: int) -> int:
    """64 well-stirred bits of the given integers."""
    state = 0
    for number in numbers:
        state = (state + number + _STEP) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state


def text_number(text: str) -> int:
    """A number for a name; unlike `hash`, the same in every process."""
    return mix(*text.encode())


def unit(*numbers: int) -> float:
    """A float from 0 up to but not including 1."""
    return (mix(*numbers) >> 11) / (1 << 53)
