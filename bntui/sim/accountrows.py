"""Which orders and trades of an account a request asks for, as all markets read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from bntui.sim.orders import Order, OwnTrade
from bntui.sim.parameters import Parameters, Refused

_Row = TypeVar("_Row", Order, OwnTrade)

Answer = Callable[[Parameters], object]
"""Answers a request with plain values; raises Refused."""

Questions = Mapping[str, tuple[tuple[str, ...], Answer]]
"""What can be asked: by its name, the parameters that it takes, and what answers."""


def answered(questions: Questions, name: str, params: Mapping[str, str]) -> object:
    """The answer to one question, as plain values. Raises Refused."""
    question = questions.get(name)
    if question is None:
        raise Refused(-1020, "This operation is not supported.")
    allowed, answer = question
    if params and not allowed:
        raise Refused(-1101, f"Too many parameters; expected '0' and received '{len(params)}'.")
    return answer(Parameters(list(params.items()), allowed))


def bad_combination() -> Refused:
    """Parameters that are right each, and not together."""
    return Refused(-1128, "Combination of optional parameters invalid.")


def span_us(parameters: Parameters, longest_ms: int | None) -> tuple[int | None, int | None]:
    """The time that is asked for; more than the longest, where there is one, is refused."""
    start_us, end_us = parameters.moment_us("startTime"), parameters.end_us("endTime")
    if start_us is not None and end_us is not None:
        if start_us > end_us:
            raise Refused(-1023, "Start time is greater than end time.")
        if longest_ms is not None and end_us // 1000 - start_us // 1000 > longest_ms:
            hours = longest_ms // 3_600_000
            raise Refused(-1127, f"More than {hours} hours between startTime and endTime.")
    return start_us, end_us


def orders_asked_for(
    orders: Sequence[Order], parameters: Parameters, longest_ms: int, rows: int, most: int
) -> Sequence[Order]:
    """Those of a symbol from an id on; else the oldest within a time, or the newest of all."""
    limit = parameters.rows(rows, most)
    first_id = parameters.number("orderId")
    start_us, end_us = span_us(parameters, longest_ms)
    if first_id is not None:
        return list(islice((order for order in orders if order.order_id >= first_id), limit))
    return _within(orders, [order.placed_us for order in orders], (start_us, end_us), longest_ms, limit)


def trades_asked_for(
    trades: Sequence[OwnTrade], parameters: Parameters, longest_ms: int, rows: int, most: int
) -> Sequence[OwnTrade]:
    """Those of a symbol from an id on; else the oldest within a time, or the newest of all."""
    limit = parameters.rows(rows, most)
    first_id = parameters.number("fromId")
    start_us, end_us = span_us(parameters, longest_ms)
    if first_id is not None:
        return list(islice((trade for trade in trades if trade.trade_id >= first_id), limit))
    return _within(trades, [trade.time_us for trade in trades], (start_us, end_us), longest_ms, limit)


def _within(
    rows: Sequence[_Row],
    times: Sequence[int],
    span: tuple[int | None, int | None],
    longest_ms: int,
    limit: int,
) -> Sequence[_Row]:
    start_us, end_us = span
    if start_us is None and end_us is None:
        return rows[-limit:]
    if start_us is None:
        assert end_us is not None
        start_us = (end_us // 1000 - longest_ms) * 1000
    if end_us is None:
        end_us = start_us + longest_ms * 1000
    return [row for row, time in zip(rows, times, strict=True) if start_us <= time <= end_us][:limit]


def found(orders: Iterable[Order], symbol: str, parameters: Parameters) -> Order:
    """One order, by its id or its name."""
    order_id, name = parameters.number("orderId"), None
    if "origClientOrderId" in parameters:
        name = parameters.mandatory("origClientOrderId")
    if order_id is None and name is None:
        raise Refused(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")
    for order in reversed(list(orders)):
        if order.pair.symbol == symbol and (
            order.order_id == order_id if order_id is not None else order.client_id == name
        ):
            return order
    raise Refused(-2013, "Order does not exist.")
