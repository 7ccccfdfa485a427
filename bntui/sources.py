"""Where settings come from: command line over environment over profile over file over default.

Every source is read into the same shape, checked by the functions of `bntui.schema`, and named in the error
when what it holds is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bntui import settingsfile
from bntui.accountsettings import ACCOUNT_KEYS, ACCOUNTS, KEY_VARIABLES, read_accounts, unread_keys
from bntui.alertsettings import ALERTS, read_alerts
from bntui.config import DEFAULT_PROFILE, AccountSettings, Origin, Settings
from bntui.errors import UsageError
from bntui.paths import CONFIG_DIR_VARIABLE, STATE_DIR_VARIABLE
from bntui.preferences import Preferences
from bntui.schema import BY_KEY, FILE_KEYS, PROFILE_KEYS, SCALARS, TABLES
from bntui.screensettings import ALL, meant, read_keys, read_lists
from bntui.settingsfile import SettingsFile
from bntui.settingvalues import text_of
from bntui.venue.binance.endpoints import endpoints
from bntui.words import nearest, sentence

VARIABLES = (
    *(BY_KEY[key].variable for key in (*SCALARS, *TABLES)),
    "BNTUI_CONFIG",
    CONFIG_DIR_VARIABLE,
    STATE_DIR_VARIABLE,
)
"""Every environment variable that bntui reads, but for those of single accounts."""

_SECTION_KEYS = tuple(key for key in FILE_KEYS if key not in SCALARS)

Flags = Mapping[str, str | Sequence[str]]
"""What the command line names: `SCALARS` as text, `TABLES` as texts `NAME=VALUE`, and `config`, a path."""


@dataclass(frozen=True, slots=True)
class _Source:
    """One place that settings come from. Checks are made when a value is asked for."""

    place_of: Callable[..., str]
    """How the place calls a key, or an entry of a table, for people."""
    scalars: Mapping[str, object]
    tables: Mapping[str, Sequence[tuple[str, object]]]
    """Pairs of name and raw value; an empty name means the run's own market."""
    is_file: bool = False
    sections: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """What only the file has."""


class _Reader:
    """Picks each value from the first source that has it, and keeps where that was."""

    def __init__(self, sources: Sequence[_Source]) -> None:
        self.sources = sources
        self.warnings: list[str] = []
        self.origins: dict[str, Origin] = {}
        self.fixed: set[str] = set()

    def value(self, key: str) -> Any:
        """The value of a setting, checked, or None; one further down is not looked at.

        A mistake in the file about how things are drawn is named and passed over.
        """
        setting = BY_KEY[key]
        for source in self.sources:
            if key not in source.scalars:
                continue
            place = source.place_of(key)
            raw = source.scalars[key]
            try:
                if isinstance(raw, Mapping):
                    raise ValueError(f"this is a single value, not a table{nearest(key, _SECTION_KEYS)}")
                value = setting.read(raw)
            except ValueError as error:
                said = sentence(f"{place}: {error}")
                if not (source.is_file and setting.draws):
                    raise UsageError(said) from None
                self.warnings.append(said)
                continue
            self.origins[key] = Origin(_shown(value), place)
            if setting.draws and not source.is_file:
                self.fixed.add(key)
            return value
        return None

    def entries(self, key: str, unnamed: object = None) -> dict[Any, Any]:
        """A table's entries from all sources; the first source that has an entry decides it."""
        setting = BY_KEY[key]
        found: dict[Any, Any] = {}
        for source in self.sources:
            own: dict[Any, Any] = {}
            for name, raw in source.tables.get(key, ()):
                place = source.place_of(key, name)
                try:
                    entry = setting.name(name) if name and setting.name else unnamed
                except ValueError as error:
                    raise UsageError(sentence(f"{source.place_of(key)}: {error}")) from None
                try:
                    own[entry] = setting.read(raw)
                except ValueError as error:
                    raise UsageError(sentence(f"{place}: {error}")) from None
                if entry not in found:
                    self.origins[f"{key}.{entry}"] = Origin(_shown(own[entry]), place)
            found = own | found
        return found

    def section(self, key: str) -> dict[str, tuple[object, Callable[..., str]]]:
        """The entries of a section of the file, each with what names places in it; profiles come first."""
        found: dict[str, tuple[object, Callable[..., str]]] = {}
        for source in self.sources:
            for name, raw in source.sections.get(key, {}).items():
                found.setdefault(name, (raw, source.place_of))
        return found


