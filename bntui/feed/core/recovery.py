"""Finding what happened while nobody listened: which questions REST is asked, and what follows.

```
 begin ──▶ look: balances, positions, open orders, traded symbols
             │ which symbols may have fills that nobody told?
             ▼
           search: their fills, the ends of orders that are gone
             │ do the amounts add up now?
             ▼
           COMPLETE, or INCOMPLETE: what is missing, and why
```

One question at a time; what cannot be asked now is carried on with later, where it stopped. COMPLETE is
only said where nothing speaks against it: every question answered, every announced fill found, all amounts
added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from bntui.feed.core.backoff import Backoff, Uniform
from bntui.feed.core.bookkeeping import Bookkeeping, Pairs, position_changes, spot_changes
from bntui.feed.core.comparison import Comparison, Debts
from bntui.feed.core.ledger import Ledger
from bntui.feed.core.questions import Question, listed, missing_words, oldest_ms
from bntui.model.account import AccountEvent, AccountKey, RecoveryChanged, RecoveryView
from bntui.model.states import RecoveryState
from bntui.venue.user import Ask, Page, UserRules

HOUR_MS = 3_600 * 1_000
FIRST_LOOK_MS = 24 * HOUR_MS
"""A first start asks for the fills of so long before, of the symbols that it finds."""

SETTLE_S = 2.0
"""Amounts that do not add up get so long for what is still on its way."""

CHECKS = 2
"""Amounts that do not add up are asked for anew so often."""

ANNOUNCED_KEPT = 100
"""Announced fills that are looked for until they are found; beyond it the oldest are given up."""

RETRY_BASE_S = 5.0
RETRY_CAP_S = 600.0
"""What REST cannot answer now is asked again after a random time that grows up to this."""


CROWDED_PAUSE_S = 60.0
"""Symbols with many fills are asked for at most this often, that their ids can be forgotten."""


class Progress(NamedTuple):
    """What came out of a step."""

    events: list[AccountEvent]
    """For the sink, in order."""
    ask: Ask | None = None
    """Ask REST for this, then tell `answered` or `failed`; nothing else is asked meanwhile."""


def open_ledger(owner: AccountKey, rules: UserRules, pairs: Pairs, now_ms: int) -> Ledger:
    """The ledger of an account on a market with these rules, seen for the first time unless it is primed."""
    changes = position_changes if rules.has_positions else spot_changes
    return Ledger(owner, Bookkeeping(changes, pairs), now_ms - FIRST_LOOK_MS, now_ms)


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question | None
    """None: the run that it belonged to is over."""
    ask: Ask
    at: float
    ms: int


class Recovery:
    """Compares one account's ledger with REST. `now` is the monotonic clock, `now_ms` the exchange's.

    Hand every event to `Ledger.heard` and its result to the sink; then come here with `tick`.
    """

    def __init__(
        self,
        ledger: Ledger,
        rules: UserRules,
        pairs: Pairs,
        watched: Callable[[], Iterable[str]],
        uniform: Uniform,
        *,
        first: bool = True,
    ) -> None:
        """`pairs`: base and quote of every listed symbol. `watched`: symbols of the user's, which may have
        been traded. `first`: the account is seen for the first time (`Ledger.prime` said so)."""
        self._ledger = ledger
        self._rules = rules
        self._pairs = pairs
        self._watched = watched
        self._backoff = Backoff(RETRY_BASE_S, RETRY_CAP_S, uniform)
        self._run: Comparison | None = None
        self._asked: _Asked | None = None
        self._paused_until: float | None = None
        self._wait_until: float | None = None
        self._began = False
        self.looked = not first
        """A comparison has ended: before that nothing is vouched for, and the ledger has no memory worth
        keeping. A run that ends sooner leaves the account to be seen for the first time once more."""
        self._whole = False
        """The last run that ended found everything."""
        self._owes = True
        """There are questions that it had no answer to, or there was none yet."""
        self._debts = Debts(first=first)
        self._crowded_from = 0.0
        self.view: RecoveryView | None = None
        """The last that was told; None before the first."""

    def begin(self, now: float, now_ms: int, *, routine: bool = False) -> Progress:
        """Compare now. `routine`: nothing is known to be lost, so only signs of a loss are looked for.

        A run that is under way goes on; after a new gap it starts anew, since what it asked before the gap
        does not count for it.
        """
        if routine and self._run is not None:
            return self._go(now, now_ms, [])
        gap = not routine and (self._began or not self._debts.first)
        if gap and not self._ledger.books.started and not self._rules.finds_symbols:
            self._ledger.doubt(
                "fills on other symbols", "balances were not known before a gap, so nothing tells of them"
            )
        self._began = True
        if not self._debts.first and oldest_ms(self._rules, now_ms) > self._ledger.whole_ms:
            self._ledger.doubt("fills of long ago", "the exchange tells of them no more")
        return self._start(now, now_ms, [], routine=routine)

    def answered(self, ask: Ask, page: Page, now: float, now_ms: int) -> Progress:
        """REST answered."""
        asked, self._asked = self._asked, None
        if asked is None or asked.ask != ask:
            self._asked = asked
            return self._go(now, now_ms, [])
        self._backoff.reset()
        run, question = self._run, asked.question
        if run is not None and question is not None:
            run.read(ask.kind, page, asked.at, asked.ms)
        events: list[AccountEvent] = [*self._ledger.told(ask, page, now, asked.at, asked.ms)]
        if run is not None and question is not None:
            heard = question.answered(ask, page, asked.at, asked.ms)
            if not heard.done:
                run.queue.appendleft(question)
                self._wait_until = now + heard.wait_s
            elif heard.missing:
                run.not_had(question, heard.missing)
            else:
                run.had(question)
        return self._go(now, now_ms, events)

    def failed(
        self,
        ask: Ask,
        words: str,
        now: float,
        now_ms: int,
        again_s: float | None = None,
        *,
        unlisted: bool = False,
    ) -> Progress:
        """REST did not answer, for the reason in `words`. `again_s`: it may later, so everything waits that
        long at least; None: it refuses this question, and the others go on. `unlisted`: there is no such
        symbol, as in a watchlist from before it was delisted."""
        asked, self._asked = self._asked, None
        if asked is None or asked.ask != ask:
            self._asked = asked
            return self._go(now, now_ms, [])
        run, question = self._run, asked.question
        events: list[AccountEvent] = []
        if run is not None and question is not None:
            if again_s is None:
                if not (unlisted and run.only_watched(question)):
                    run.not_had(question, words)
            else:
                run.queue.appendleft(question)
                self._paused_until = now + self._backoff.next_delay_s(again_s)
                if not run.routine:
                    later = {each.about: f"not asked yet ({words})" for each in run.queue}
                    events += self._say(run, RecoveryState.INCOMPLETE, now_ms, run.missing | later)
        return self._go(now, now_ms, events)

    def tick(self, now: float, now_ms: int) -> Progress:
        """Time passed, or the ledger heard something."""
        ledger = self._ledger
        events: list[AccountEvent] = [*ledger.tick(now)]
        owing = ledger.owing(now)
        for each in owing:
            self._debts.announced[each] = None
            if self._run is not None:
                self._run.announced(each[0])
        while len(self._debts.announced) > ANNOUNCED_KEPT:
            del self._debts.announced[next(iter(self._debts.announced))]
        unpaid = ledger.unpaid(now)
        if self._run is None and self._began:
            if owing:
                return self._start(now, now_ms, events, routine=False, thorough=False)
            crowded = now >= self._crowded_from and ledger.fills.crowded()
            if unpaid or crowded:
                self._crowded_from = now + CROWDED_PAUSE_S
                return self._start(now, now_ms, events, routine=True)
        return self._go(now, now_ms, events)

    def deadline(self) -> float | None:
        """When to `tick` at the latest; None: nothing is due."""
        due = [self._ledger.deadline()]
        if self._asked is None and self._run is not None:
            due += [self._paused_until, self._wait_until]
        return min((at for at in due if at is not None), default=None)

    def dismiss(self, now: float, now_ms: int) -> Progress:
        """The user knows what could not be explained: take what is there now as it is, and look anew."""
        self._ledger.dismiss()
        self._debts = Debts()
        return self._start(now, now_ms, [], routine=False)

    # From question to question

    def _start(
        self,
        now: float,
        now_ms: int,
        events: list[AccountEvent],
        *,
        routine: bool,
        thorough: bool | None = None,
    ) -> Progress:
        if thorough is None:
            thorough = not routine or self._owes
        run = Comparison(
            self._ledger, self._rules, self._pairs, self._watched, self._debts, routine, thorough, now_ms
        )
        self._wait_until = None
        self._run = run
        self._paused_until = None
        if self._asked is not None:
            self._asked = replace(self._asked, question=None)
        if not routine or self._whole:
            events += self._say(run, RecoveryState.RUNNING, now_ms, {})
        return self._go(now, now_ms, events)

    def _go(self, now: float, now_ms: int, events: list[AccountEvent]) -> Progress:
        """As far as it goes without an answer or a wait."""
        while (run := self._run) is not None and self._asked is None:
            if self._paused_until is not None:
                if now < self._paused_until:
                    break
                self._paused_until = None
                if not run.routine:
                    events += self._say(run, RecoveryState.RUNNING, now_ms, {})
            if self._wait_until is not None:
                if now < self._wait_until:
                    break
                self._wait_until = None
            if run.queue:
                question = run.queue.popleft()
                self._asked = _Asked(question, question.ask(now_ms), now, now_ms)
                return Progress(events, self._asked.ask)
            if self._ledger.holds:
                # They may still come by the stream; only then it is known what adds up.
                break
            differences = run.differences() or {}
            if differences and not run.settled:
                run.settled = True
                self._wait_until = now + SETTLE_S
                continue
            if run.routine and (differences or run.signs) and self._whole:
                run.routine = False
                events += self._say(run, RecoveryState.RUNNING, now_ms, {})
            run.ask_on(differences)
            if not run.queue and differences and run.checks < CHECKS:
                run.look_again()
            if not run.queue:
                events += self._end(run, now, now_ms)
        return Progress(events)

    # The end

    def _end(self, run: Comparison, now: float, now_ms: int) -> list[AccountEvent]:
        standing = self._ledger.standing
        events: list[AccountEvent] = [new for order in run.gone for new in standing.gone(order, now)]
        missing = run.outcome()
        self._run = None
        self.looked = True
        self._whole, self._owes = not missing, bool(run.missing)
        state = RecoveryState.INCOMPLETE if missing else RecoveryState.COMPLETE
        events += self._say(run, state, now_ms, missing)
        if self._whole:
            self._ledger.vouch(run.ms)
            self._debts.first = False
        return events

    def _say(
        self, run: Comparison, state: RecoveryState, now_ms: int, missing: dict[str, str]
    ) -> list[AccountEvent]:
        checked = listed(run.checked)
        if self._debts.first and run.checked and run.from_ms < run.ms:
            checked = f"{checked}; first look, from {FIRST_LOOK_MS // HOUR_MS} h before the start on"
        last = self.view
        view = RecoveryView(
            owner=self._ledger.owner,
            state=state,
            from_ms=run.from_ms,
            time_ms=now_ms,
            checked=checked,
            missing=missing_words(missing.items()),
            recovered=self._ledger.recovered - run.recovered,
            routine=run.routine,
        )
        if last is not None and replace(view, time_ms=last.time_ms) == last:
            return []
        self.view = view
        return [RecoveryChanged(view)]

    def __repr__(self) -> str:
        run = self._run
        doing = "idle" if run is None else f"{len(run.queue)} questions to go"
        return f"<Recovery of {self._ledger.owner.label}: {doing}, {'whole' if self._whole else 'not whole'}>"
