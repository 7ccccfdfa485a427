"""What alert rules look at, measured on the store. No clock, no I/O.

A price counts only while it can be trusted; what never was there is no measure of anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from bntui.alertrules import AlertRule
from bntui.engine.alerts import Measure
from bntui.model.account import Fill, UserStreamView
from bntui.model.alerts import AlertKind
from bntui.model.incident import is_hole
from bntui.model.markets import SymbolKey
from bntui.model.states import Grade, StreamState, UserStreamState
from bntui.model.text import counted, span
from bntui.model.views import StreamView, WatchView
from bntui.store.store import Store

SAMPLES = 60
"""Prices that are kept of a span, evenly spread over it."""

SHORTEST_STEP_S = 1.0

NAMED = 3
"""Streams that a text calls by name; the rest are counted."""

STARTING_S = 60.0
"""An account's stream that has not begun by then is not on its way any more."""

YES, NO = Decimal(1), Decimal(0)

_TRUSTED = (StreamState.LIVE, StreamState.QUIET)
_MISSING = (StreamState.STALE, StreamState.BLIND)


class PriceTrail:
    """A symbol's prices over a span. A time without a price that can be trusted begins it anew."""

    def __init__(self, over_s: float) -> None:
        """Empty."""
        self._over_s = over_s
        self._step_s = max(over_s / SAMPLES, SHORTEST_STEP_S)
        self._samples: deque[tuple[float, Decimal]] = deque(maxlen=SAMPLES + 2)

    def change(self, price: Decimal | None, now: float) -> Decimal | None:
        """By how much per cent the price has changed; None before it was followed for the whole span."""
        samples = self._samples
        if price is None:
            samples.clear()
            return None
        if not samples or now - samples[-1][0] >= self._step_s:
            if samples and now - samples[-1][0] >= self._over_s:
                samples.clear()
            samples.append((now, price))
        while len(samples) > 1 and now - samples[1][0] >= self._over_s:
            samples.popleft()
        began_at, before = samples[0]
        if now - began_at < self._over_s or not before:
            return None
        return (price - before) / before * 100


class Measures:
    """Measures for each rule what it looks at."""

    def __init__(self, store: Store, rules: Iterable[AlertRule]) -> None:
        """Trails of prices are kept for rules that look at changes, of the symbols that they look at."""
        self._store = store
        self._rules = tuple(rules)
        self._trails: dict[str, dict[SymbolKey, PriceTrail]] = {
            rule.name: {} for rule in self._rules if rule.kind is AlertKind.CHANGE
        }
        self._of_symbol: dict[AlertKind, Callable[[AlertRule, SymbolKey, WatchView, float], Measure]] = {
            AlertKind.PRICE_ABOVE: _price,
            AlertKind.PRICE_BELOW: _price,
            AlertKind.CHANGE: self._change,
            AlertKind.SPREAD: _spread,
            AlertKind.AGE: _age,
        }
        self._of_all: dict[AlertKind, Callable[[AlertRule, float, int], Iterator[Measure]]] = {
            AlertKind.STREAMS: self._streams,
            AlertKind.BLIND: self._blind,
            AlertKind.RECONNECTS: self._reconnects,
            AlertKind.ACCOUNT: self._accounts,
            AlertKind.MARGIN: self._margin,
        }

    def take(self, now: float, wall_ms: int) -> Mapping[str, list[Measure]]:
        """Measure now, by the rules' names."""
        return {rule.name: list(self._measured(rule, now, wall_ms)) for rule in self._rules}

    def _measured(self, rule: AlertRule, now: float, wall_ms: int) -> Iterator[Measure]:
        of_symbol = self._of_symbol.get(rule.kind)
        if of_symbol is None:
            of_all = self._of_all.get(rule.kind)
            yield from of_all(rule, now, wall_ms) if of_all is not None else ()
            return
        keys = rule.symbols or self._store.watchlist
        for key in keys:
            row = self._store.row(key)
            yield of_symbol(rule, key, row, now) if row is not None else Measure(key.label, None, "")
        trails = self._trails.get(rule.name)
        if trails is not None and len(trails) > len(keys):
            for gone in trails.keys() - set(keys):
                del trails[gone]

    def _change(self, rule: AlertRule, key: SymbolKey, row: WatchView, now: float) -> Measure:
        trail = self._trails[rule.name].setdefault(key, PriceTrail(rule.over_s))
        price = number(row.last) if row.state in _TRUSTED else None
        change = trail.change(price, now)
        if change is None:
            return Measure(key.label, None, "")
        moved = "rose" if change > 0 else "fell"
        words = f"{key.label} {moved} by {abs(change):.2f}% within {span(rule.over_s)}, to {row.last}"
        return Measure(key.label, abs(change), words)

    def _streams(self, rule: AlertRule, now: float, _wall_ms: int) -> Iterator[Measure]:
        names = {(key.market, key.symbol.casefold()) for key in rule.symbols}
        streams = [
            view
            for view in self._store.streams.values()
            if not names or (view.market, view.name.partition("@")[0].casefold()) in names
        ]
        missing = [view for view in streams if view.state in _MISSING]
        words = _missing_words(missing) if missing else "every stream flows, or is quiet for a reason"
        yield Measure("", Decimal(len(missing)) if streams else None, words)

    def _blind(self, _rule: AlertRule, _now: float, _wall_ms: int) -> Iterator[Measure]:
        verdict = self._store.verdict
        if verdict is None:
            yield Measure("", None, "")
        else:
            yield Measure("", YES if verdict.grade is Grade.BLIND else NO, verdict.sentence)

    def _reconnects(self, rule: AlertRule, _now: float, wall_ms: int) -> Iterator[Measure]:
        since_ms = wall_ms - rule.over_s * 1_000
        lost = [
            outage
            for outage in self._store.outages
            if outage.began_ms >= since_ms and not (outage.planned or outage.silent or is_hole(outage))
        ]
        were = counted(len(lost), "connection was lost", "connections were lost")
        last = f", the last one: {lost[0].cause}" if lost else ""
        yield Measure("", Decimal(len(lost)), f"{were} within {span(rule.over_s)}{last}")

    def _accounts(self, _rule: AlertRule, now: float, _wall_ms: int) -> Iterator[Measure]:
        for owner, view in self._store.accounts.streams.items():
            yield Measure(owner.label, *_arrival(view, now))

    def _margin(self, rule: AlertRule, _now: float, _wall_ms: int) -> Iterator[Measure]:
        for position in self._store.accounts.positions.values():
            if rule.symbols and position.key not in rule.symbols:
                continue
            subject = f"{position.owner.label} {position.symbol} {position.side}"
            called = position.margin_call_ms is not None
            words = f"the exchange {'warns' if called else 'warns no more'} of the margin of {subject}"
            yield Measure(subject, YES if called else NO, words)


