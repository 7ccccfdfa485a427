"""One comparison of a ledger with REST: what the answers say, and where fills may be that nobody told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bntui.feed.core.bookkeeping import Amount, Pairs, position_amounts, spot_amounts, symbol_of
from bntui.feed.core.ledger import Ledger
from bntui.feed.core.questions import Ending, Fills, Look, Question, Traded
from bntui.feed.core.standing import number
from bntui.model.account import Balance, OrderUpdate, Position
from bntui.venue.user import AskKind, Page, UserRules

FIRST_SYMBOLS = 15
"""Watched symbols that a first look asks for on Spot, where nothing names the traded ones."""

SYMBOLS_A_TIME = 15
"""Symbols that are asked for without a sign that something is missing there; those with the newest fills. A
quarter of our weight on Spot, where the amounts tell of the others; connections may be lost often."""

ENDINGS_A_TIME = 20
"""Orders whose end is asked for at a time; the others are missing, and asked for the next time."""

VAIN_TRIES = 3
"""A symbol whose fills did not explain what does not add up is asked so often; REST may have been behind."""

UNEXPLAINED = "changed without a fill that explains it; nothing is missing if you paid it in or out"


@dataclass(slots=True)
class Debts:
    """What one comparison leaves to the next."""

    symbols: dict[str, None] = field(default_factory=dict)
    """Those that could not be asked about. No more than there are symbols."""
    announced: dict[tuple[str, int], None] = field(default_factory=dict)
    """Symbol and id of fills that were announced and not found."""
    unexplained: dict[str, Decimal] = field(default_factory=dict)
    """What did not add up."""
    tried: dict[str, int] = field(default_factory=dict)
    """How often symbols were asked about in vain to explain it."""
    first: bool = True
    """The account was never compared as a whole."""


@dataclass(slots=True)
class Comparison:
    """Where one comparison stands."""

    ledger: Ledger
    rules: UserRules
    pairs: Pairs
    watched: Callable[[], Iterable[str]]
    debts: Debts
    routine: bool
    """Nothing is known to be lost."""
    thorough: bool
    """Fills are asked for even where nothing speaks for a loss."""
    ms: int
    """When it began, by the exchange's clock."""
    from_ms: int = 0
    recovered: int = 0
    """How many fills had been recovered before it."""
    queue: deque[Question] = field(default_factory=deque)
    """What is still to be asked."""
    checked: dict[str, None] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """What could not be had, and why."""
    settled: bool = False
    """Amounts that did not add up had their time to."""
    checks: int = 0
    """How often they were asked for anew."""
    amounts: dict[str, Amount] | None = None
    amounts_ms: int = 0
    gone: list[OrderUpdate] = field(default_factory=list)
    """Orders that are open no more, and nobody can tell how they ended."""
    _hints: dict[str, None] = field(default_factory=dict)
    _searched: set[str] = field(default_factory=set)
    _vanished: list[OrderUpdate] = field(default_factory=list)
    _traded: Traded | None = None

    def __post_init__(self) -> None:
        """What is looked at in any case, the cheapest first."""
        self.from_ms, self.recovered = self.ledger.whole_ms, self.ledger.recovered
        self.queue.append(Look(AskKind.BALANCES))
        if self.rules.has_positions:
            self.queue.append(Look(AskKind.POSITIONS))
        self.queue.append(Look(AskKind.OPEN_ORDERS))
        if self.rules.finds_symbols and self.thorough:
            self._traded = Traded(self.from_ms, self.rules, self.ms)
            self.queue.append(self._traded)

    def read(self, kind: AskKind, page: Page, asked_at: float, asked_ms: int) -> None:
        """What an answer says of the amounts, and of symbols where something happened; before the ledger has
        taken it."""
        match kind:
            case AskKind.BALANCES if not self.rules.has_positions:
                balances = [row for row in page.rows if isinstance(row, Balance)]
                self.amounts = spot_amounts(balances)
                self.amounts_ms = max((row.time_ms for row in balances), default=asked_ms)
            case AskKind.POSITIONS:
                self.amounts = position_amounts(row for row in page.rows if isinstance(row, Position))
                self.amounts_ms = asked_ms
            case AskKind.OPEN_ORDERS:
                orders = [row for row in page.rows if isinstance(row, OrderUpdate)]
                standing = self.ledger.standing
                self._vanished = standing.vanished(orders, asked_at)
                for order in orders:
                    if self.thorough or number(order.filled_qty) > number(standing.filled(order)):
                        self._hints[order.symbol] = None
                self._hints |= dict.fromkeys(order.symbol for order in self._vanished)
            case _:
                pass

    def not_had(self, question: Question, words: str) -> None:
        """A question has no answer."""
        self.missing[question.about] = words
        if isinstance(question, Fills):
            self.debts.symbols[question.symbol] = None

    def only_watched(self, question: Question) -> bool:
        """Whether nothing but the user's watchlist speaks for fills of the symbol that is asked about."""
        if not isinstance(question, Fills):
            return False
        named = (symbol for symbol, _ in self.debts.announced)
        signs = (*self.ledger.fills.symbols(), *self.debts.symbols, *self._hints, *named)
        return question.symbol not in signs

    def had(self, question: Question) -> None:
        """A question is answered."""
        self.checked[question.about] = None
        if isinstance(question, Fills):
            self.debts.symbols.pop(question.symbol, None)
        elif isinstance(question, Ending) and question.gone:
            self.gone.append(question.order)

    @property
    def signs(self) -> bool:
        """Whether anything speaks for a loss, beside amounts that do not add up."""
        return bool(self._vanished or self.debts.announced)

    def announced(self, symbol: str) -> None:
        """A fill of the symbol was announced: ask for it, even if it was asked for before."""
        self._searched.discard(symbol)

    def look_again(self) -> None:
        """Ask for the amounts once more."""
        self.checks += 1
        self.settled = False
        self.queue.append(Look(AskKind.POSITIONS if self.rules.has_positions else AskKind.BALANCES))

    def differences(self) -> dict[str, Decimal] | None:
        """What does not add up; None where it cannot be told."""
        if self.amounts is None:
            return None
        return self.ledger.books.differences(self.amounts, self.amounts_ms)

    def ask_on(self, differences: dict[str, Decimal]) -> None:
        """Queue the symbols that may have fills which nobody told, the likeliest first, each once."""
        known = self.debts.announced
        self.debts.announced = {each: None for each in known if not self.ledger.fills.knows(*each)}
        for symbol in self._symbols(differences):
            if symbol not in self._searched:
                self._searched.add(symbol)
                announced = [each for name, each in self.debts.announced if name == symbol]
                self.queue.append(Fills(symbol, self.ledger, self.rules, announced))
        for order in self._vanished[:ENDINGS_A_TIME]:
            self.queue.append(Ending(order, self.ledger))
        for order in self._vanished[ENDINGS_A_TIME:]:
            self.missing[Ending(order, self.ledger).about] = "asked for the next time"
        self._vanished = []

    def outcome(self) -> dict[str, str]:
        """The end: what is missing, and why. What adds up is what is compared with from now on."""
        books, differences = self.ledger.books, self.differences()
        missing = dict(self.missing)
        if self.amounts is not None:
            if differences is None and books.started:
                missing["amounts"] = "they cannot be compared: the assets of a traded symbol are not known"
            else:
                books.rebase(self.amounts, self.amounts_ms, but=(differences or {}).keys())
        for key, difference in (differences or {}).items():
            missing[f"{key} {difference:+f}"] = UNEXPLAINED
        return missing | self.ledger.doubts

    def _symbols(self, differences: dict[str, Decimal]) -> dict[str, None]:
        debts = self.debts
        symbols = dict.fromkeys(symbol for symbol, _ in debts.announced)
        symbols |= debts.symbols | self._hints
        known, watched = self.ledger.fills.symbols(), list(self.watched())
        if differences:
            if differences != debts.unexplained:
                debts.unexplained, debts.tried = differences, {}
            likely = dict.fromkeys((*self._candidates(differences), *known, *watched))
            # What explained nothing the last times explains nothing now.
            likely = {each: None for each in likely if debts.tried.get(each, 0) < VAIN_TRIES}
            debts.tried |= {each: debts.tried.get(each, 0) + (each not in self._searched) for each in likely}
            symbols |= likely
        symbols |= dict.fromkeys(self.ledger.fills.crowded())
        if self._traded is not None:
            symbols |= self._traded.symbols
        if self.thorough and not self.ledger.books.started and not debts.first:
            symbols |= dict.fromkeys((*known, *watched))
        elif self.thorough:
            symbols |= dict.fromkeys(known[:SYMBOLS_A_TIME])
            if debts.first and not self.rules.finds_symbols:
                symbols |= dict.fromkeys(watched[:FIRST_SYMBOLS])
        return symbols

    def _candidates(self, differences: dict[str, Decimal]) -> list[str]:
        """Symbols that can explain the differences, those that explain two at once first."""
        if self.rules.has_positions:
            return [symbol_of(key) for key in differences]
        if not differences:
            return []
        had = self.ledger.standing.assets() | differences.keys()
        pairs = [
            (len({base, quote} & differences.keys()), symbol)
            for symbol, (base, quote) in self.pairs().items()
            if base in had and quote in had
        ]
        return [symbol for changed, symbol in sorted(pairs, key=lambda pair: -pair[0]) if changed]
