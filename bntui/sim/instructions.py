"""What a scripted account is told while it runs: `POST /_sim/account`, and what drills say."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from bntui.sim.accounts import TradingAccount
from bntui.sim.scripted import ScriptedAccount

MOST_FILLS_PER_S = 200.0
_WORDS = ("account", "fills_per_s", "deposit", "squeeze")


def instruct(accounts: Mapping[str, TradingAccount], words: Mapping[str, object]) -> dict[str, object]:
    """Do what is said, and tell how the account stands. Raises ValueError, in words, for what cannot be.

    `account`: which one, the first if it is not said; `fills_per_s`: how often it trades from now on;
    `deposit`: amounts by asset, negative ones are paid out; `squeeze`: bring it near liquidation.
    """
    unknown = [word for word in words if word not in _WORDS]
    if unknown:
        raise ValueError(f"{unknown[0]} is none of {', '.join(_WORDS)}")
    name = words.get("account", next(iter(accounts), ""))
    account = accounts.get(name) if isinstance(name, str) else None
    if not isinstance(account, ScriptedAccount):
        known = ", ".join(accounts)
        raise ValueError(f"there is no such account; there are {known}" if known else "nobody trades here")
    if "fills_per_s" in words:
        account.trader.fills_per_s = _rate(words["fills_per_s"])
    for asset, amount in _amounts(words.get("deposit", {})).items():
        account.deposit(asset, amount)
    if words.get("squeeze", False) not in (True, False):
        raise ValueError("squeeze is either true or false")
    if words.get("squeeze"):
        account.squeeze()
    return {
        "account": name,
        "fills_per_s": account.trader.fills_per_s,
        "fills": account.broker.fills,
        "open_orders": len(account.broker.records.open),
        "events": account.announcer.told,
    }


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_FILLS_PER_S:
        raise ValueError(f"fills_per_s must be a number from 0 to {MOST_FILLS_PER_S:g}")
    return float(value)


def _amounts(value: object) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise ValueError('deposit must be amounts by asset, as in {"USDT": "100"}')
    try:
        amounts = {str(asset): Decimal(str(amount)) for asset, amount in value.items()}
    except InvalidOperation:
        amounts = {"": Decimal("nan")}
    if not all(amount.is_finite() for amount in amounts.values()):
        raise ValueError('deposit must be amounts by asset, as in {"USDT": "100"}')
    return amounts
