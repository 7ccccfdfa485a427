"""One engine a profile: a lock that the kernel lets go of when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bntui.errors import StateFolderError


@contextmanager
def engine_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's engine lock. Raises StateFolderError when another engine does, naming its pid."""
    path = folder / "engine.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise StateFolderError(
            f"The lock {path} cannot be opened: {exc.strerror or exc}.",
            "The state folder must be writable; BNTUI_STATE_DIR names another one.",
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
            raise StateFolderError(
                f"Another engine runs on this profile already{f' (process {holder})' if holder else ''}.",
                "Attach to it with `bntui attach`, or use another --profile.",
            ) from None
        # On a full disk the lock holds all the same; only who holds it cannot be told.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
