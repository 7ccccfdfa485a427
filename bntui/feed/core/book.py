"""A local book out of a snapshot and the updates that follow it: right, or said not to be.

The procedure is the exchange's (reference, sections 1.10 and 3.8); how updates follow one another is the
market's `BookRule`. Updates are held while a snapshot is on its way, and joined to it by their ids. A hole
in them makes the book wrong at once; it heals when the missing update still comes, on another connection,
and else by another snapshot.
"""

from __future__ import annotations

from bisect import insort

from bntui.feed.core.backoff import Backoff, Uniform
from bntui.feed.core.keptbook import WAITS_FOR_DATA, KeptBook
from bntui.feed.core.levels import Levels
from bntui.model.events import DepthDiff
from bntui.model.markets import SymbolKey
from bntui.model.states import BookState
from bntui.venue.books import BookRule, BookSnapshot
from bntui.venue.limits import Limits

MOST_HELD = 1_000
"""Updates held for a snapshot; beyond it the oldest go, and the snapshot has to be newer."""

FIRST_UPDATE_S = 1.0
"""A snapshot is asked for behind the first update; of a book that does not change, after so long."""

OLD_IN_A_ROW = 20
"""So many updates older than the book, without a newer one, are no leftovers of another connection."""

MOST_BEHIND = 1_000
"""A snapshot may be so many updates ahead of a stream that comes late."""

NEAR_THE_END = 0.3
"""When fewer than this part of the fetched levels are left on a side, others are fetched: a single update of
a falling market can take out a quarter of them (recordings of 2024-08-08)."""

NEEDS_SNAPSHOT = "waits for its first snapshot"
BEGAN_ANEW = "the exchange began its update ids anew"
PRICE_LEFT = "the price has left the levels that were fetched"


