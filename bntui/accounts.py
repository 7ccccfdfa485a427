"""The keys of the configured accounts: from the environment, or from a file that its owner alone may read.

    BNTUI_KEY_<NAME>, BNTUI_SECRET_<NAME>     before the file; a private key may be its text or its path
    <config folder>/keys/<NAME>.toml          mode 0600:  api_key = "…"
                                                          secret = "…"             (HMAC), or
                                                          private_key = "…"        (PEM, its text), or
                                                          private_key_file = "…"   (PEM, a file of mode 0600)
                                                          password = "…"           (of the private key)

Neither the command line nor `config.toml` ever holds a key: others can read those.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bntui.accountsettings import KEY_VARIABLES, variable_of
from bntui.config import AccountSettings
from bntui.errors import UsageError
from bntui.feed.credentials import Account, Credentials, MissingKey
from bntui.model.access import KeyKind, UserMethod
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.venue.binance.signing import Signer, hmac_signer, read_pem

FOLDER = "keys"
"""Of key files, in the config folder."""

LARGEST_BYTES = 65_536
"""No key is larger; what is, is no key file."""

_KEY, _SECRET, _PASSWORD = KEY_VARIABLES
_PEM_BEGINS = "-----BEGIN"
_FILE_KEYS = ("api_key", "secret", "private_key", "private_key_file", "password")


@dataclass(frozen=True, slots=True)
class Key:
    """An API key with what signs for it."""

    api_key: Secret
    kind: KeyKind
    sign: Signer = field(repr=False)
    source: str
    """Where it comes from, for people."""


def key_file(folder: Path, name: str) -> Path:
    """Where an account's key lies; `folder` is the config folder. It may not exist."""
    return folder / FOLDER / f"{name}.toml"


def load(
    accounts: Iterable[AccountSettings],
    methods: Mapping[Market, tuple[UserMethod, ...]],
    folder: Path,
    environ: Mapping[str, str],
) -> tuple[Account, ...]:
    """Every configured account on each of its markets, with its key or with what is wrong with it.

    `methods`: how events can be had on the markets of this run, the best way first. Nothing is raised: an
    account without a key is shown as such.
    """
    found: list[Account] = []
    for account in accounts:
        key: Key | UsageError
        try:
            key = read_key(account, folder, environ)
        except UsageError as error:
            key = error
        found += [_on_market(account, market, key, methods.get(market, ())) for market in account.markets]
    return tuple(found)


def _on_market(
    account: AccountSettings, market: Market, key: Key | UsageError, methods: tuple[UserMethod, ...]
) -> Account:
    if isinstance(key, UsageError):
        return MissingKey(account.name, market, key.message, key.hint)
    if not methods:
        return MissingKey(
            account.name,
            market,
            f"bntui knows no user data of the {market} market here.",
            f"Take {market} out of the account's markets, or choose another --env.",
        )
    method = account.method if account.method in methods else methods[0]
    return Credentials(account.name, market, key.api_key, key.sign, method)


def read_key(account: AccountSettings, folder: Path, environ: Mapping[str, str]) -> Key:
    """An account's key. Raises UsageError, in words and without any part of it, where it cannot be used."""
    api_key = environ.get(variable_of(_KEY, account.name), "").strip()
    secret = environ.get(variable_of(_SECRET, account.name), "").strip()
    if api_key or secret:
        key = _from_environment(account.name, api_key, secret, environ)
    else:
        key = _from_file(account.name, key_file(folder, account.name))
    if account.kind not in (None, key.kind):
        raise UsageError(
            f"The key of {account.name} is {key.kind}, but its settings say {account.kind}.",
            f"Mend or remove `kind` in [accounts.{account.name}].",
        )
    if account.method is UserMethod.LOGON and key.kind is not KeyKind.ED25519:
        raise UsageError(
            f"The key of {account.name} is {key.kind}, but only ed25519 keys can log on.",
            f"Remove `method` in [accounts.{account.name}].",
        )
    return key


