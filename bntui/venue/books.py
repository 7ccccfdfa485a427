"""How the updates of a book follow one another: the rule of a market, as data.

Every depth event holds all changes of the book up to and with its last update id. What it begins behind is
where the markets differ, and the one rule applied to the other market finds gaps that are none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bntui.model.events import DepthDiff, PriceLevel


@dataclass(frozen=True, slots=True)
class BookSnapshot:
    """A book as REST gives it, best levels first; it knows nothing of what lies beyond its last level."""

    update_id: int
    bids: tuple[PriceLevel, ...]
    asks: tuple[PriceLevel, ...]


@dataclass(frozen=True, slots=True)
class BookRule:
    """What a depth event says of itself, by the rule of its market."""

    name: str
    begins_behind: Callable[[DepthDiff], int]
    """The update id that the event follows: a book at that one, or a later one, misses nothing."""
    in_snapshot: Callable[[DepthDiff, int], bool]
    """Whether a snapshot of that update id holds all of the event."""
    missing: Callable[[DepthDiff, int], str]
    """What a book of that update id lacks before the event, in words."""

    def is_old(self, diff: DepthDiff, update_id: int) -> bool:
        """Whether a book that was brought up to that update id holds all of the event."""
        return diff.last_update_id <= update_id

    def follows(self, diff: DepthDiff, update_id: int) -> bool:
        """Whether nothing is missing between a book of that update id and the event.

        An event may begin earlier than that: two connections may cut their events at different ids, and
        quantities are absolute (reference, section 6.3).
        """
        return self.begins_behind(diff) <= update_id


def _updates(count: int) -> str:
    return f"{count} update{'' if count == 1 else 's'} missing"


SPOT_BOOK = BookRule(
    "U == previous u + 1",
    begins_behind=lambda diff: diff.first_update_id - 1,
    in_snapshot=lambda diff, update_id: diff.last_update_id <= update_id,
    missing=lambda diff, update_id: _updates(diff.first_update_id - 1 - update_id),
)
"""Spot: ids are counted without holes (web-socket-streams.md, How to manage a local order book correctly)."""


def _futures_begins_behind(diff: DepthDiff) -> int:
    previous = diff.previous_update_id
    return diff.first_update_id - 1 if previous is None else previous


FUTURES_BOOK = BookRule(
    "pu == previous u",
    begins_behind=_futures_begins_behind,
    # An event that ends with the snapshot's own id is the documented first one to apply.
    in_snapshot=lambda diff, update_id: diff.last_update_id < update_id,
    # Ids are shared with other books: how many of this one are missing cannot be counted.
    missing=lambda diff, update_id: f"updates missing between {update_id} and {_futures_begins_behind(diff)}",
)
"""USD-M and COIN-M: `U` does not follow the last `u`, `pu` names it (derivatives, How to manage a local
order book correctly; reference, section 3.8)."""
