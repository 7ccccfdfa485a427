"""The futures' signed REST: what is asked about an account, and readers of the answers (Account and Trade
pages of the derivatives documents, read 2026-05-28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bntui.model.account import AccountKey, Balance, Fill, Position
from bntui.model.markets import Market
from bntui.venue.base import RestCall
from bntui.venue.binance.account_limits import ACCOUNT_ROWS, COINM_ACCOUNT_CALLS, USDM_ACCOUNT_CALLS
from bntui.venue.binance.accountrest import AccountCaller, order_row, page_of, require_symbol
from bntui.venue.binance.answers import KeyOf, Row, read
from bntui.venue.binance.futures_payloads import coinm_key, usdm_key
from bntui.venue.binance.futures_userevents import decode_coinm_user, decode_usdm_user, product, worth_in_base
from bntui.venue.binance.limits import CallCost
from bntui.venue.binance.privatestream import COINM_LISTEN_KEYS, USDM_LISTEN_KEYS
from bntui.venue.binance.signing import signed_query
from bntui.venue.binance.userevents import UserDecoder, amount, order_id, price_if_any, word
from bntui.venue.binance.userrefusals import judge
from bntui.venue.binance.values import entries, epoch_ms, flag, identifier, items, require_decimals, text
from bntui.venue.user import Ask, AskKind, ListenKeys, Page, UserRules, UserVenue

_DAY_MS = 86_400_000

RULES = UserRules(
    # One request takes at most 7 days between its times, and fills are kept for six months.
    fills_span_ms=7 * _DAY_MS,
    fills_age_ms=6 * 30 * _DAY_MS,
    # Without times only those of the last 7 days are promised.
    ids_age_ms=7 * _DAY_MS,
    finds_symbols=True,
    has_positions=True,
)


class _Account:
    """What one futures market is asked, and how its answers read."""

    def __init__(self, market: Market, costs: Mapping[str, CallCost], key_of: KeyOf) -> None:
        self._call = AccountCaller(costs)
        self._key_of = key_of
        self._in_quote = market is Market.USDM

    def call(self, ask: Ask) -> RestCall:
        match ask.kind:
            case AskKind.BALANCES:
                return self._call("balance")
            case AskKind.POSITIONS:
                return self._call("position_risk")
            case AskKind.OPEN_ORDERS:
                return self._call("open_orders")
            case AskKind.FILLS:
                return self._call.rows("user_trades", ask, require_symbol(ask))
            case AskKind.ORDERS:
                return self._call.rows("all_orders", ask, require_symbol(ask))
            case AskKind.TRADED_SYMBOLS:
                # Every fill has a line of its commission, one without a fee too.
                return self._call.rows("income", ask, ("incomeType", "COMMISSION"))

    def read(self, ask: Ask, body: bytes, owner: AccountKey, received_ms: int) -> Page:
        def each(reader: Any) -> Any:
            return read(
                body,
                lambda answer: tuple(reader(entries(row), owner, received_ms) for row in items(answer)),
            )

        match ask.kind:
            case AskKind.BALANCES:
                return Page(each(_balance))
            case AskKind.POSITIONS:
                return Page(each(self._position))
            case AskKind.OPEN_ORDERS:
                return Page(each(self._order))
            case AskKind.FILLS:
                return page_of(each(self._fill))
            case AskKind.ORDERS:
                return page_of(each(self._order))
            case AskKind.TRADED_SYMBOLS:
                told = each(self._traded)
                symbols = tuple(dict.fromkeys(symbol for symbol, _ in told))
                last_ms = max((time_ms for _, time_ms in told), default=None)
                return Page(symbols=symbols, full=len(told) >= ACCOUNT_ROWS, last_ms=last_ms)

    def _order(self, row: Row, owner: AccountKey, received_ms: int) -> Any:
        return order_row(row, self._key_of, owner, received_ms)

    def _traded(self, row: Row, owner: AccountKey, received_ms: int) -> tuple[str, int]:
        return self._key_of(text(row["symbol"])).symbol, epoch_ms(row["time"])

    def _fill(self, row: Row, owner: AccountKey, received_ms: int) -> Fill:
        require_decimals(row["price"], row["qty"])
        worth = product(row["price"], row["qty"]) if self._in_quote else row["baseQty"]
        return Fill(
            owner=owner,
            symbol=self._key_of(text(row["symbol"])).symbol,
            id=identifier(row["id"]),
            order_id=order_id(row["orderId"]),
            client_order_id="",
            side=word(row["side"]),
            position_side=word(row["positionSide"]),
            price=row["price"],
            qty=row["qty"],
            quote_qty=amount(worth),
            fee=amount(row["commission"]),
            fee_asset=word(row["commissionAsset"] or ""),
            maker=flag(row["maker"]),
            realized_pnl=amount(row["realizedPnl"]),
            time_ms=epoch_ms(row["time"]),
            received_ms=received_ms,
            recovered=True,
        )

    def _position(self, row: Row, owner: AccountKey, received_ms: int) -> Position:
        margin = amount(row["isolatedMargin"])
        # COIN-M says it; newer answers of USD-M do not, and an isolated position has a wallet of its own.
        held = amount(row.get("isolatedWallet", margin))
        told = row.get("marginType")
        even = row.get("breakEvenPrice")
        return Position(
            owner=owner,
            symbol=self._key_of(text(row["symbol"])).symbol,
            side=word(row["positionSide"]),
            qty=amount(row["positionAmt"]),
            entry_price=amount(row["entryPrice"]),
            break_even_price=None if even is None else amount(even),
            unrealized_pnl=amount(row["unRealizedProfit"]),
            margin_type=word(told) if told else ("isolated" if held.strip("-0.") else "cross"),
            margin_asset=word(row.get("marginAsset", "")),
            liquidation_price=price_if_any(row["liquidationPrice"]) or None,
            mark_price=amount(row["markPrice"]),
            isolated_margin=margin,
            time_ms=epoch_ms(row["updateTime"]),
            received_ms=received_ms,
        )


def _balance(row: Row, owner: AccountKey, received_ms: int) -> Balance:
    return Balance(
        owner,
        word(row["asset"]),
        amount(row["availableBalance"]),
        None,
        amount(row["balance"]),
        epoch_ms(row["updateTime"]),
        received_ms,
    )


def _user(
    market: Market, costs: Mapping[str, CallCost], key_of: KeyOf, decode: UserDecoder, keys: ListenKeys
) -> UserVenue:
    account = _Account(market, costs, key_of)
    worth = None if market is Market.USDM else worth_in_base
    return UserVenue(RULES, account.call, account.read, decode, judge, signed_query, keys, worth)


USDM_USER = _user(Market.USDM, USDM_ACCOUNT_CALLS, usdm_key, decode_usdm_user, USDM_LISTEN_KEYS)
"""User data of USD-M."""

COINM_USER = _user(Market.COINM, COINM_ACCOUNT_CALLS, coinm_key, decode_coinm_user, COINM_LISTEN_KEYS)
"""User data of COIN-M."""
