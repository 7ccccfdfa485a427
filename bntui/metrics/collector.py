"""What the mirror holds, as metrics: made anew whenever somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from bntui.clock import Clock
from bntui.metrics.table import COUNTER_ENDS, METRICS
from bntui.metrics.tally import KINDS, Tally
from bntui.model.judged import HealthView
from bntui.model.markets import Market
from bntui.model.states import BookState, Grade, RecoveryState, ShardState, StreamState, UserStreamState
from bntui.model.text import one_line
from bntui.model.views import BudgetView, ShardView
from bntui.wire.mirror import LinkState, Mirror

MOST_SHARDS = 200
MOST_DARK = 20
MOST_SYMBOLS = 50
MOST_ACCOUNTS = 50
"""Rows that are told one by one; what is beyond is in the sums, and counted in `bntui_omitted`."""


class Sheet:
    """Rows of numbers, by metric. Labels are text of the exchange or the user: each becomes one line."""

    def __init__(self) -> None:
        """No rows."""
        self._rows: dict[str, dict[tuple[str, ...], float]] = {metric.name: {} for metric in METRICS}

    def put(self, name: str, value: float | None, *labels: object) -> None:
        """A row; None: it is not known, and so not told."""
        if value is not None:
            self._rows[name][tuple(one_line(str(label)) for label in labels)] = float(value)

    def families(self) -> Iterator[Family]:
        """Every metric of the table, with or without rows."""
        for metric in METRICS:
            family: GaugeMetricFamily | CounterMetricFamily
            if metric.counts:
                name = metric.name.removesuffix(COUNTER_ENDS)
                family = CounterMetricFamily(name, metric.about, labels=metric.labels)
            else:
                family = GaugeMetricFamily(metric.name, metric.about, labels=metric.labels)
            for labels, value in self._rows[metric.name].items():
                family.add_metric(labels, value)
            yield family


class EngineCollector(Collector):
    """Tells a mirror. The engine being gone is one more thing to tell."""

    def __init__(self, mirror: Mirror, clock: Clock) -> None:
        """Nothing is read before somebody asks."""
        self._mirror = mirror
        self._clock = clock
        self._tally = Tally()

    def describe(self) -> Iterable[Family]:
        """Nothing: what is told depends on what there is."""
        return ()

    def collect(self) -> Iterator[Family]:
        """Everything as it stands."""
        mirror, at = self._mirror, self._clock.monotonic()
        self._tally.look(mirror)
        sheet = Sheet()
        _engine(sheet, mirror, at)
        if mirror.link is LinkState.LIVE:
            # What an engine that is gone said last would look like news.
            now = mirror.now(at)
            _streams(sheet, mirror, now)
            _shards(sheet, mirror, now)
            _books(sheet, mirror)
            _accounts(sheet, mirror, now)
            _budget(sheet, mirror.budget, self._clock.wall_ms())
            _health(sheet, mirror.health)
        self._counts(sheet)
        return sheet.families()

    def _counts(self, sheet: Sheet) -> None:
        tally, mirror = self._tally, self._mirror
        # Counters begin at 0: a series that appears with its first event hides that one from `increase`.
        for market in tally.markets:
            for kind in KINDS:
                sheet.put("bntui_outages_total", tally.outages[market, kind], market, kind)
            sheet.put("bntui_gap_trades_total", tally.missing[market], market)
            sheet.put("bntui_gap_trades_refilled_total", tally.refilled[market], market)
            sheet.put("bntui_blind_seconds_total", tally.blind_s.get(market, 0.0), market)
        for owner in list(mirror.accounts.streams)[:MOST_ACCOUNTS]:
            for maker, word in ((True, "maker"), (False, "taker")):
                sheet.put("bntui_fills_total", tally.fills[owner, maker], *owner, word)
            sheet.put("bntui_fills_recovered_total", tally.recovered[owner], *owner)


def _engine(sheet: Sheet, mirror: Mirror, at: float) -> None:
    verdict = mirror.verdict(at)
    for grade in Grade:
        sheet.put("bntui_verdict", grade is verdict.grade, grade)
    sheet.put("bntui_verdict_age_seconds", max(0.0, mirror.now(at) - verdict.since))
    sheet.put("bntui_engine_up", mirror.link is LinkState.LIVE)
    sheet.put("bntui_engine_answer_age_seconds", mirror.answer_age_s(at))
    if mirror.engine is not None:
        sheet.put("bntui_engine_info", 1, mirror.engine.version, mirror.engine.environment)


def _streams(sheet: Sheet, mirror: Mirror, now: float) -> None:
    sheet.put("bntui_watched_symbols", len(mirror.watchlist))
    streams = mirror.streams.values()
    markets = {stream.market for stream in streams}
    states = Counter((stream.market, stream.state) for stream in streams)
    for market in markets:
        for state in StreamState:
            sheet.put("bntui_streams", states[market, state], market, state)
    dark = sorted((s for s in streams if s.dark_since is not None), key=lambda s: s.dark_since or 0.0)
    for stream in dark[:MOST_DARK]:
        sheet.put("bntui_stream_dark_seconds", _age(stream.dark_since, now), stream.market, stream.name)
    sheet.put("bntui_omitted", max(0, len(dark) - MOST_DARK), "dark streams")
    for key in mirror.watchlist[:MOST_SYMBOLS]:
        row = mirror.rows.get(key)
        if row is not None:
            sheet.put("bntui_quote_age_seconds", _age(row.quote_at, now), key.market, key.symbol)
    sheet.put("bntui_omitted", max(0, len(mirror.watchlist) - MOST_SYMBOLS), "symbols")


def _shards(sheet: Sheet, mirror: Mirror, now: float) -> None:
    shards = list(mirror.shards.values())
    states = Counter((shard.market, shard.state) for shard in shards)
    for market in {shard.market for shard in shards}:
        for state in ShardState:
            sheet.put("bntui_shards", states[market, state], market, state)
    for shard in shards[:MOST_SHARDS]:
        _shard(sheet, shard, now)
    sheet.put("bntui_omitted", max(0, len(shards) - MOST_SHARDS), "shards")
    lasting = Counter(outage.market for outage in mirror.outages if outage.ended_ms is None)
    for market in {shard.market for shard in shards} | lasting.keys():
        sheet.put("bntui_outages_open", lasting[market], market)


def _shard(sheet: Sheet, shard: ShardView, now: float) -> None:
    own = (shard.id, shard.market)
    for state, number in (("wanted", shard.wanted), ("acked", shard.acked), ("live", shard.live)):
        sheet.put("bntui_shard_streams", number, *own, state)
    for name, value in (
        ("up", float(shard.state is ShardState.LIVE)),
        ("messages_per_second", shard.messages_per_s),
        ("bytes_per_second", shard.bytes_per_s),
        ("lag_seconds", _seconds(shard.lag_ms)),
        ("round_trip_seconds", _seconds(shard.round_trip_ms)),
        ("frame_age_seconds", _age(shard.frame_at, now)),
        ("uptime_seconds", _age(shard.opened_at, now)),
        ("time_left_seconds", None if shard.expires_at is None else shard.expires_at - now),
        ("reconnects_total", shard.reconnects),
    ):
        sheet.put(f"bntui_shard_{name}", value, *own)


def _books(sheet: Sheet, mirror: Mirror) -> None:
    books = mirror.books.values()
    states = Counter((book.market, book.state) for book in books)
    resyncs: Counter[Market] = Counter()
    for book in books:
        resyncs[book.market] += book.resyncs
    for market, number in resyncs.items():
        sheet.put("bntui_book_resyncs_total", number, market)
        for state in BookState:
            sheet.put("bntui_books", states[market, state], market, state)


def _accounts(sheet: Sheet, mirror: Mirror, now: float) -> None:
    accounts = mirror.accounts
    orders = Counter(order.owner for order in accounts.orders.values() if order.open)
    for owner, stream in list(accounts.streams.items())[:MOST_ACCOUNTS]:
        recovery = accounts.recoveries.get(owner)
        for state in UserStreamState:
            sheet.put("bntui_account_state", state is stream.state, *owner, state)
        for name, value in (
            ("up", float(stream.state is UserStreamState.LIVE)),
            ("event_age_seconds", _age(stream.event_at, now)),
            ("proof_age_seconds", _age(stream.proof_at, now)),
            ("expires_seconds", None if stream.expires_at is None else stream.expires_at - now),
            ("reconnects_total", stream.reconnects),
            ("complete", None if recovery is None else float(recovery.state is RecoveryState.COMPLETE)),
            ("open_orders", orders[owner]),
        ):
            sheet.put(f"bntui_account_{name}", value, *owner)
    sheet.put("bntui_omitted", max(0, len(accounts.streams) - MOST_ACCOUNTS), "accounts")


def _budget(sheet: Sheet, budget: BudgetView | None, wall_ms: int) -> None:
    if budget is None:
        return
    sheet.put("bntui_connection_attempts", budget.attempts)
    sheet.put("bntui_connection_attempts_own_limit", budget.attempts_own_limit)
    sheet.put("bntui_connection_attempts_limit", budget.attempts_limit)
    first = (
        budget.weight_pool or "all",
        budget.weight_used,
        budget.weight_own,
        budget.weight_own_limit,
        budget.weight_limit,
    )
    others = ((w.pool, w.used, w.own, w.own_limit, w.limit) for w in budget.other_weights)
    for pool, used, own, own_limit, limit in chain((first,), others):
        sheet.put("bntui_request_weight", used, pool)
        sheet.put("bntui_request_weight_own", own, pool)
        sheet.put("bntui_request_weight_own_limit", own_limit, pool)
        sheet.put("bntui_request_weight_limit", limit, pool)
    until_ms = budget.rest_blocked_until_ms
    sheet.put("bntui_rest_blocked_seconds", 0 if until_ms is None else max(0, until_ms - wall_ms) / 1000)


def _health(sheet: Sheet, health: HealthView) -> None:
    sheet.put("bntui_rest_up", health.rest_ok)
    sheet.put("bntui_clock_offset_seconds", _seconds(health.clock_offset_ms))
    sheet.put("bntui_loop_lag_seconds", _seconds(health.loop_lag_ms))
    sheet.put("bntui_messages_per_second", health.messages_per_s)
    sheet.put("bntui_bytes_per_second", health.bytes_per_s)
    sheet.put("bntui_conflated_quotes_total", health.conflated)
    sheet.put("bntui_unknown_events_total", health.unknown_events)
    sheet.put("bntui_malformed_frames_total", health.malformed_frames)


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000


def _age(at: float | None, now: float) -> float | None:
    return None if at is None else max(0.0, now - at)
