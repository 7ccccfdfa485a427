"""A tiny exchange with one account, and a program that follows it: for stories of loss and recovery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from bntui.feed.core.recovery import Progress, Recovery, open_ledger
from bntui.model.account import (
    AccountEvent,
    AccountKey,
    Balance,
    Fill,
    OrderUpdate,
    Position,
    RecoveryChanged,
)
from bntui.model.markets import Market
from bntui.model.states import RecoveryState
from bntui.venue.user import Ask, AskKind, Page, TradeLite, UserEvent, UserRules

START_MS = 1_767_225_600_000
DAY_MS = 24 * 3_600 * 1_000

SPOT_RULES = UserRules(DAY_MS, None, None, finds_symbols=False, has_positions=False)
FUTURES_RULES = UserRules(7 * DAY_MS, 180 * DAY_MS, 7 * DAY_MS, finds_symbols=True, has_positions=True)

PAIRS = {"BTCUSDT": ("BTC", "USDT"), "ETHUSDT": ("ETH", "USDT"), "ETHBTC": ("ETH", "BTC")}
"""The symbols that are listed; every one may be traded."""

PAGE_ROWS = 3
"""Small, so that everything takes several pages."""


def fill(
    owner: AccountKey, symbol: str, number: int, time_ms: int, side: str = "BUY", order_id: int = 1
) -> Fill:
    """A fill of a little more than 2 at 10, with a fee of 0.01 in the quote asset. No two are of one size,
    so that what is missing never adds up to nothing: that could not be seen while REST is behind."""
    qty = 2 + Decimal(number) / 10_000
    futures = owner.market is not Market.SPOT
    return Fill(
        owner=owner,
        symbol=symbol,
        id=number,
        order_id=order_id,
        client_order_id="",
        side=side,
        position_side="BOTH" if futures else "",
        price="10.00",
        qty=str(qty),
        quote_qty=str(10 * qty),
        fee="0.01",
        fee_asset=PAIRS[symbol][1] if symbol in PAIRS else "USDT",
        maker=True,
        realized_pnl="0" if futures else None,
        time_ms=time_ms,
        received_ms=time_ms,
        recovered=False,
    )


def order(
    owner: AccountKey, symbol: str, number: int, time_ms: int, status: str = "NEW", filled: str = "0"
) -> OrderUpdate:
    """An order of 100 at 10."""
    return OrderUpdate(
        owner=owner,
        symbol=symbol,
        order_id=number,
        client_order_id="",
        side="BUY",
        position_side="",
        type="LIMIT",
        time_in_force="GTC",
        price="10.00",
        stop_price="",
        qty="100",
        filled_qty=filled,
        filled_quote="",
        status=status,
        execution="",
        reason="",
        reduce_only=False,
        placed_ms=None,
        time_ms=time_ms,
        received_ms=time_ms,
        recovered=False,
    )


def balance(owner: AccountKey, asset: str, free: str, time_ms: int, locked: str | None = "0") -> Balance:
    """What there is of an asset."""
    return Balance(owner, asset, free, locked, None, time_ms, time_ms)


def position(owner: AccountKey, symbol: str, qty: str, time_ms: int) -> Position:
    """A position in one-way mode."""
    return Position(
        owner, symbol, "BOTH", qty, "10", None, "0", "cross", "USDT", None, "10", None, time_ms, time_ms
    )


@dataclass
class Exchange:
    """What really happened."""

    owner: AccountKey
    rules: UserRules
    time_ms: int = START_MS
    fills: dict[str, list[Fill]] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    changed_ms: dict[str, int] = field(default_factory=dict)
    orders: dict[int, OrderUpdate] = field(default_factory=dict)
    behind_ms: int = 0
    """By how much REST's list of trades is behind."""
    refuses: frozenset[AskKind] = frozenset()
    unlisted: str = ""
    """A symbol that is unknown here."""
    next_id: int = 100
    changed_at_ms: int = START_MS

    def trade(self, symbol: str, side: str, order_id: int) -> list[UserEvent]:
        """A fill; returns what the stream tells of it."""
        self.next_id += 1
        new = fill(self.owner, symbol, self.next_id, self.time_ms, side, order_id)
        self.fills.setdefault(symbol, []).append(new)
        sign = 1 if side == "BUY" else -1
        qty = Decimal(new.qty) * sign
        self.changed_at_ms = self.time_ms
        events: list[UserEvent] = []
        if self.rules.has_positions:
            self._change(symbol, qty)
            events = [TradeLite(self.owner, symbol, new.id, order_id, self.time_ms, self.time_ms)]
            told: list[UserEvent] = [position(self.owner, symbol, str(self.amounts[symbol]), self.time_ms)]
        else:
            base, quote = PAIRS[symbol]
            self._change(base, qty)
            self._change(quote, -10 * qty - Decimal(new.fee))
            told = [self._balance(asset) for asset in (base, quote)]
        known = self.orders.get(order_id) or order(self.owner, symbol, order_id, self.time_ms)
        filled = Decimal(known.filled_qty) + Decimal(new.qty)
        status = "FILLED" if filled >= 10 else "PARTIALLY_FILLED"
        self.orders[order_id] = replace(
            known, symbol=symbol, status=status, filled_qty=str(filled), time_ms=self.time_ms
        )
        return [*events, self.orders[order_id], new, *told]

    def _change(self, key: str, change: Decimal) -> None:
        self.amounts[key] = self.amounts.get(key, Decimal(0)) + change
        self.changed_ms[key] = self.time_ms

    def _balance(self, asset: str) -> Balance:
        return balance(self.owner, asset, str(self.amounts.get(asset, Decimal(0))), self.changed_at_ms)

    def answer(self, ask: Ask) -> Page:
        """What REST says."""
        match ask.kind:
            case AskKind.BALANCES:
                if self.rules.has_positions:
                    return Page()
                return Page(tuple(self._balance(asset) for asset, qty in self.amounts.items() if qty))
            case AskKind.POSITIONS:
                return Page(
                    tuple(
                        position(self.owner, symbol, str(qty), self.changed_ms[symbol])
                        for symbol, qty in self.amounts.items()
                        if qty
                    )
                )
            case AskKind.OPEN_ORDERS:
                return Page(
                    tuple(replace(each, recovered=True) for each in self.orders.values() if each.open)
                )
            case AskKind.ORDERS:
                rows = [each for each in self.orders.values() if each.symbol == ask.symbol]
                first = ask.from_id or 0
                return self._page(
                    sorted((row for row in rows if row.order_id >= first), key=lambda row: row.order_id)
                )
            case AskKind.FILLS:
                return self._page(self._within(self.fills.get(ask.symbol, ()), ask))
            case AskKind.TRADED_SYMBOLS:
                found = self._within(sorted(self._all(), key=lambda each: each.time_ms), ask)
                page = self._page(found)
                return replace(page, rows=(), symbols=tuple({row.symbol: None for row in found[:PAGE_ROWS]}))

    def _all(self) -> list[Fill]:
        return [each for fills in self.fills.values() for each in fills]

    def _within(self, fills: Iterable[Fill], ask: Ask) -> list[Fill]:
        span_ms = 0 if ask.from_ms is None or ask.to_ms is None else ask.to_ms - ask.from_ms
        assert span_ms <= self.rules.fills_span_ms
        assert ask.from_id is None or ask.from_ms is ask.to_ms is None
        return [
            each
            for each in fills
            if each.time_ms <= self.time_ms - self.behind_ms
            and each.id >= (ask.from_id or 0)
            and (ask.from_ms or 0) <= each.time_ms <= (ask.to_ms or self.time_ms)
        ]

    def _page(self, rows: list[Fill] | list[OrderUpdate]) -> Page:
        first = tuple(replace(row, recovered=True) for row in rows[:PAGE_ROWS])
        last_ms = first[-1].time_ms if first else None
        return Page(first, full=len(first) == PAGE_ROWS, last_ms=last_ms)