def load(flags: Flags, environ: Mapping[str, str], default_file: Path) -> tuple[Settings, tuple[str, ...]]:
    """Settings from everything that was given, and warnings about what was given in vain.

    Raises UsageError, naming place and key, where it is not certain which exchange is meant; what is wrong
    about the screen alone is a warning.
    """
    warnings = [
        sentence(f"{name} is set, but bntui reads no such variable{nearest(name, VARIABLES)}")
        for name in sorted(environ)
        if name.startswith("BNTUI_") and name not in VARIABLES and not name.startswith(KEY_VARIABLES)
    ]
    above = [_from_command_line(flags), _from_variables(environ)]
    named = _file_named(above)
    path = Path(named).expanduser().absolute() if named else default_file
    file = settingsfile.read(path, required=named is not None)
    warnings += _unknown(file, (), FILE_KEYS)

    above.append(_from_file(file, ()))
    profile = _Reader(above).value("profile") or DEFAULT_PROFILE
    sections = _table(file.table.get("profiles", {}), file, "profiles")
    for name, section in sections.items():
        _table(section, file, "profiles", name)
        warnings += _unknown(file, ("profiles", name), PROFILE_KEYS)
    if profile not in sections and (close := nearest(profile, sections)):
        warnings.append(sentence(f"{path} has no profile {profile}{close}"))
    if profile in sections:
        above.insert(2, _from_file(file, ("profiles", profile)))
    # A profile may mean another world of the exchange, where keys of this one are worth nothing.
    own = ("profiles", profile) if ACCOUNTS in _section(file, ("profiles", profile)) else ()
    accounts = _accounts(file, own, warnings)
    warnings += unread_keys(environ, accounts)
    reader = _Reader(above)
    settings = _settings(reader, flags, path if file.exists else None, accounts)
    own = ("profiles", profile) if ALERTS in _section(file, ("profiles", profile)) else ()
    alerts = read_alerts(
        _section(file, own).get(ALERTS, []),
        lambda *keys: file.where(*own, ALERTS, *keys),
        settings.market,
        environ,
    )
    said = (*warnings, *reader.warnings)
    return replace(settings, alerts=alerts, warnings=said), said


def _accounts(file: SettingsFile, path: tuple[str, ...], warnings: list[str]) -> tuple[AccountSettings, ...]:
    table = _table(_section(file, path).get(ACCOUNTS, {}), file, *path, ACCOUNTS)
    accounts = read_accounts(table, lambda *keys: file.where(*path, ACCOUNTS, *keys))
    for name in table:
        warnings += _unknown(file, (*path, ACCOUNTS, name), ACCOUNT_KEYS)
    return accounts


def _settings(
    reader: _Reader, flags: Flags, path: Path | None, accounts: tuple[AccountSettings, ...]
) -> Settings:
    usual = Settings()
    market = reader.value("market") or usual.market
    environment = reader.value("env") or usual.environment
    settings = Settings(
        market=market,
        environment=environment,
        profile=reader.value("profile") or usual.profile,
        rest_urls=reader.entries("rest_url", market),
        stream_urls=reader.entries("stream_url", market),
        ws_api_urls=reader.entries("ws_api_url", market),
        proxy=reader.value("proxy") or "",
        limits=reader.entries("limit"),
        preferences=_preferences(reader),
        accounts=accounts,
        trust_socket=reader.value("trust_socket"),
        trust_group=reader.value("trust_group") or "",
        config_path=path,
        flags=flags,
        origins=reader.origins,
    )
    if market not in settings.rest_urls or market not in settings.stream_urls:
        try:
            endpoints(market, environment)
        except ValueError as error:
            raise UsageError(str(error), "Name another --market or --env, or give its addresses.") from None
    return settings