def fill_measure(rule: AlertRule, fill: Fill) -> Measure | None:
    """What a rule about fills sees of one; None where it is about others."""
    if rule.symbols and fill.key not in rule.symbols:
        return None
    late = ", found by REST" if fill.recovered else ""
    words = f"{fill.side} {fill.qty} {fill.symbol} @ {fill.price} of {fill.owner.label}{late}"
    return Measure(fill.key.label, number(fill.quote_qty), words)


def number(text: str | None) -> Decimal | None:
    """A number as the exchange printed it; None for what is none."""
    try:
        value = Decimal(text or "")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _price(rule: AlertRule, key: SymbolKey, row: WatchView, _now: float) -> Measure:
    price = number(row.last) if row.state in _TRUSTED else None
    side = "at or below" if rule.below else "at or above"
    wrong = price is not None and (price <= rule.value if rule.below else price >= rule.value)
    return Measure(key.label, price, f"{key.label} is at {row.last}{f', {side} {rule.value:f}' * wrong}")


def _spread(_rule: AlertRule, key: SymbolKey, row: WatchView, _now: float) -> Measure:
    bid, ask = (number(row.bid), number(row.ask)) if row.state in _TRUSTED else (None, None)
    if not bid or not ask:
        return Measure(key.label, None, "")
    bps = (ask - bid) / (ask + bid) * 2 * 10_000
    return Measure(key.label, bps, f"the spread of {key.label} is {bps:.1f} bps: {row.bid} to {row.ask}")


def _age(_rule: AlertRule, key: SymbolKey, row: WatchView, now: float) -> Measure:
    came = [at for at in (row.quote_at, row.trade_at, row.ticker_at, row.mark_at) if at is not None]
    if not came:
        return Measure(key.label, None, "")
    age_s = max(now - max(came), 0.0)
    why = f" ({row.reason})" if row.reason else ""
    return Measure(key.label, Decimal(str(age_s)), f"the newest of {key.label} is {span(age_s)} old{why}")


def _missing_words(missing: list[StreamView]) -> str:
    names = ", ".join(view.name for view in missing[:NAMED])
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    return f"{counted(len(missing), 'stream brings', 'streams bring')} nothing: {names}{more}"


def _arrival(view: UserStreamView, now: float) -> tuple[Decimal | None, str]:
    """Whether an account's fills may be missing, and why."""
    if view.state is UserStreamState.STARTING and now - view.since < STARTING_S:
        return None, ""
    label = view.owner.label
    if view.state is not UserStreamState.LIVE:
        return YES, f"fills of {label} may not arrive: {view.reason or view.state}"
    if view.renewals and (failure := view.renewals[-1].failure):
        return YES, f"fills of {label} may cease: {view.renewals[-1].what} failed: {failure}"
    return NO, f"fills of {label} arrive"
