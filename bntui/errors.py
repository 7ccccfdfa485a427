"""Every error that a user may see.

    BntuiError                what happened, what bntui does about it, what the user can do
    ├── UsageError            a wrong symbol, option or config           exit code 3
    ├── ConnectError          an exchange or engine cannot be reached    exit code 4
    │   ├── HandshakeError    the server answered the handshake with an HTTP status
    │   └── EngineRefused     the engine is there and says no
    ├── RestError             a REST request failed; carries status and code
    ├── StateFolderError      the state folder is read-only, full, or locked by another engine
    └── ProtocolError         a peer broke the protocol of the seam

Exceptions carry facts; the text is built when it is shown.
"""

from __future__ import annotations


class BntuiError(Exception):
    """An expected failure. `message` says what happened, `hint` what the user can do (may be empty)."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep both texts; neither ever holds a secret."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(BntuiError):
    """The command line, a symbol, a key or the config cannot be used as it is."""

    exit_code = 3


class ConnectError(BntuiError):
    """A peer cannot be reached, or ends the conversation before it began."""

    exit_code = 4


class HandshakeError(ConnectError):
    """The server answered the websocket handshake with an HTTP status other than 101."""

    def __init__(self, status: int, message: str, hint: str = "", retry_after_s: float | None = None) -> None:
        """Keep the status, and the server's Retry-After in seconds where it sent one."""
        super().__init__(message, hint)
        self.status = status
        self.retry_after_s = retry_after_s


class EngineRefused(ConnectError):
    """A running engine refuses this viewer: another version, environment, or set of URLs."""


class RestError(BntuiError):
    """A REST request failed: `status` is HTTP's (0: no answer), `code` the exchange's (0: none)."""

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        status: int = 0,
        code: int = 0,
        retry_after_s: float | None = None,
        said: str = "",
    ) -> None:
        """Keep what the server said, `said` being its own words; the URL is never kept, since it may carry a
        signature."""
        super().__init__(message, hint)
        self.said = said
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


class StateFolderError(BntuiError):
    """The state folder cannot be used: read-only, full, or held by another engine."""

    exit_code = 3


class ProtocolError(BntuiError):
    """A peer at the seam sent something that is no message."""
