"""What the user changed in a viewer, kept in the journal of his profile beside what the engine keeps."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from bntui import journal_state
from bntui.errors import StateFolderError

log = logging.getLogger(__name__)


class ChoiceFile:
    """Reads at once, writes in a thread of its own: a disk that stalls must not stop the screen."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet: the engine makes the file."""
        self.path = path
        self.failure = ""
        """Why the last choice was not kept; empty: it was."""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="choices")

    def read(self) -> Mapping[str, str]:
        """What was kept; nothing where that cannot be read, which the log tells."""
        try:
            return journal_state.kept_state(self.path)
        except StateFolderError as error:
            log.warning("choices of earlier runs are not known: %s", error)
            return {}

    def keep(self, key: str, value: str) -> None:
        """Keep a value under a key, soon."""
        self._writer.submit(journal_state.keep_state, self.path, key, value).add_done_callback(self._told)

    def close(self) -> None:
        """Wait until everything is kept; each attempt has its deadline."""
        self._writer.shutdown(wait=True)

    def _told(self, done: Future[None]) -> None:
        error = done.exception()
        self.failure = "" if error is None else str(error)
        if error is not None:
            log.warning("a choice is not remembered: %s", error)
