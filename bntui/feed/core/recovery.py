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

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from bntui.feed.core.backoff import Backoff, Uniform
from bntui.feed.core.bookkeeping import (
    Amount,
    Bookkeeping,
    Pairs,
    position_amounts,
    position_changes,
    spot_amounts,
    spot_changes,
    symbol_of,
)
from bntui.feed.core.ledger import Ledger
from bntui.feed.core.questions import Ending, Fills, Look, Question, Traded, listed, missing_words
from bntui.feed.core.standing import number
from bntui.model.account import (
    AccountEvent,
    AccountKey,
    Balance,
    OrderUpdate,
    Position,
    RecoveryChanged,
    RecoveryState,
    RecoveryView,
)
from bntui.venue.user import Ask, AskKind, Page, UserRules

HOUR_MS = 3_600 * 1_000
FIRST_LOOK_MS = 24 * HOUR_MS
"""A first start asks for the fills of so long before, of the symbols that it finds."""

SETTLE_S = 2.0
"""Amounts that do not add up get so long for what is still on its way."""

CHECKS = 2
"""Amounts that do not add up are asked for anew so often."""

SYMBOLS_A_TIME = 50
"""Symbols that are asked for without a sign that something is missing there; those with the newest fills."""

ENDINGS_A_TIME = 20
"""Orders whose end is asked for at a time; the others are missing, and asked for the next time."""

ANNOUNCED_KEPT = 100
"""Announced fills that are looked for until they are found; beyond it the oldest are given up."""

RETRY_BASE_S = 5.0
RETRY_CAP_S = 600.0
"""What REST cannot answer now is asked again after a random time that grows up to this."""


CROWDED_PAUSE_S = 60.0
"""Symbols with many fills are asked for at most this often, that their ids can be forgotten."""

UNEXPLAINED = "changed without a fill that explains it; nothing is missing if you paid it in or out"


class Progress(NamedTuple):
    """What came out of a step."""

    events: list[AccountEvent]
    """For the sink, in order."""
    ask: Ask | None = None
    """Ask REST for this, then tell `answered` or `failed`; nothing else is asked meanwhile."""


def open_ledger(owner: AccountKey, rules: UserRules, pairs: Pairs, now_ms: int) -> Ledger:
    """The ledger of an account on a market with these rules, seen for the first time unless it is primed."""
    changes = position_changes if rules.has_positions else spot_changes
    return Ledger(owner, Bookkeeping(changes, pairs), now_ms - FIRST_LOOK_MS)