class LocalBook(KeptBook):
    """One book of a diff stream. Sans-I/O: it says when it wants a snapshot, and is told what came of it."""

    def __init__(self, key: SymbolKey, rule: BookRule, limits: Limits, uniform: Uniform, now: float) -> None:
        """Its stream is wanted, nothing came."""
        super().__init__(key, now)
        self._rule = rule
        self._limits = limits
        self._uniform = uniform
        self._backoff = Backoff(limits.own_book_backoff_base_s, limits.own_book_backoff_cap_s, uniform)
        self._joined = False
        """A snapshot was joined once."""
        self._wrong = ""
        """Why the book cannot be trusted since; empty while it can."""
        self._whole_at: int | None = None
        """The update id up to which nothing is missing: from there on late updates still mend it."""
        self._flows = False
        """The stream is subscribed, as far as is known: a snapshot makes sense."""
        self._held: list[DepthDiff] = []
        """By last update id; empty while the book is good and no snapshot is on its way."""
        self._asked = False
        """A snapshot is on its way."""
        self._outdated = False
        """It was asked for before the stream was interrupted: what came between is in neither."""
        self._tries = 0
        """Snapshots asked for since the book was last good for a while."""
        self._rebuilding = False
        """One of them since it went wrong."""
        self._due_at: float | None = None
        """When a snapshot is to be asked for."""
        self._unhurried = False
        """That is only for the case that no update comes."""
        self._failure = ""
        """Why the last snapshot did not help."""
        self._good_since = now
        self._refreshed_at = now
        self._fetched = 0
        """Levels that the last snapshot was asked for."""
        self._old_in_a_row = 0
        self._caught_up = False
        """The stream has reached the snapshot: what is older now was told before."""

    # Updates

    def offer(self, diff: DepthDiff, now: float) -> bool:
        """Take an update in. False for one that says nothing new: all of it is in the book already."""
        self._flows = True
        if self._whole_at is not None and self._rule.is_old(diff, self._whole_at):
            return self._began_anew(diff, now)
        self._old_in_a_row = 0
        if not self._is_right:
            self._hold(diff)
            if not self._heal(now):
                if self._joined and self._whole_at is not None:
                    self._wrong = self._rule.missing(self._held[0], self._whole_at)
                self._want_snapshot(now)
        elif self._whole_at is not None and self._rule.follows(diff, self._whole_at):
            if self._asked:
                self._hold(diff)
            self._apply(diff)
            self._look(now)
        else:
            self._hold(diff)
            self._go_wrong(self._rule.missing(diff, self._whole_at or 0), now)
            self._want_snapshot(now)
        self._judge(now)
        return True

    @property
    def _is_right(self) -> bool:
        return self._joined and not self._wrong

    def _began_anew(self, diff: DepthDiff, now: float) -> bool:
        """Updates that are all older than the book are those of another beginning."""
        self._old_in_a_row += 1
        if self._old_in_a_row < (OLD_IN_A_ROW if self._caught_up else MOST_BEHIND):
            return False
        self._whole_at = self.update_id = None
        self._held = [diff]
        self._go_wrong(BEGAN_ANEW, now)
        self._want_snapshot(now)
        self._judge(now)
        return True

    def _hold(self, diff: DepthDiff) -> None:
        held = self._held
        if not held or diff.last_update_id > held[-1].last_update_id:
            held.append(diff)
        elif all(diff.last_update_id != known.last_update_id for known in held):
            insort(held, diff, key=lambda each: each.last_update_id)
        if len(held) > MOST_HELD:
            del held[0]

    def _apply(self, diff: DepthDiff) -> None:
        self.levels.apply(diff.bids, diff.asks)
        self.update_id = self._whole_at = diff.last_update_id
        self.time_ms, self.at = diff.time_ms, diff.at
        self._caught_up = True

    def _chain(self, update_id: int, *, snapshot: bool) -> list[DepthDiff] | None:
        """The held updates that go on from there; None where one is missing among them."""
        rule = self._rule
        is_in = rule.in_snapshot if snapshot else rule.is_old
        chain = [diff for diff in self._held if not is_in(diff, update_id)]
        for diff in chain:
            if not rule.follows(diff, update_id):
                return None
            update_id = diff.last_update_id
        return chain

    def _heal(self, now: float) -> bool:
        """Go on where the book is whole, if what was missing has come."""
        if not self._joined or self._whole_at is None:
            return False
        chain = self._chain(self._whole_at, snapshot=False)
        if not chain:
            return False
        for diff in chain:
            self._apply(diff)
        self._become_good(now)
        return True

    def _become_good(self, now: float) -> None:
        if self._wrong or not self._joined:
            self._good_since = now
        self._joined = True
        self._wrong = self._failure = ""
        self._rebuilding = False
        self._due_at = None
        if not self._asked:
            self._held.clear()
        self._look(now)

    def _look(self, now: float) -> None:
        """See whether what was applied can be right, and whether enough of it is known."""
        if crossing := self.levels.crossing:
            self._whole_at = None
            self._go_wrong(crossing, now)
            self._want_snapshot(now)
            return
        sides = (self.levels.bids, self.levels.asks)
        left = min((len(side) for side in sides if side.bound is not None), default=None)
        if left == 0:
            self._whole_at = None
            self._go_wrong(PRICE_LEFT, now)
            self._want_snapshot(now)
        elif left is not None and self._due_at is None and left < self._fetched * NEAR_THE_END:
            self._due_at = max(now, self._refreshed_at + self._limits.own_book_refresh_s)

    # What is known of its stream

    def flows(self, now: float, *, live: bool) -> None:
        """Its stream is subscribed; `live`: data of it came since."""
        self._flows = True
        if not self._is_right and self._due_at is None and not self._asked:
            self._due_at = now + FIRST_UPDATE_S
            self._unhurried = True
        self._judge(now)

    def lost(self, reason: str, now: float) -> None:
        """Its stream brings nothing, or nobody carries it: updates may be missing until one follows."""
        self._flows = False
        self._outdated = self._asked
        self._held.clear()
        self._failure = ""
        self._go_wrong(reason, now)
        self._judge(now)

    def _go_wrong(self, reason: str, now: float) -> None:
        if self._is_right and now - self._good_since >= self._limits.own_backoff_reset_s:
            # Only a book that was good for a while has a right to be asked for at once again.
            self._tries = 0
            self._backoff.reset()
        self._rebuilding = False
        self._wrong = reason
        self._due_at = None

    # Snapshots

    def wants_snapshot(self, now: float) -> bool:
        """Whether one is to be asked for now."""
        due_at = self.deadline()
        return due_at is not None and now >= due_at

    def deadline(self) -> float | None:
        """When one is to be asked for; None: not before something happens."""
        return self._due_at if self._flows and not self._asked else None

    def _want_snapshot(self, now: float) -> None:
        if self._asked or (self._due_at is not None and not self._unhurried):
            return
        self._unhurried = False
        if self._given_up:
            wait_s = self._limits.own_book_retry_s
        elif self._joined and self._whole_at is not None:
            # What is missing may be on its way on another connection.
            wait_s = self._limits.own_book_grace_s
        else:
            wait_s = 0.0
        if self._tries and not self._given_up:
            wait_s += self._backoff.next_delay_s()
        self._due_at = now + wait_s

    @property
    def _given_up(self) -> bool:
        return self._tries >= self._limits.own_book_tries

    def asked(self, levels: int, now: float) -> None:
        """A snapshot of so many levels a side is on its way."""
        self._asked = True
        self._outdated = False
        self._due_at = None
        self._fetched = levels
        self._refreshed_at = now
        if not self._is_right:
            if self._joined and not self._rebuilding:
                self.resyncs += 1
            self._tries += 1
            self._rebuilding = True
        self._judge(now)

    def put_off(self, reason: str, until: float, now: float) -> None:
        """It cannot be asked for before then."""
        self._due_at = until
        self._unhurried = False
        if not self._is_right:
            self._failure = reason
        self._judge(now)

    def snapshot(self, snapshot: BookSnapshot, now: float) -> None:
        """It came: join it with the updates since, or say why that cannot be."""
        if self._outdated:
            return self.failed("the stream was interrupted meanwhile", now)
        self._asked = False
        chain = self._chain(snapshot.update_id, snapshot=True)
        reached = chain[-1].last_update_id if chain else snapshot.update_id
        if chain is None:
            return self.failed("the snapshot and the updates behind it do not join", now)
        if self.update_id is not None and reached < self.update_id:
            return self.failed("the snapshot is older than the book", now)
        levels = Levels()
        levels.load(snapshot.bids, snapshot.asks, self._fetched)
        for diff in chain:
            levels.apply(diff.bids, diff.asks)
        if crossing := levels.crossing:
            return self.failed(f"the snapshot is wrong: {crossing}", now)
        self.levels = levels
        self.update_id = self._whole_at = reached
        self.at = now
        self._caught_up = bool(chain)
        self._old_in_a_row = 0
        if chain:
            self.time_ms = chain[-1].time_ms
        self._become_good(now)
        self._judge(now)

    def failed(self, reason: str, now: float, least_wait_s: float = 0.0) -> None:
        """No snapshot came, or one that does not help: ask again, ever more slowly, and at last rarely."""
        self._asked = self._outdated = False
        if self._is_right:
            # It was for more levels only; the next update asks again.
            self._held.clear()
        else:
            self._failure = reason
            wait_s = self._limits.own_book_retry_s if self._given_up else self._backoff.next_delay_s()
            self._due_at = now + max(least_wait_s, wait_s)
        self._judge(now)

    # Trust

    def _judge(self, now: float) -> None:
        why = f"; {self._failure}" if self._failure else ""
        if self._is_right:
            self._settle(BookState.SYNCED, "", now)
        elif self._given_up and not (self._asked and self._tries == self._limits.own_book_tries):
            what = self._wrong or NEEDS_SNAPSHOT
            self._settle(BookState.UNTRUSTED, f"{what}; {self._tries} snapshots did not help{why}", now)
        elif self._wrong:
            rebuilding = self._rebuilding and self._flows
            state = BookState.RESYNC if rebuilding else BookState.UNTRUSTED
            self._settle(state, f"{self._wrong}{why}", now)
        else:
            what = NEEDS_SNAPSHOT if self._flows else WAITS_FOR_DATA
            self._settle(BookState.SYNCING, f"{what}{why}", now)
