"""Frames of user streams as the documents show them, digit for digit, and rows of signed answers."""

from __future__ import annotations

from typing import Any

EXECUTION = {
    "e": "executionReport", "E": 1499405658658, "s": "ETHBTC", "c": "mUvoqJxFIILMdfAW5iGSOW", "S": "BUY",
    "o": "LIMIT", "f": "GTC", "q": "1.00000000", "p": "0.10264410", "P": "0.00000000", "F": "0.00000000",
    "g": -1, "C": "", "x": "NEW", "X": "NEW", "r": "NONE", "i": 4293153, "l": "0.00000000",
    "z": "0.00000000", "L": "0.00000000", "n": "0", "N": None, "T": 1499405658657, "t": -1, "v": 3,
    "I": 8641984, "w": True, "m": False, "M": False, "O": 1499405658650, "Z": "0.00000000",
    "Y": "0.00000000", "Q": "0.00000000", "W": 1499405658657, "V": "NONE",
}  # fmt: skip

TRADE = {
    **EXECUTION, "x": "TRADE", "X": "PARTIALLY_FILLED", "l": "0.30000000", "z": "0.70000000",
    "L": "0.10264400", "n": "0.00010000", "N": "BNB", "t": 90071992547409931, "m": True,
    "Z": "0.07185080", "Y": "0.03079320", "T": 1499405658999,
}  # fmt: skip

ACCOUNT_POSITION = {
    "e": "outboundAccountPosition", "E": 1564034571105, "u": 1564034571073,
    "B": [{"a": "ETH", "f": "10000.000000", "l": "0.000001"}, {"a": "币安人生", "f": "1", "l": "0"}],
}  # fmt: skip

BALANCE_UPDATE = {
    "e": "balanceUpdate", "E": 1573200697110, "a": "BTC", "d": "-100.00000001", "T": 1573200697068,
}  # fmt: skip

ORDER_TRADE: dict[str, Any] = {
    "e": "ORDER_TRADE_UPDATE", "E": 1568879465651, "T": 1568879465650,
    "o": {
        "s": "BTCUSDT", "c": "TEST", "S": "SELL", "o": "TRAILING_STOP_MARKET", "f": "GTC", "q": "0.001",
        "p": "0", "ap": "0", "sp": "7103.04", "x": "NEW", "X": "NEW", "i": 8886774, "l": "0", "z": "0",
        "L": "0", "N": "USDT", "n": "0", "T": 1568879465650, "t": 0, "b": "0", "a": "9.91", "m": False,
        "R": True, "wt": "CONTRACT_PRICE", "ot": "TRAILING_STOP_MARKET", "ps": "LONG", "cp": False,
        "AP": "7476.89", "cr": "5.0", "pP": False, "si": 0, "ss": 0, "rp": "0", "V": "EXPIRE_TAKER",
        "pm": "OPPONENT", "gtd": 0, "er": "0",
    },
}  # fmt: skip

FUTURES_TRADE: dict[str, Any] = {
    **ORDER_TRADE,
    "o": {
        **ORDER_TRADE["o"], "x": "TRADE", "X": "FILLED", "l": "0.003", "z": "0.003", "L": "7476.89",
        "N": "USDT", "n": "-0.00134584", "t": 4211223344, "m": True, "rp": "-1.25000000",
    },
}  # fmt: skip

ACCOUNT_UPDATE: dict[str, Any] = {
    "e": "ACCOUNT_UPDATE", "E": 1564745798939, "T": 1564745798938,
    "a": {
        "m": "ORDER",
        "B": [{"a": "USDT", "wb": "122624.12345678", "cw": "100.12345678", "bc": "50.12345678"}],
        "P": [
            {"s": "BTCUSDT", "pa": "-20", "ep": "6563.66500", "bep": "6563.6", "cr": "0",
             "up": "2850.21200", "mt": "isolated", "iw": "13200.70726908", "ps": "SHORT"},
        ],
    },
}  # fmt: skip

MARGIN_CALL = {
    "e": "MARGIN_CALL", "E": 1587727187525, "cw": "3.16812045",
    "p": [{"s": "ETHUSDT", "ps": "LONG", "pa": "1.327", "mt": "CROSSED", "iw": "0", "mp": "187.17127",
           "up": "-1.166074", "mm": "1.614445"}],
}  # fmt: skip

TRADE_LITE = {
    "e": "TRADE_LITE", "E": 1721895408092, "T": 1721895408214, "s": "BTCUSDT", "q": "0.001", "p": "0",
    "m": False, "c": "z8hcUoOsqEdKMeKPSABslD", "S": "BUY", "L": "64089.20", "l": "0.040", "t": 109100866,
    "i": 8886774,
}  # fmt: skip

ALGO: dict[str, Any] = {
    "e": "ALGO_UPDATE", "T": 1750515742297, "E": 1750515742303,
    "o": {
        "caid": "Q5xaq5EGKgXXa0fD7fs0Ip", "aid": 2148719, "at": "CONDITIONAL", "o": "TAKE_PROFIT",
        "s": "BNBUSDT", "S": "SELL", "ps": "BOTH", "f": "GTC", "q": "0.01", "X": "CANCELED", "ai": "",
        "ap": "0.00000", "aq": "0.00000", "act": "0", "tp": "750", "p": "750", "V": "EXPIRE_MAKER",
        "wt": "CONTRACT_PRICE", "pm": "NONE", "cp": False, "pP": False, "R": False, "tt": 0, "gtd": 0,
        "rm": "Reduce Only reject",
    },
}  # fmt: skip

MY_TRADE = {
    "symbol": "BNBBTC", "id": 28457, "orderId": 100234, "orderListId": -1, "price": "4.00000100",
    "qty": "12.00000000", "quoteQty": "48.000012", "commission": "10.10000000", "commissionAsset": "BNB",
    "time": 1499865549590, "isBuyer": True, "isMaker": False, "isBestMatch": True,
}  # fmt: skip

SPOT_ORDER = {
    "symbol": "LTCBTC", "orderId": 7, "orderListId": -1, "clientOrderId": "mine", "price": "0.1",
    "origQty": "1.0", "executedQty": "0.5", "cummulativeQuoteQty": "0.05", "status": "PARTIALLY_FILLED",
    "timeInForce": "GTC", "type": "STOP_LOSS_LIMIT", "side": "BUY", "stopPrice": "0.2", "icebergQty": "0.0",
    "time": 1499827319559, "updateTime": 1499827319999, "isWorking": True, "workingTime": 1499827319559,
    "origQuoteOrderQty": "0.000000", "selfTradePreventionMode": "NONE",
}  # fmt: skip

USER_TRADE = {
    "symbol": "BTCUSDT", "id": 698759, "orderId": 25851813, "side": "SELL", "positionSide": "SHORT",
    "price": "7819.01", "qty": "0.002", "realizedPnl": "-0.91539999", "commission": "-0.07819010",
    "commissionAsset": "USDT", "buyer": False, "maker": True, "time": 1569514978020,
}  # fmt: skip

POSITION_RISK = {
    "symbol": "ADAUSDT", "positionSide": "BOTH", "positionAmt": "-30", "entryPrice": "0.385",
    "breakEvenPrice": "0.385077", "markPrice": "0.41047590", "unRealizedProfit": "-0.76427700",
    "liquidationPrice": "0", "isolatedMargin": "0", "notional": "12.31427700", "marginAsset": "USDT",
    "isolatedWallet": "0", "updateTime": 1720736417660,
}  # fmt: skip
