"""Where settings come from: command line over environment over profile over file over default.

Every source is read into the same shape, checked by the same functions, and named in the error when
what it holds is wrong.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bntui.config import DEFAULT_PROFILE, AccountSettings, Settings, nearest, sentence
from bntui.errors import UsageError
from bntui.model.account import KeyKind, UserMethod
from bntui.model.markets import Market
from bntui.paths import CONFIG_DIR_VARIABLE, STATE_DIR_VARIABLE
from bntui.venue.binance.endpoints import Environment, endpoints
from bntui.venue.limits import Limits

SCALARS = ("market", "env", "profile", "theme", "fps")
"""Settings with one value. Their words are the same in the file, in options, and in `BNTUI_…` variables."""

TABLES = ("rest_url", "stream_url", "ws_api_url", "limit")
"""Settings with a value for each market or limit: tables in the file, repeatable options."""

ACCOUNTS = "accounts"
"""A table of tables: the user's accounts at the exchange, in the file or in a profile of it."""

ACCOUNT_KEYS = ("markets", "kind", "method")
"""What the section of an account may hold."""

PROFILE_KEYS = (*(key for key in (*SCALARS, *TABLES) if key != "profile"), ACCOUNTS)
"""What a profile's section may hold."""

VARIABLES = (
    *(f"BNTUI_{key.upper()}" for key in (*SCALARS, *TABLES)),
    "BNTUI_CONFIG",
    CONFIG_DIR_VARIABLE,
    STATE_DIR_VARIABLE,
)
"""Every environment variable that bntui reads, but for those of single accounts."""

KEY_VARIABLES = ("BNTUI_KEY_", "BNTUI_SECRET_", "BNTUI_PASSWORD_")
"""How the variables begin that may hold what belongs to an account's key; its name follows."""

FPS_MOST = 30.0
"""More frames a second cost much and show nothing more."""

_PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_NAME_RULE = (
    "{raw!r} is no name for {what}; it takes letters, digits, - and _, 32 at most,"
    " and begins with a letter or digit"
)

_T = TypeVar("_T")
_U = TypeVar("_U")
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Source:
    """One place that settings come from. Checks are made when a value is asked for."""

    name_of: Callable[[str], str]
    """How the place calls a key, for errors."""
    scalars: Mapping[str, object]
    tables: Mapping[str, Sequence[tuple[str, object]]]
    """Pairs of name and raw value; an empty name means the run's own market."""


def load(
    flags: Mapping[str, str | Sequence[str]], environ: Mapping[str, str], default_file: Path
) -> tuple[Settings, tuple[str, ...]]:
    """Settings from everything that was given, and warnings about what was given in vain.

    `flags` holds what the command line names: `SCALARS` as text, `TABLES` as texts `NAME=VALUE`, and
    `config`, a path. Raises UsageError, naming place and key.
    """
    warnings = [
        sentence(f"{name} is set, but bntui reads no such variable{nearest(name, VARIABLES)}")
        for name in sorted(environ)
        if name.startswith("BNTUI_") and name not in VARIABLES and not name.startswith(KEY_VARIABLES)
    ]
    above = [_from_command_line(flags), _from_variables(environ)]
    named = _pick("config", _text, above)
    path = Path(named).expanduser().absolute() if named else default_file
    document = _read(path, required=named is not None)
    file = document or {}
    warnings += _unknown(file, (*SCALARS, *TABLES, ACCOUNTS, "profiles"), f"{path}: ")

    above.append(_from_table(file, f"{path}: "))
    profile = _pick("profile", _profile, above) or DEFAULT_PROFILE
    sections = _table(file.get("profiles", {}), f"{path}: profiles")
    for name, section in sections.items():
        where = f"{path}: profiles.{name}"
        warnings += _unknown(_table(section, where), PROFILE_KEYS, f"{where}.")
    if profile not in sections and (close := nearest(profile, sections)):
        warnings.append(sentence(f"{path} has no profile {profile}{close}"))
    where = f"{path}: profiles.{profile}"
    section = _table(sections.get(profile, {}), where)
    above.insert(2, _from_table(section, f"{where}."))
    # A profile may mean another world of the exchange, where keys of this one are worth nothing.
    own, at = (section, f"{where}.") if ACCOUNTS in section else (file, f"{path}: ")
    accounts = _accounts(_table(own.get(ACCOUNTS, {}), f"{at}{ACCOUNTS}"), f"{at}{ACCOUNTS}.", warnings)
    warnings += _unread_keys(environ, accounts)
    return _settings(profile, above, path if document is not None else None, accounts), tuple(warnings)