@dataclass
class Program:
    """What a run of bntui does with an account, and what outlives it."""

    exchange: Exchange
    now: float = 1_000.0
    kept: list[Fill] = field(default_factory=list)
    """The journal's fills."""
    memory: str = ""
    told: list[Fill] = field(default_factory=list)
    """Every fill that was handed to the sink, over all runs, but for those that a crash took."""
    orders: list[OrderUpdate] = field(default_factory=list)
    says: list[RecoveryChanged] = field(default_factory=list)
    asked: list[Ask] = field(default_factory=list)
    watched: tuple[str, ...] = ()
    unanswered: Ask | None = None
    vouched_ms: int = 0
    """What happened before is of no concern: the account was seen for the first time then."""
    pairs: dict[str, tuple[str, str]] = field(default_factory=lambda: dict(PAIRS))

    def __post_init__(self) -> None:
        """The first start."""
        self.start()

    def start(self) -> None:
        """A run begins, with what an earlier one kept."""
        owner, rules = self.exchange.owner, self.exchange.rules
        self.ledger = open_ledger(owner, rules, lambda: self.pairs, self.exchange.time_ms)
        known = self.ledger.prime(self.kept, self.memory)
        if not known:
            self.vouched_ms = self.exchange.time_ms
        self.told = list(self.kept)
        self.unanswered = None
        self.recovery = Recovery(
            self.ledger, rules, lambda: self.pairs, lambda: self.watched, Random(1).uniform, first=not known
        )

    def state(self) -> RecoveryState | None:
        """What the last word on recovery was."""
        return self.says[-1].view.state if self.says else None

    def recovery_ask(self) -> Ask:
        """A question that nobody has asked."""
        return Ask(AskKind.FILLS, "BTCUSDT", from_id=1)

    def keep(self) -> None:
        """The journal writes: fills first, then what the next run must know."""
        self.kept = list(self.told)
        if self.recovery.looked:
            self.memory = self.ledger.take_memory() or self.memory

    def hear(self, events: Iterable[UserEvent]) -> None:
        """The stream told something."""
        for event in events:
            self._sink(self.ledger.heard(event, self.now))
        self._after(self.recovery.tick(self.now, self.exchange.time_ms))

    def begin(self, *, routine: bool = False) -> None:
        """A socket is new, or it is time to look."""
        self._after(self.recovery.begin(self.now, self.exchange.time_ms, routine=routine))

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        self.exchange.time_ms += round(seconds * 1000)
        self._after(self.recovery.tick(self.now, self.exchange.time_ms))

    def answer(self) -> None:
        """REST answers the question that is open, if there is one."""
        ask = self.unanswered
        if ask is None:
            return
        self.unanswered = None
        if ask.symbol and ask.symbol == self.exchange.unlisted:
            progress = self.recovery.failed(
                ask, "no such symbol", self.now, self.exchange.time_ms, unlisted=True
            )
        elif ask.kind in self.exchange.refuses:
            progress = self.recovery.failed(ask, "refused", self.now, self.exchange.time_ms)
        else:
            page = self.exchange.answer(ask)
            progress = self.recovery.answered(ask, page, self.now, self.exchange.time_ms)
        self._after(progress)

    def fail(self, again_s: float | None = 1.0) -> None:
        """REST does not answer the question that is open."""
        if self.unanswered is not None:
            ask, self.unanswered = self.unanswered, None
            self._after(self.recovery.failed(ask, "no answer", self.now, self.exchange.time_ms, again_s))

    def finish(self) -> None:
        """Answer until nothing is asked and nothing is waited for."""
        for _ in range(2_000):
            if self.unanswered is not None:
                self.answer()
            elif (deadline := self.recovery.deadline()) is not None:
                self.wait(max(0.001, deadline - self.now))
            else:
                return
        raise AssertionError("it asks without end")

    def _after(self, progress: Progress) -> None:
        self._sink(progress.events)
        if progress.ask is not None:
            assert self.unanswered is None, "one question at a time"
            self.unanswered = progress.ask
            self.asked.append(progress.ask)

    def _sink(self, events: Iterable[AccountEvent]) -> None:
        for event in events:
            match event:
                case Fill():
                    self.told.append(event)
                case OrderUpdate():
                    self.orders.append(event)
                case RecoveryChanged():
                    self.says.append(event)
                case _:
                    pass


def world(market: Market = Market.SPOT) -> Program:
    """A first start on an exchange where nothing happened yet."""
    rules = SPOT_RULES if market is Market.SPOT else FUTURES_RULES
    exchange = Exchange(AccountKey("main", market), rules)
    if market is Market.SPOT:
        exchange.amounts = {"USDT": Decimal(1_000), "BTC": Decimal(50)}
    return Program(exchange)
