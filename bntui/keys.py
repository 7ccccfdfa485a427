"""`bntui keys`: write, list, remove and check the keys of the user's accounts.

A key is asked for without showing it, or read from stdin; it goes into a file that its owner alone may read.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from bntui import accounts, log
from bntui.accountsettings import ACCOUNTS, is_account_name
from bntui.commandoptions import KeysOptions
from bntui.config import DEFAULT_PROFILE, AccountSettings, Settings
from bntui.errors import UsageError
from bntui.model.access import KeyKind
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.settingvalues import NAME_RULE
from bntui.words import nearest, sentence

SHOWN_CHARS = 4
"""So much of an API key's end tells it from the user's others, and is of no use to anybody else."""


def say(text: str) -> None:
    """One line on stdout that no terminal obeys."""
    click.echo(log.printable(log.mask(text)))


class KeyDesk:
    """What `bntui keys` does with files; `config` is the settings file, `folder` the config folder."""

    def __init__(self, settings: Settings, config: Path, folder: Path, environ: Mapping[str, str]) -> None:
        """Nothing is read or written yet."""
        self._settings = settings
        self._config = settings.config_path or config
        self._folder = folder
        self._environ = environ

    def add(self, options: KeysOptions, ask: Callable[[], tuple[Secret, Secret, Secret | None]]) -> int:
        """Write a key's file, and name the account in the settings. `ask` gives key, secret and password.

        Raises UsageError for a key that cannot be used; nothing is written then.
        """
        name = _account_name(options.name)
        path = accounts.key_file(self._folder, name)
        if path.exists():
            name_it = "" if name in self._names() else f"{self._to_name(name)} Or, to replace the key: "
            raise UsageError(f"There is a key file {path} already.", f"{name_it}bntui keys remove {name}")
        api_key, secret, password = ask()
        kind, _ = accounts.told_by(secret, password)
        content = _content(accounts.require_plain(api_key, "what was given"), kind, secret, password)
        _write(path, content)
        say(f"{path} holds the key ({kind}); nobody else can read it.")
        if name in self._names():
            say(f"{name} is configured already.")
            return self._next(name)
        text = _entry(self._settings.profile, name, options.markets or (self._settings.market,))
        try:
            _append(self._config, text)
        except (OSError, ValueError, UsageError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            say(f"{self._config} cannot be changed ({why}); put this into it:\n\n{text}")
            return 1
        say(f"{self._config} names the account now:\n\n{text}")
        return self._next(name)

    def _next(self, name: str) -> int:
        say(f"Now ask the exchange what it thinks of the key: bntui keys check {name}")
        return 0

    def list(self) -> int:
        """One line for each account and for each key that belongs to none."""
        code = 0
        for account in self._settings.accounts:
            markets = ", ".join(account.markets)
            try:
                key = accounts.read_key(account, self._folder, self._environ)
            except UsageError as error:
                say(f"{account.name}  {markets}  no key: {error}")
                code = UsageError.exit_code
            else:
                shown = key.api_key.reveal()[-SHOWN_CHARS:]
                say(f"{account.name}  {markets}  {key.kind}  …{shown}  {_place(key.source)}")
        unnamed = self._unnamed()
        for name, path in unnamed.items():
            say(f"{name}  not configured  {_place(str(path))}")
        if unnamed:
            say(f"What is not configured is not used. {self._to_name(next(iter(unnamed)))}")
        elif not self._settings.accounts:
            say("No account is configured. Write the first one's key: bntui keys add NAME")
        return code

    def remove(self, options: KeysOptions) -> int:
        """Delete a key's file, and take the account out of the settings where that is simple."""
        name = _account_name(options.name)
        path = accounts.key_file(self._folder, name)
        there = path.exists()
        if not there and name not in self._names():
            raise UsageError(self._no_account(name))
        if there:
            try:
                path.unlink()
            except OSError as error:
                raise UsageError(f"{path} cannot be removed: {error.strerror}.") from None
            say(f"{path} is gone. The key itself lives on at the exchange: delete it there too.")
        if name in self._names():
            if _cut(self._config, _header(self._settings.profile, name)):
                say(f"{self._config} does not name the account any more.")
            else:
                say(f"{self._config} still names the account: remove [{ACCOUNTS}.{name}] from it.")
                return 1
        return 0

    def chosen(self, name: str) -> tuple[AccountSettings, ...]:
        """The account of that name, or all of them. Raises UsageError where there is none."""
        found = tuple(account for account in self._settings.accounts if not name or account.name == name)
        if found:
            return found
        unnamed = self._unnamed()
        if name in unnamed:
            what = f"{unnamed[name]} holds a key, but the settings have no account {name}."
            raise UsageError(what, self._to_name(name))
        if name:
            raise UsageError(self._no_account(name), "bntui keys list")
        how = self._to_name(next(iter(unnamed))) if unnamed else "bntui keys add NAME"
        raise UsageError("No account is configured.", how)

    def _names(self) -> set[str]:
        return {account.name for account in self._settings.accounts}

    def _unnamed(self) -> dict[str, Path]:
        """Files with keys of accounts that the settings do not name, by what these would be called."""
        paths = sorted((self._folder / accounts.FOLDER).glob("*.toml"))
        return {path.stem: path for path in paths if path.stem not in self._names()}

    def _no_account(self, name: str) -> str:
        return sentence(f"There is no account {name}{nearest(name, (*self._names(), *self._unnamed()))}")

    def _to_name(self, name: str) -> str:
        """How an account whose key is there already comes into the settings."""
        return (
            f"To use it, put the line {_header(self._settings.profile, name)} at the end of {self._config}."
        )