def variable_of(prefix: str, account: str) -> str:
    """The environment variable that holds something of an account's key: `BNTUI_KEY_MY_BOT` of my-bot."""
    return f"{prefix}{account.upper().replace('-', '_')}"


def is_account_name(text: str) -> bool:
    """Whether an account can be called so: it names a file and variables too."""
    return _PROFILE.fullmatch(text) is not None


def _accounts(table: Mapping[str, object], prefix: str, warnings: list[str]) -> tuple[AccountSettings, ...]:
    found: dict[str, AccountSettings] = {}
    for name, raw in table.items():
        where = f"{prefix}{name}"
        section = _table(raw, where)
        warnings += _unknown(section, ACCOUNT_KEYS, f"{where}.")
        if not is_account_name(name):
            raise UsageError(f"{where}: {_NAME_RULE.format(raw=name, what='an account')}.")
        # Two names that differ by case or by - and _ would share their variables.
        if (twin := found.get(variable := variable_of("", name))) is not None:
            raise UsageError(f"{where}: {twin.name} is too much like it; name one of them otherwise.")
        found[variable] = _account(name, section, where)
    return tuple(found.values())


def _account(name: str, section: Mapping[str, object], where: str) -> AccountSettings:
    usual = AccountSettings(name)
    key = "markets"
    try:
        raw = section.get(key, list(usual.markets))
        if not isinstance(raw, list) or not raw:
            raise ValueError('this is a list, such as ["spot", "usdm"]')
        markets = tuple(dict.fromkeys(_word(each, Market) for each in raw))
        key = "kind"
        kind = _word(section[key], KeyKind) if key in section else usual.kind
        key = "method"
        method = _word(section[key], UserMethod) if key in section else usual.method
        if method is UserMethod.LOGON and kind not in (None, KeyKind.ED25519):
            raise ValueError(f"{method} takes an ed25519 key only")
    except ValueError as error:
        raise UsageError(sentence(f"{where}.{key}: {error}")) from None
    return AccountSettings(name, markets, kind, method)


def _unread_keys(environ: Mapping[str, str], accounts: Iterable[AccountSettings]) -> list[str]:
    read = {variable_of(prefix, account.name) for prefix in KEY_VARIABLES for account in accounts}
    return [
        sentence(f"{name} is set, but no account of that name is configured{nearest(name, read)}")
        for name in sorted(environ)
        if name.startswith(KEY_VARIABLES) and name not in read
    ]


def _settings(
    profile: str, sources: Sequence[_Source], path: Path | None, accounts: tuple[AccountSettings, ...]
) -> Settings:
    usual = Settings()
    market = _pick("market", lambda raw: _word(raw, Market), sources) or usual.market
    environment = _pick("env", lambda raw: _word(raw, Environment), sources) or usual.environment
    settings = Settings(
        market=market,
        environment=environment,
        profile=profile,
        rest_urls=_urls("rest_url", ("http", "https"), sources, market),
        stream_urls=_urls("stream_url", ("ws", "wss"), sources, market),
        ws_api_urls=_urls("ws_api_url", ("ws", "wss"), sources, market),
        limits=_limits(sources),
        theme=_pick("theme", _text, sources),
        fps=_pick("fps", _fps, sources) or usual.fps,
        accounts=accounts,
        config_path=path,
    )
    if market not in settings.rest_urls or market not in settings.stream_urls:
        try:
            endpoints(market, environment)
        except ValueError as error:
            raise UsageError(str(error), "Name another --market or --env, or give its addresses.") from None
    return settings


def _from_command_line(flags: Mapping[str, str | Sequence[str]]) -> _Source:
    def name_of(key: str) -> str:
        return f"--{key.replace('_', '-')}"

    return _Source(
        name_of,
        {key: flags[key] for key in (*SCALARS, "config") if key in flags},
        {key: _pairs(flags[key], name_of(key), key) for key in TABLES if key in flags},
    )


def _from_variables(environ: Mapping[str, str]) -> _Source:
    """An empty variable counts as unset; those with several values separate them by spaces."""

    def name_of(key: str) -> str:
        return f"BNTUI_{key.upper()}"

    words = (*SCALARS, *TABLES, "config")
    given = {key: text for key in words if (text := environ.get(name_of(key), "").strip())}
    return _Source(
        name_of,
        {key: text for key, text in given.items() if key not in TABLES},
        {key: _pairs(given[key].split(), name_of(key), key) for key in TABLES if key in given},
    )


