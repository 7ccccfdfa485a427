"""REST calls that need a key: accounts, listen keys, and what a key may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bntui.sim.accounts import AccountCall
from bntui.sim.exchange import Exchange
from bntui.sim.gate import OF_REQUEST
from bntui.sim.keys import ApiKey
from bntui.sim.users import as_text

ACCOUNT_CALLS: Mapping[str, AccountCall] = MappingProxyType(
    {
        "account": AccountCall.ACCOUNT,
        "open_orders": AccountCall.OPEN_ORDERS,
        "all_orders": AccountCall.ALL_ORDERS,
        "order": AccountCall.ORDER,
        "my_trades": AccountCall.MY_TRADES,
        "user_trades": AccountCall.USER_TRADES,
        "balance": AccountCall.BALANCE,
        "position_risk": AccountCall.POSITION_RISK,
        "income": AccountCall.INCOME,
    }
)
"""What an account is asked for, by the words of the table of calls."""
_MADE_MS = 1_767_225_600_000
"""When the keys were made: before anything here happens."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was sent."""

    method: str
    text: str
    """What was to be signed: query string and body as they were sent, without the signature."""
    given: Mapping[str, str]
    api_key: str
    """What the header says."""
    address: str


@dataclass(frozen=True, slots=True)
class KeyCall:
    """One call that needs a key. The answer raises Refused."""

    answer: Callable[[Asked], str]
    methods: tuple[str, ...] = ("GET",)
    misstates_weight: bool = False


class SignedRest:
    """The calls of one host that need a key."""

    def __init__(self, exchange: Exchange) -> None:
        """Whatever of them the house's table of calls has."""
        self._users = exchange.users
        self._names = exchange.house.calls.keys()

    def calls(self) -> dict[str, KeyCall]:
        """By the words of the table of calls."""
        known = {name: KeyCall(self._account(call)) for name, call in ACCOUNT_CALLS.items()}
        known["key_permissions"] = KeyCall(self._permissions)
        known["listen_key"] = KeyCall(self._listen_key, ("POST", "PUT", "DELETE"))
        return {name: call for name, call in known.items() if name in self._names}

    def _signed(self, asked: Asked) -> ApiKey:
        return self._users.gate.signed(asked.api_key, asked.address, asked.given, asked.text)

    def _account(self, call: AccountCall) -> Callable[[Asked], str]:
        def answer(asked: Asked) -> str:
            account = self._users.account(self._signed(asked))
            return as_text(account.rest(call, bare(asked.given)))

        return answer

    def _permissions(self, asked: Asked) -> str:
        return as_text(restrictions(self._signed(asked)))

    def _listen_key(self, asked: Asked) -> str:
        """It takes the key alone, unsigned; what else is sent is not read, but on Spot the listen key."""
        users = self._users
        users.listen_key_calls[asked.method] += 1
        owner = users.gate.key(asked.api_key, asked.address)
        if asked.method == "POST":
            return as_text({"listenKey": users.listen_key(owner).text})
        if asked.method == "PUT":
            return as_text(
                {"listenKey": users.extend_listen_key(owner, asked.given.get("listenKey", "")).text}
            )
        users.close_listen_key(owner)
        return "{}"


def unsigned(sent: str) -> str:
    """What was to be signed of what was sent: all of it but the signature."""
    return "&".join(part for part in sent.split("&") if not part.startswith("signature="))


def bare(given: Mapping[str, str]) -> dict[str, str]:
    """The parameters that say what is asked."""
    return {name: value for name, value in given.items() if name not in OF_REQUEST}


def restrictions(key: ApiKey) -> dict[str, object]:
    """What a key may do (wallet, Get API Key Permission; read 2026-05-28)."""
    may = key.permissions
    return {
        "ipRestrict": may.ip_restrict,
        "createTime": _MADE_MS,
        "enableReading": may.read,
        "enableWithdrawals": may.withdraw,
        "enableInternalTransfer": may.withdraw,
        "enableMargin": False,
        "enableFutures": may.futures,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": may.spot_trade,
        "enablePortfolioMarginTrading": False,
    }