def _preferences(reader: _Reader) -> Preferences:
    usual = Preferences()
    keys, places = read_keys(reader.section("keys"), reader.warnings, reader.origins)
    lists = read_lists(reader.section("watchlists"), reader.warnings, reader.origins)
    first = reader.value("watchlist") or ""
    if first and first != ALL and first not in {one.name for one in lists}:
        known = (ALL, *(one.name for one in lists))
        where = reader.origins.pop("watchlist").place
        said = sentence(f"{where}: no watchlist is called {first!r}{nearest(first, known)}")
        if "watchlist" in reader.fixed:
            raise UsageError(said)
        reader.warnings.append(said)
        first = ""
    mouse, swapped = reader.value("mouse"), reader.value("swap_colours")
    return Preferences(
        theme=reader.value("theme"),
        fps=reader.value("fps") or usual.fps,
        slow=bool(reader.value("slow")),
        swap_colours=bool(swapped),
        ascii=reader.value("ascii"),
        mouse=usual.mouse if mouse is None else mouse,
        watchlist=first,
        columns=reader.value("columns") or (),
        watchlists=lists,
        keys=keys,
        fixed=frozenset(reader.fixed),
        places=places,
    )


def _from_command_line(flags: Flags) -> _Source:
    def place_of(key: str, name: str = "") -> str:
        option = f"--{key.replace('_', '-')}"
        return f"{option} {name}" if name else option

    return _Source(
        place_of,
        {key: flags[key] for key in (*SCALARS, "config") if key in flags},
        {key: _pairs(flags[key], place_of(key), key) for key in TABLES if key in flags},
    )


def _from_variables(environ: Mapping[str, str]) -> _Source:
    """An empty variable counts as unset; those with several values separate them by spaces."""

    def place_of(key: str, name: str = "") -> str:
        variable = f"BNTUI_{key.upper()}"
        return f"{variable}: {name}" if name else variable

    words = (*SCALARS, *TABLES, "config")
    given = {key: text for key in words if (text := environ.get(place_of(key), "").strip())}
    return _Source(
        place_of,
        {key: text for key, text in given.items() if key not in TABLES},
        {key: _pairs(given[key].split(), place_of(key), key) for key in TABLES if key in given},
    )


def _from_file(file: SettingsFile, path: tuple[str, ...]) -> _Source:
    """The settings of the file, or of a section of it."""
    table = _section(file, path)
    return _Source(
        lambda *keys: file.where(*path, *keys),
        {key: table[key] for key in SCALARS if key in table},
        {key: tuple(_table(table[key], file, *path, key).items()) for key in TABLES if key in table},
        is_file=True,
        sections={
            key: _table(table[key], file, *path, key) for key in ("keys", "watchlists") if key in table
        },
    )


def _file_named(sources: Sequence[_Source]) -> str | None:
    """The settings file that the command line or a variable names."""
    for source in sources:
        if "config" in source.scalars:
            try:
                return text_of(source.scalars["config"])
            except ValueError as error:
                raise UsageError(sentence(f"{source.place_of('config')}: {error}")) from None
    return None


def _unknown(file: SettingsFile, path: tuple[str, ...], known: Sequence[str]) -> list[str]:
    return [
        sentence(f"{file.where(*path, key)} is no setting and has no effect{meant(key, known)}")
        for key in _section(file, path)
        if key not in known
    ]


def _section(file: SettingsFile, path: tuple[str, ...]) -> Mapping[str, object]:
    table = file.table
    for depth, step in enumerate(path, 1):
        table = _table(table.get(step, {}), file, *path[:depth])
    return table


def _table(raw: object, file: SettingsFile, *path: str) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise UsageError(f"{file.where(*path)}: this is a table, not a single value.")
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


def _shown(value: object) -> str:
    """A value as a user would write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