def _from_table(table: Mapping[str, object], prefix: str) -> _Source:
    return _Source(
        lambda key: f"{prefix}{key}",
        {key: table[key] for key in SCALARS if key in table},
        {key: tuple(_table(table[key], f"{prefix}{key}").items()) for key in TABLES if key in table},
    )


def _read(path: Path, *, required: bool) -> Mapping[str, object] | None:
    """The settings file, taken apart; None where there is none and none was asked for."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise UsageError(f"There is no settings file {path}.") from None
        return None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{path} is no valid TOML: {error}.", "Mend that line, or move the file away."
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def _unknown(table: Mapping[str, object], known: Sequence[str], prefix: str) -> list[str]:
    return [
        sentence(f"{prefix}{key} is no setting and has no effect{nearest(key, known)}")
        for key in table
        if key not in known
    ]


def _table(raw: object, where: str) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise UsageError(f"{where}: this is a table, not a single value.")
    return raw


def _pairs(texts: Sequence[str], where: str, key: str) -> tuple[tuple[str, str], ...]:
    """`NAME=VALUE` taken apart; the name may be missing before a URL, which may itself hold `=`."""
    pairs = []
    for text in texts:
        name, sign, value = text.partition("=")
        if sign and "://" not in name:
            pairs.append((name.strip(), value.strip()))
        elif key == "limit":
            raise UsageError(f"{where}: {text!r} is not of the form NAME=VALUE.")
        else:
            pairs.append(("", text.strip()))
    return tuple(pairs)


def _pick(key: str, check: Callable[[object], _T], sources: Iterable[_Source]) -> _T | None:
    """The value of the first source that has one, checked; a value further down is not looked at."""
    for source in sources:
        if key in source.scalars:
            try:
                return check(source.scalars[key])
            except ValueError as error:
                raise UsageError(sentence(f"{source.name_of(key)}: {error}")) from None
    return None


def _collect(
    key: str, check: Callable[[str, object], tuple[_T, _U]], sources: Sequence[_Source]
) -> dict[_T, _U]:
    """A table's entries from all sources; the first source that has an entry decides it."""
    found: dict[_T, _U] = {}
    for source in sources:
        own: dict[_T, _U] = {}
        for name, raw in source.tables.get(key, ()):
            try:
                entry, value = check(name, raw)
            except ValueError as error:
                raise UsageError(sentence(f"{source.name_of(key)}: {error}")) from None
            own[entry] = value
        found = own | found
    return found


def _urls(
    key: str, schemes: tuple[str, ...], sources: Sequence[_Source], default: Market
) -> dict[Market, str]:
    def check(name: str, raw: object) -> tuple[Market, str]:
        return _word(name, Market) if name else default, _url(raw, schemes)

    return _collect(key, check, sources)


def _limits(sources: Sequence[_Source]) -> dict[str, float]:
    known = tuple(f.name for f in fields(Limits))

    def check(name: str, raw: object) -> tuple[str, float]:
        if name not in known:
            raise ValueError(f"no limit is called {name!r}{nearest(name, known)}")
        value = _number(raw)
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} cannot be {raw}")
        return name, value

    return _collect("limit", check, sources)


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"{raw!r} is no text")
    return raw.strip()


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError(f"{raw!r} is no number")
    try:
        return float(raw)
    except (ValueError, OverflowError):
        raise ValueError(f"{raw!r} is no number") from None


def _word(raw: object, words: type[_Word]) -> _Word:
    text = _text(raw).lower()
    known = tuple(word.value for word in words)
    if text not in known:
        raise ValueError(f"{raw!r} is none of {', '.join(known)}{nearest(text, known)}")
    return words(text)


def _profile(raw: object) -> str:
    text = _text(raw)
    if not _PROFILE.fullmatch(text):
        raise ValueError(_NAME_RULE.format(raw=raw, what="a profile"))
    return text


def _fps(raw: object) -> float:
    value = _number(raw)
    if not 1 <= value <= FPS_MOST:
        raise ValueError(f"{raw} is not between 1 and {FPS_MOST:g}")
    return value


def _url(raw: object, schemes: tuple[str, ...]) -> str:
    """A base URL without its trailing slash. An address with credentials is never repeated in the error."""
    text = _text(raw)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("this is no URL") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL must not carry a user name or password")
    if parts.query or parts.fragment:
        raise ValueError("a URL must not carry a query or fragment")
    if parts.scheme not in schemes or not host or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} is no URL that begins with {' or '.join(f'{s}://' for s in schemes)}")
    return text.rstrip("/")
