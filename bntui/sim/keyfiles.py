"""Writes the keys of the embedded exchange to where bntui looks for keys, for their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from bntui.errors import UsageError
from bntui.model.access import KeyKind
from bntui.sim.keys import ApiKey, Keyring

_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


def write(folder: Path, keyring: Keyring) -> None:
    """Write `NAME.toml` for each key, and make the folder where there is none.

    A file that is there already and says something else is left alone, as it may be a real key: then
    nothing at all is written. Raises UsageError, in words, where it cannot be done.
    """
    files = {folder / f"{key.name}.toml": content(key) for key in keyring.all()}
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        for path, text in files.items():
            if path.exists() and path.read_text(encoding="utf-8") != text:
                raise UsageError(
                    f"{path} is there already, and holds another key.", "Name an empty folder with --keys."
                )
        for path, text in files.items():
            _write_private(path, text)
    except (OSError, UnicodeDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "a file there is no text"
        raise UsageError(f"The keys cannot be written to {folder}: {words}.") from None


def content(key: ApiKey) -> str:
    """What stands in a key's file: TOML, with the secret of an HMAC key or the private key's PEM."""
    name = "secret" if key.kind is KeyKind.HMAC else "private_key"
    return f'api_key = "{key.api_key}"\n{name} = """{key.private.reveal()}"""\n'


def _write_private(path: Path, text: str) -> None:
    """Nobody else can read it at any moment, whatever the umask, and whatever was there before."""
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
    with open(made, "w", encoding="utf-8") as file:
        os.fchmod(made, _FILE_MODE)
        file.write(text)
