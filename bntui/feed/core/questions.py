"""The single questions of a recovery: each asks REST page by page until it has its answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bntui.feed.core.ledger import OVERLAP_MS, Ledger
from bntui.model.account import OrderUpdate
from bntui.venue.user import Ask, AskKind, Page, UserRules

REST_TRIES = 3
"""REST may be behind the stream: so often it is asked again for what it should know."""

REST_WAIT_S = 2.0
"""… and so long after the time before."""

NAMED = 6
"""So many things are named one by one; the others are counted."""


class Heard(NamedTuple):
    """What follows from a page."""

    done: bool
    """There is no more to ask."""
    wait_s: float = 0.0
    """The next page is asked for so much later."""
    missing: str = ""
    """Why the answer is not whole, where it never will be."""


DONE = Heard(True)
MORE = Heard(False)


class Question(Protocol):
    """One thing to find out."""

    @property
    def about(self) -> str:
        """What it asks for, for people: `trades of BTCUSDT`."""
        ...

    def ask(self, now_ms: int) -> Ask:
        """The next page to ask for."""
        ...

    def answered(self, ask: Ask, page: Page, asked_at: float, asked_ms: int) -> Heard:
        """A page came, and the ledger has taken it."""
        ...


class Look:
    """Everything of one kind in a single answer: balances, positions, open orders."""

    def __init__(self, kind: AskKind) -> None:
        """Nothing was asked yet."""
        self.kind = kind

    @property
    def about(self) -> str:
        """See `Question`."""
        return str(self.kind)

    def ask(self, now_ms: int) -> Ask:
        """See `Question`."""
        return Ask(self.kind)

    def answered(self, ask: Ask, page: Page, asked_at: float, asked_ms: int) -> Heard:
        """See `Question`."""
        return DONE


@dataclass(slots=True)
class _Window:
    """A stretch of time that is asked for piece by piece."""

    rules: UserRules
    from_ms: int

    def ask(self, kind: AskKind, symbol: str, now_ms: int) -> Ask:
        to_ms = max(self.from_ms, min(self.from_ms + self.rules.fills_span_ms - 1, now_ms))
        return Ask(kind, symbol, from_ms=self.from_ms, to_ms=to_ms)

    def answered(self, ask: Ask, page: Page, asked_ms: int) -> bool:
        """Go on behind the page; whether that was all."""
        to_ms = asked_ms if ask.to_ms is None else ask.to_ms
        if page.full and page.last_ms is not None:
            # Rows of the same millisecond may lie on both sides of the page's end.
            self.from_ms = max(self.from_ms + 1, page.last_ms)
            return False
        self.from_ms = to_ms + 1
        return to_ms >= asked_ms


def oldest_ms(rules: UserRules, now_ms: int) -> int:
    """How far back fills can be had."""
    return 0 if rules.fills_age_ms is None else now_ms - rules.fills_age_ms


class Fills:
    """The fills of one symbol from the last known one on."""

    def __init__(self, symbol: str, ledger: Ledger, rules: UserRules, announced: Iterable[int] = ()) -> None:
        """`announced`: trades that the stream named without telling of them."""
        self.symbol = symbol
        self._announced = tuple(announced)
        self._ledger = ledger
        self._rules = rules
        self._window: _Window | None = None
        self._since_ms = 0
        self._tries = 0

    @property
    def about(self) -> str:
        """See `Question`."""
        return f"trades of {self.symbol}"

    def ask(self, now_ms: int) -> Ask:
        """See `Question`. By id where that reaches, since no time can then be read wrongly."""
        mark = self._ledger.fills.mark(self.symbol)
        age_ms = self._rules.ids_age_ms
        if mark is not None and (age_ms is None or mark[1] > now_ms - age_ms + OVERLAP_MS):
            self._window = None
            return Ask(AskKind.FILLS, self.symbol, from_id=mark[0] + 1)
        if self._window is None:
            self._since_ms = max(0, self._ledger.from_ms(self.symbol), oldest_ms(self._rules, now_ms))
            self._window = _Window(self._rules, self._since_ms)
        return self._window.ask(AskKind.FILLS, self.symbol, now_ms)

    def answered(self, ask: Ask, page: Page, asked_at: float, asked_ms: int) -> Heard:
        """See `Question`."""
        done = self._window.answered(ask, page, asked_ms) if self._window is not None else not page.full
        if not done and not self._stands_still(ask):
            return MORE
        behind = self._ledger.newer_than_rest(self.symbol, self._since_ms, asked_at)
        if not behind and all(self._ledger.fills.knows(self.symbol, each) for each in self._announced):
            return DONE
        self._tries += 1
        self._window = None
        if self._tries < REST_TRIES:
            return Heard(False, wait_s=REST_WAIT_S)
        return Heard(True, missing="REST does not know all that the stream told")

    def _stands_still(self, ask: Ask) -> bool:
        """A full page of fills that are held back: the next look goes on behind them."""
        mark = self._ledger.fills.mark(self.symbol)
        return ask.from_id is not None and mark is not None and mark[0] < ask.from_id


class Traded:
    """Which symbols had fills."""

    def __init__(self, from_ms: int, rules: UserRules, now_ms: int) -> None:
        """Since when."""
        self.symbols: dict[str, None] = {}
        self._window = _Window(rules, max(0, from_ms - OVERLAP_MS, oldest_ms(rules, now_ms)))

    @property
    def about(self) -> str:
        """See `Question`."""
        return str(AskKind.TRADED_SYMBOLS)

    def ask(self, now_ms: int) -> Ask:
        """See `Question`."""
        return self._window.ask(AskKind.TRADED_SYMBOLS, "", now_ms)

    def answered(self, ask: Ask, page: Page, asked_at: float, asked_ms: int) -> Heard:
        """See `Question`."""
        self.symbols |= dict.fromkeys(page.symbols)
        return DONE if self._window.answered(ask, page, asked_ms) else MORE


class Ending:
    """How one order ended that is open no more."""

    def __init__(self, order: OrderUpdate, ledger: Ledger) -> None:
        """Nothing was asked yet."""
        self.order = order
        self.gone = False
        """REST does not know the order."""
        self._ledger = ledger
        self._tries = 0

    @property
    def about(self) -> str:
        """See `Question`."""
        return f"the end of order {self.order.order_id} on {self.order.symbol}"

    def ask(self, now_ms: int) -> Ask:
        """See `Question`."""
        return Ask(AskKind.ORDERS, self.order.symbol, from_id=self.order.order_id)

    def answered(self, ask: Ask, page: Page, asked_at: float, asked_ms: int) -> Heard:
        """See `Question`."""
        if not self._ledger.standing.is_open(self.order):
            return DONE
        self._tries += 1
        if self._tries < REST_TRIES:
            return Heard(False, wait_s=REST_WAIT_S)
        listed = any(
            isinstance(row, OrderUpdate) and row.identity == self.order.identity for row in page.rows
        )
        # Where it is in no list of open orders and yet told as one, the next look will tell.
        self.gone = not listed
        return DONE


def missing_words(missing: Iterable[tuple[str, str]]) -> str:
    """What could not be had, and why; what has the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for about, reason in missing:
        by_reason.setdefault(reason, []).append(about)
    return "; ".join(f"{listed(names)}: {reason}" for reason, names in by_reason.items())


def listed(names: Iterable[str]) -> str:
    """`open orders, trades of BTCUSDT and ETHUSDT`; what is more than a few is counted."""
    of_trades = "trades of "
    others: dict[str, None] = {}
    symbols: dict[str, None] = {}
    for name in names:
        if name.startswith(of_trades):
            symbols[name.removeprefix(of_trades)] = None
        else:
            others[name] = None
    parts = _named(others, "things")
    if symbols:
        parts.append(of_trades + _joined(_named(symbols, "symbols")))
    return _joined(parts)


def _named(names: Iterable[str], what: str) -> list[str]:
    names = list(names)
    more = len(names) - NAMED
    # «1 more symbols» would be longer than its name.
    return [*names[:NAMED], f"{more} more {what}"] if more > 1 else names


def _joined(names: list[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + "".join(names[-1:])