def ask_for_key() -> tuple[Secret, Secret, Secret | None]:
    """API key, secret and password: asked for unseen on a terminal, else read from stdin.

    There the first line is the API key and all that follows the secret, or the private key.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        api_key = _unseen("API key")
        secret = _unseen("Secret, or the path of the private key's file")
        encrypted = secret and "ENCRYPTED" in _pem_of(secret)
        return api_key, secret, _unseen("Password of the private key") if encrypted else None
    text = "" if sys.stdin is None else sys.stdin.read(accounts.LARGEST_BYTES)
    first, _, rest = text.strip().partition("\n")
    return _given(first), _given(rest), None


def _unseen(what: str) -> Secret:
    try:
        return _given(
            click.prompt(f"{what} (not shown)", hide_input=True, err=True, default="", show_default=False)
        )
    except click.Abort:
        raise UsageError("Nothing was written.") from None


def _given(text: str) -> Secret:
    if not text.strip():
        raise UsageError(
            "The API key or its secret is missing.",
            "On stdin the first line is the API key, and what follows the secret.",
        )
    return Secret(text.strip())


def _pem_of(secret: Secret) -> str:
    path = accounts.pem_path(secret)
    return secret.reveal() if path is None else accounts.read_private(path).reveal()


def _account_name(name: str) -> str:
    if not name:
        raise UsageError("Which account? Name it.", "bntui keys add NAME")
    if not is_account_name(name):
        raise UsageError(f"{NAME_RULE.format(raw=name, what='an account')}.")
    return name


def _content(api_key: Secret, kind: KeyKind, secret: Secret, password: Secret | None) -> str:
    """What stands in a key's file: JSON's texts are TOML's too."""
    path = accounts.pem_path(secret)
    if path is not None:
        entry = ("private_key_file", str(path.absolute()))
    else:
        entry = ("secret" if kind is KeyKind.HMAC else "private_key", secret.reveal())
    lines = [("api_key", api_key.reveal()), entry]
    if password is not None:
        lines.append(("password", password.reveal()))
    return "".join(f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in lines)


def _write(path: Path, content: str) -> None:
    """A file for its owner alone, from its first moment on."""
    try:
        path.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None


def _header(profile: str, name: str) -> str:
    within = "" if profile == DEFAULT_PROFILE else f"profiles.{profile}."
    return f"[{within}{ACCOUNTS}.{name}]"


def _entry(profile: str, name: str, markets: tuple[Market, ...]) -> str:
    return f"{_header(profile, name)}\nmarkets = {json.dumps([str(market) for market in markets])}\n"


def _append(config: Path, text: str) -> None:
    """Add a table at the file's end, where it always may stand; everything before it stays as it is."""
    before = config.read_text(encoding="utf-8") if config.exists() else ""
    after = f"{before.rstrip()}\n\n{text}" if before.strip() else text
    tomllib.loads(after)
    _replace(config, after)


def _cut(config: Path, header: str) -> bool:
    """Take a table out of the file, if it stands there as this program writes it and nothing else changes."""
    try:
        before = config.read_text(encoding="utf-8")
        lines = before.splitlines(keepends=True)
        start = next(at for at, line in enumerate(lines) if line.strip() == header)
        end = next(
            (at for at, line in enumerate(lines) if at > start and line.lstrip().startswith("[")), len(lines)
        )
        after = "".join((*lines[:start], *lines[end:]))
        wanted = tomllib.loads(before)
        *within, name = header.strip("[]").split(".")
        table = wanted
        for key in within:
            table = table[key]
        del table[name]
        if _without_empty(tomllib.loads(after)) != _without_empty(wanted):
            return False
        _replace(config, after)
    except (OSError, ValueError, KeyError, StopIteration):
        return False
    return True


def _without_empty(table: Mapping[str, object]) -> dict[str, object]:
    """The last account leaves an empty table behind, or none."""
    cleaned = {
        key: _without_empty(value) if isinstance(value, Mapping) else value for key, value in table.items()
    }
    return {key: value for key, value in cleaned.items() if value != {}}


def _replace(config: Path, text: str) -> None:
    """Whole or not at all; a link stays one, and the file's mode stays."""
    target = config.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def _place(source: str) -> str:
    """Where a key comes from, with the mode of its file."""
    path = Path(source)
    try:
        return f"{source} ({stat.S_IMODE(path.stat().st_mode):04o})" if path.is_absolute() else source
    except OSError:
        return source