def _from_environment(name: str, api_key: str, secret: str, environ: Mapping[str, str]) -> Key:
    key_name, secret_name = variable_of(_KEY, name), variable_of(_SECRET, name)
    if not (api_key and secret):
        there, lacks = (key_name, secret_name) if api_key else (secret_name, key_name)
        raise UsageError(f"{there} is set, but {lacks} is not.", "Set both, or none to use the key file.")
    password = environ.get(variable_of(_PASSWORD, name))
    signer = told_by(Secret(secret), Secret(password) if password else None)
    return Key(require_plain(Secret(api_key), key_name), *signer, source="environment")


def told_by(secret: Secret, password: Secret | None = None) -> tuple[KeyKind, Signer]:
    """The kind of a key by its secret: PEM text, the path of a PEM file, or else the secret of an HMAC key.

    Raises UsageError for what cannot be read.
    """
    if (path := pem_path(secret)) is not None:
        return read_pem(read_private(path), password)
    if secret.reveal().startswith(_PEM_BEGINS):
        return read_pem(secret, password)
    return KeyKind.HMAC, hmac_signer(secret)


def pem_path(secret: Secret) -> Path | None:
    """The file that is meant where a private key is told by its path; None for a secret or a key itself."""
    text = secret.reveal()
    if "\n" in text or not (text.startswith(("/", "~", "./", "../")) or text.endswith(".pem")):
        return None
    return Path(text).expanduser()


def _from_file(name: str, path: Path) -> Key:
    try:
        content = tomllib.loads(read_private(path).reveal())
    except tomllib.TOMLDecodeError:
        # Its words may quote what stands in the file.
        raise UsageError(
            f"{path} is no valid TOML.", f"Remove it and write it anew: bntui keys add {name}"
        ) from None
    values: dict[str, Secret] = {}
    for key in _FILE_KEYS:
        raw = content.get(key)
        if raw is None:
            continue
        if not isinstance(raw, str) or not raw.strip():
            raise UsageError(f"{path}: {key} is no text.")
        values[key] = Secret(raw.strip())
    api_key, password = values.get("api_key"), values.get("password")
    if api_key is None:
        raise UsageError(f"{path} holds no api_key.", f"Write it anew: bntui keys add {name}")
    if (pem := values.get("private_key")) is not None:
        signer = read_pem(pem, password)
    elif (place := values.get("private_key_file")) is not None:
        signer = read_pem(read_private(path.parent / Path(place.reveal()).expanduser()), password)
    elif (secret := values.get("secret")) is not None:
        signer = KeyKind.HMAC, hmac_signer(secret)
    else:
        raise UsageError(
            f"{path} holds no secret, private_key or private_key_file.",
            f"Write it anew: bntui keys add {name}",
        )
    return Key(require_plain(api_key, str(path)), *signer, source=str(path))


def require_plain(api_key: Secret, where: str) -> Secret:
    """An API key as it is, if it can stand in a header. Raises UsageError for what cannot."""
    text = api_key.reveal()
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise UsageError(f"The API key in {where} is no plain text.", "Check that it was copied whole.")
    return api_key


def read_private(path: Path) -> Secret:
    """The text of a file that holds a secret. Raises UsageError when others may read it, or it cannot be."""
    try:
        # Without waiting, should it be a pipe.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            state = os.fstat(file.fileno())
            _refuse_open(path, state)
            content = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no key file {path}.", "`bntui keys add` writes it.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > LARGEST_BYTES:
        raise UsageError(f"{path} is too large for a key.")
    try:
        return Secret(content.decode())
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.") from None


def _refuse_open(path: Path, state: os.stat_result) -> None:
    mode = stat.S_IMODE(state.st_mode)
    if not stat.S_ISREG(state.st_mode):
        raise UsageError(f"{path} is no file.")
    if state.st_uid != os.geteuid():
        raise UsageError(f"{path} belongs to another user.", "A key file must be your own.")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"{path} may be read by others (mode {mode:04o}).", f"chmod 600 {path}")
