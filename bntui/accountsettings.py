"""The `accounts` tables of the settings file: the user's accounts at the exchange, without their keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping

from bntui.config import AccountSettings
from bntui.errors import UsageError
from bntui.model.access import KeyKind, UserMethod
from bntui.model.markets import Market
from bntui.settingvalues import NAME, NAME_RULE, word_of
from bntui.words import nearest, sentence

ACCOUNTS = "accounts"
"""A table of tables: the user's accounts at the exchange, in the file or in a profile of it."""

ACCOUNT_KEYS = ("markets", "kind", "method")
"""What the section of an account may hold."""

KEY_VARIABLES = ("BNTUI_KEY_", "BNTUI_SECRET_", "BNTUI_PASSWORD_")
"""How the variables begin that may hold what belongs to an account's key; its name follows."""


DEMO = "demo"
"""The account on an embedded exchange. Whoever starts that hands its key to the engine in these variables."""


def variable_of(prefix: str, account: str) -> str:
    """The environment variable that holds something of an account's key: `BNTUI_KEY_MY_BOT` of my-bot."""
    return f"{prefix}{account.upper().replace('-', '_')}"


def is_account_name(text: str) -> bool:
    """Whether an account can be called so: it names a file and variables too."""
    return re.fullmatch(NAME, text) is not None


def read_accounts(table: Mapping[str, object], place_of: Callable[..., str]) -> tuple[AccountSettings, ...]:
    """The accounts of the file or of a profile. Raises UsageError: a wrong one would count as blind.

    `place_of` names the place of a key in the table, for people.
    """
    found: dict[str, AccountSettings] = {}
    for name, raw in table.items():
        where = place_of(name)
        if not isinstance(raw, Mapping):
            raise UsageError(f"{where}: this is a table, not a single value.")
        if not is_account_name(name):
            raise UsageError(f"{where}: {NAME_RULE.format(raw=name, what='an account')}.")
        # Two names that differ by case or by - and _ would share their variables.
        if (twin := found.get(variable := variable_of("", name))) is not None:
            raise UsageError(f"{where}: {twin.name} is too much like it; name one of them otherwise.")
        found[variable] = _account(name, raw, place_of)
    return tuple(found.values())


def unread_keys(environ: Mapping[str, str], accounts: Iterable[AccountSettings]) -> list[str]:
    """Warnings about keys in the environment that belong to no account."""
    names = (DEMO, *(account.name for account in accounts))
    read = {variable_of(prefix, name) for prefix in KEY_VARIABLES for name in names}
    return [
        sentence(f"{name} is set, but no account of that name is configured{nearest(name, read)}")
        for name in sorted(environ)
        if name.startswith(KEY_VARIABLES) and name not in read
    ]


def given(accounts: Iterable[AccountSettings]) -> str:
    """Accounts as one word of a command line, for an engine that does not look for them itself."""
    return json.dumps([[each.name, each.markets, each.kind, each.method] for each in accounts])


def parse_given(text: str) -> tuple[AccountSettings, ...]:
    """What `given` wrote. Raises ValueError for anything else."""
    return tuple(
        AccountSettings(
            name,
            tuple(map(Market, markets)),
            KeyKind(kind) if kind else None,
            UserMethod(method) if method else None,
        )
        for name, markets, kind, method in json.loads(text)
    )


def _account(name: str, section: Mapping[str, object], place_of: Callable[..., str]) -> AccountSettings:
    usual = AccountSettings(name)
    key = "markets"
    try:
        raw = section.get(key, list(usual.markets))
        if not isinstance(raw, list) or not raw:
            raise ValueError('this is a list, such as ["spot", "usdm"]')
        markets = tuple(dict.fromkeys(word_of(each, Market) for each in raw))
        key = "kind"
        kind = word_of(section[key], KeyKind) if key in section else usual.kind
        key = "method"
        method = word_of(section[key], UserMethod) if key in section else usual.method
        if method is UserMethod.LOGON and kind not in (None, KeyKind.ED25519):
            raise ValueError(f"{method} takes an ed25519 key only")
    except ValueError as error:
        raise UsageError(sentence(f"{place_of(name, key)}: {error}")) from None
    return AccountSettings(name, markets, kind, method)