@dataclass(slots=True)
class _Run:
    """One comparison with REST."""

    routine: bool
    thorough: bool
    """Ask for fills even where nothing speaks for a loss."""
    from_ms: int
    ms: int
    """When it began, by the exchange's clock."""
    recovered: int
    """How many fills had been recovered before it."""
    queue: deque[Question]
    checked: dict[str, None] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    looking: bool = True
    """The first questions are under way; those that follow from their answers come later."""
    wait_until: float | None = None
    settled: bool = False
    """Amounts that did not add up had their time to."""
    checks: int = 0
    amounts: dict[str, Amount] | None = None
    amounts_ms: int = 0
    hints: dict[str, None] = field(default_factory=dict)
    """Symbols on which something may have happened."""
    searched: set[str] = field(default_factory=set)
    vanished: list[OrderUpdate] = field(default_factory=list)
    traded: Traded | None = None


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
        self._first = first
        self._backoff = Backoff(RETRY_BASE_S, RETRY_CAP_S, uniform)
        self._run: _Run | None = None
        self._asked: _Asked | None = None
        self._paused_until: float | None = None
        self._began = False
        self._whole = False
        """The last run that ended found everything."""
        self._owed: dict[str, None] = {}
        """Symbols that a run could not ask about."""
        self._announced: dict[tuple[str, int], None] = {}
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
        gap = not routine and (self._began or not self._first)
        if gap and not self._ledger.books.started and not self._rules.finds_symbols:
            self._ledger.doubt(
                "fills on other symbols", "balances were not known before a gap, so nothing tells of them"
            )
        self._began = True
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
            self._read(run, page, asked)
        events: list[AccountEvent] = [*self._ledger.told(ask, page, now, asked.at, asked.ms)]
        if run is not None and question is not None:
            heard = question.answered(ask, page, asked.at, asked.ms)
            if not heard.done:
                run.queue.appendleft(question)
                run.wait_until = now + heard.wait_s
            elif heard.missing:
                self._not_had(run, question, heard.missing)
            else:
                run.checked[question.about] = None
                if isinstance(question, Fills):
                    self._owed.pop(question.symbol, None)
        return self._go(now, now_ms, events)

    def failed(self, ask: Ask, words: str, now: float, now_ms: int, again_s: float | None = None) -> Progress:
        """REST did not answer, for the reason in `words`. `again_s`: it may later, so everything waits that
        long at least; None: it refuses this question, and the others go on."""
        asked, self._asked = self._asked, None
        if asked is None or asked.ask != ask:
            self._asked = asked
            return self._go(now, now_ms, [])
        run, question = self._run, asked.question
        events: list[AccountEvent] = []
        if run is not None and question is not None:
            if again_s is None:
                self._not_had(run, question, words)
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
            self._announced[each] = None
            if self._run is not None:
                self._run.searched.discard(each[0])
        while len(self._announced) > ANNOUNCED_KEPT:
            del self._announced[next(iter(self._announced))]
        unpaid = ledger.unpaid(now)
        if self._run is None and self._began:
            if owing:
                return self._start(now, now_ms, events, routine=False, thorough=False)
            crowded = now >= self._crowded_from and ledger.crowded()
            if unpaid or crowded:
                self._crowded_from = now + CROWDED_PAUSE_S
                return self._start(now, now_ms, events, routine=True)
        return self._go(now, now_ms, events)

    def deadline(self) -> float | None:
        """When to `tick` at the latest; None: nothing is due."""
        due = [self._ledger.deadline()]
        if self._asked is None and self._run is not None:
            due += [self._paused_until, self._run.wait_until]
        return min((at for at in due if at is not None), default=None)

    def dismiss(self, now: float, now_ms: int) -> Progress:
        """The user knows what could not be explained: take what is there now as it is, and look anew."""
        self._ledger.dismiss()
        self._announced.clear()
        self._owed.clear()
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
        rules, ledger = self._rules, self._ledger
        if thorough is None:
            thorough = not routine or not self._whole
        queue: deque[Question] = deque([Look(AskKind.BALANCES)])
        if rules.has_positions:
            queue.append(Look(AskKind.POSITIONS))
        queue.append(Look(AskKind.OPEN_ORDERS))
        run = _Run(routine, thorough, ledger.whole_ms, now_ms, ledger.recovered, queue)
        if rules.finds_symbols and thorough:
            run.traded = Traded(ledger.whole_ms, rules, now_ms)
            queue.append(run.traded)
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
            if run.wait_until is not None:
                if now < run.wait_until:
                    break
                run.wait_until = None
            if run.queue:
                question = run.queue.popleft()
                self._asked = _Asked(question, question.ask(now_ms), now, now_ms)
                return Progress(events, self._asked.ask)
            if self._ledger.holds:
                # They may still come by the stream; only then it is known what adds up.
                break
            if not self._goes_on(run, now):
                events += self._end(run, now_ms)
        return Progress(events)

    def _goes_on(self, run: _Run, now: float) -> bool:
        """What follows from the answers so far; False: nothing more."""
        differences = self._differences(run)
        if differences and not run.settled:
            run.settled = True
            run.wait_until = now + SETTLE_S
            return True
        self._ask_about(run, differences)
        if run.queue:
            return True
        if differences and run.checks < CHECKS:
            run.checks += 1
            run.queue.append(Look(AskKind.POSITIONS if self._rules.has_positions else AskKind.BALANCES))
            run.settled = False
            return True
        return False

    def _ask_about(self, run: _Run, differences: dict[str, Decimal] | None) -> None:
        """Queue the symbols that may have fills which nobody told, the likeliest first."""
        self._announced = {each: None for each in self._announced if not self._ledger.knows(*each)}
        symbols = dict.fromkeys(symbol for symbol, _ in self._announced)
        symbols |= self._owed | run.hints
        symbols |= dict.fromkeys(self._candidates(differences or {}))
        symbols |= dict.fromkeys(self._ledger.crowded())
        if run.traded is not None:
            symbols |= run.traded.symbols
        known, watched = self._ledger.symbols(), list(self._watched())
        if differences or (run.thorough and not self._ledger.books.started and not self._first):
            symbols |= dict.fromkeys((*known, *watched))
        elif run.thorough:
            symbols |= dict.fromkeys(known[:SYMBOLS_A_TIME])
            if self._first and not self._rules.finds_symbols:
                symbols |= dict.fromkeys(watched[:SYMBOLS_A_TIME])
        for symbol in symbols:
            if symbol not in run.searched:
                run.searched.add(symbol)
                announced = [each for name, each in self._announced if name == symbol]
                run.queue.append(Fills(symbol, self._ledger, self._rules, announced))
        for order in run.vanished[:ENDINGS_A_TIME]:
            run.queue.append(Ending(order, self._ledger))
        for order in run.vanished[ENDINGS_A_TIME:]:
            run.missing[Ending(order, self._ledger).about] = "asked for the next time"
        run.vanished = []

    def _candidates(self, differences: dict[str, Decimal]) -> list[str]:
        """Symbols that can explain the differences, those that explain two at once first."""
        if self._rules.has_positions:
            return [symbol_of(key) for key in differences]
        if not differences:
            return []
        had = self._ledger.standing.assets() | differences.keys()
        pairs = [
            (len({base, quote} & differences.keys()), symbol)
            for symbol, (base, quote) in self._pairs().items()
            if base in had and quote in had
        ]
        return [symbol for changed, symbol in sorted(pairs, key=lambda pair: -pair[0]) if changed]

    def _differences(self, run: _Run) -> dict[str, Decimal] | None:
        if run.amounts is None:
            return None
        return self._ledger.books.differences(run.amounts, run.amounts_ms)

    def _read(self, run: _Run, page: Page, asked: _Asked) -> None:
        """What an answer says of the amounts, and of symbols where something happened."""
        rules = self._rules
        match asked.ask.kind:
            case AskKind.BALANCES if not rules.has_positions:
                balances = [row for row in page.rows if isinstance(row, Balance)]
                run.amounts = spot_amounts(balances)
                run.amounts_ms = max((row.time_ms for row in balances), default=asked.ms)
            case AskKind.POSITIONS:
                run.amounts = position_amounts(row for row in page.rows if isinstance(row, Position))
                run.amounts_ms = asked.ms
            case AskKind.OPEN_ORDERS:
                orders = [row for row in page.rows if isinstance(row, OrderUpdate)]
                run.vanished = self._ledger.standing.vanished(orders, asked.at)
                for order in orders:
                    known = self._ledger.standing.filled(order)
                    if run.thorough or number(order.filled_qty) > number(known):
                        run.hints[order.symbol] = None
                run.hints |= dict.fromkeys(order.symbol for order in run.vanished)
            case _:
                pass

    def _not_had(self, run: _Run, question: Question, words: str) -> None:
        run.missing[question.about] = words
        if isinstance(question, Fills):
            self._owed[question.symbol] = None

    # The end

    def _end(self, run: _Run, now_ms: int) -> list[AccountEvent]:
        ledger, books = self._ledger, self._ledger.books
        differences = self._differences(run)
        missing = dict(run.missing)
        if run.amounts is not None:
            if differences is None and books.started:
                missing["amounts"] = "they cannot be compared: the assets of a traded symbol are not known"
            else:
                books.rebase(run.amounts, run.amounts_ms, but=(differences or {}).keys())
        for key, difference in (differences or {}).items():
            missing[f"{key} {difference:+f}"] = UNEXPLAINED
        missing |= ledger.doubts
        self._run = None
        self._whole = not missing
        if self._whole:
            ledger.vouch(run.ms)
            self._first = False
        state = RecoveryState.INCOMPLETE if missing else RecoveryState.COMPLETE
        return self._say(run, state, now_ms, missing)

    def _say(
        self, run: _Run, state: RecoveryState, now_ms: int, missing: dict[str, str]
    ) -> list[AccountEvent]:
        checked = listed(run.checked)
        if self._first and run.checked and run.from_ms < run.ms:
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
