"""What lies on this machine: settings, folders, the disk under them, and the count of attempts."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bntui.config import Settings
from bntui.doctor.findings import Finding, ok, unusable, warn
from bntui.errors import StateFolderError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.credentials import Account, Credentials
from bntui.venue.limits import Limits

FREE_WANTED = 500_000_000
"""Bytes: a few times what history, log and black box keep."""

FREE_NEEDED = 20_000_000
"""Bytes: below, the next hour may not be remembered."""

MANY_ATTEMPTS = 0.8
"""Of bntui's own share; a healthy pool needs a few an hour."""

_PROBE_BYTES = 10_000


def check_settings(settings: Settings, usual: Path) -> list[Finding]:
    """Which file was read, and each thing in it that has no effect."""
    said = (
        f"{settings.config_path} is read"
        if settings.config_path is not None
        else f"there is no {usual}: everything is as it comes"
    )
    wrong = [
        warn("settings", "", warning, "`bntui config check` names line and place.")
        for warning in settings.warnings
    ]
    return wrong or [ok("settings", "", said)]


def check_folder(place: Callable[[], Path]) -> Finding:
    """Whether the state folder can be written, and how much room there is. `place` makes it."""
    try:
        folder = place()
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(folder).free
    except StateFolderError as error:
        return unusable("disk", "", error.message, error.hint)
    except OSError as error:
        return unusable(
            "disk",
            str(folder),
            f"it cannot be written: {error.strerror}",
            "Make room, or set BNTUI_STATE_DIR to a folder on another disk.",
        )
    room = f"{free / 1e9:.1f} GB free" if free >= FREE_WANTED else f"{free // 1_000_000} MB free"
    if free < FREE_NEEDED:
        return unusable("disk", str(folder), f"only {room}: history and log end", "Make room.")
    if free < FREE_WANTED:
        return warn("disk", str(folder), f"only {room}", "Make room before history and log are cut short.")
    return ok("disk", str(folder), f"can be written, {room}")


def check_attempts(attempts: AttemptsFile, limits: Limits) -> Finding:
    """How much of the IP's connection attempts this machine has used."""
    used = attempts.count()
    minutes = limits.connection_attempts_window_s / 60
    said = (
        f"{used} of bntui's {limits.own_attempts:g} connection attempts in {minutes:g} min "
        f"(the exchange allows the IP {limits.connection_attempts:g})"
    )
    if used >= MANY_ATTEMPTS * limits.own_attempts:
        return warn(
            "budget",
            "",
            said,
            "Something opens connections again and again: see `bntui status`, and wait a few minutes.",
        )
    return ok("budget", "", said)


def check_keys(accounts: Sequence[Account]) -> list[Finding]:
    """Whether the keys of the configured accounts can be read here; the exchange is not asked."""
    if not accounts:
        return [ok("keys", "", "no account is configured, and none is needed")]
    return [
        ok("keys", f"{account.name}.{account.market}", f"can be read; events come by {account.method}")
        if isinstance(account, Credentials)
        else unusable("keys", f"{account.name}.{account.market}", account.reason, account.hint)
        for account in accounts
    ]
