"""How the embedded exchange behaves where what the real one does is not certain: reports contradict one
another or the documents, or are old. Each default is the choice that asks more of a client, as long as
clients in wide use can live with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any


def _switch(default: object, does: str) -> Any:
    return field(default=default, metadata={"does": does})


@dataclass(frozen=True, slots=True)
class Switches:
    """One field a switch; what it does stands beside it, and in `GET /_sim/switches`."""

    nested_errors: bool = _switch(
        True, "control errors as seen on the wire, {error:{code,msg},id}; off: flat, as documented"
    )
    named_errors: bool = _switch(
        False, 'the refusal of a stream\'s name repeats it as "data", as some users saw'
    )
    compression: bool = _switch(
        True, "answers a client's offer of permessage-deflate, as seen in 2021 (XChange #3907)"
    )
    empty_pongs_count: bool = _switch(
        False, "a pong without payload answers the newest ping; the document asks for a copy of its payload"
    )
    unknown_streams_acked: bool = _switch(
        True, "a well-formed name of nothing is acked and silent, as on futures; off: refused as malformed"
    )
    long_frames_ignored: bool = _switch(
        True, "a text frame above subscribe_frame_bytes has no effect and no answer; off: it is read"
    )
    long_url_status: int = _switch(414, "status of a handshake whose URL is longer than url_chars")
    attempts_status: int = _switch(
        429, "status of a handshake above connection_attempts, with Retry-After; users report none"
    )
    life_code: int = _switch(1001, "close code at the end of a connection's life; 0: no close frame")
    pong_timeout_code: int = _switch(
        1008, "close code after a missing pong, reports of 2021 to 2024; 0: no close frame"
    )
    shutdown_lead_s: tuple[float, float] | None = _switch(
        None,
        "serverShutdown comes so many seconds before the end of a connection's life, as in 5-600; or off",
    )
    patience: int = _switch(
        10, "refused handshakes, refused calls and closes for too many frames before a ban"
    )
    no_events_means_all: bool = _switch(
        True,
        "a listen key without events= brings all of them, as most clients rely on; off: none, as one says",
    )
    listen_keys_in_path: bool = _switch(
        True, "/private/ws/KEY works, as documented; off: it is silent, as one client's makers saw"
    )
    spot_listen_keys: bool = _switch(False, "Spot has listen keys, as Binance.US still does; off: 410 Gone")
    event_before_reply: bool = _switch(
        False, "the reply to a user stream's subscription comes behind its first event, or a second late"
    )
    send_buffer_bytes: int = _switch(16 * 1024 * 1024, "a connection that leaves so much unread is cut")
    socket_buffer_bytes: int = _switch(
        0, "the system holds so much unread before the exchange must; 0: as much as it likes"
    )

    @classmethod
    def table(cls) -> dict[str, dict[str, object]]:
        """Every switch with its default and what it does, as plain values."""
        return {one.name: {"default": one.default, "does": one.metadata["does"]} for one in fields(cls)}

    def as_json(self) -> dict[str, object]:
        """Every switch as it is set."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def override(self, words: Iterable[tuple[str, str]]) -> Switches:
        """The same with some set otherwise. Raises ValueError, in words, for a wrong name or value."""
        known = {one.name: one for one in fields(self)}
        values: dict[str, Any] = {}
        for name, text in words:
            if name not in known:
                raise ValueError(f"there is no switch {name!r}; there are {', '.join(known)}")
            values[name] = _read(known[name], text)
        return replace(self, **values)


_ON = frozenset({"on", "true", "yes", "1"})
_OFF = frozenset({"off", "false", "no", "0"})


def _read(one: Field[Any], text: str) -> object:
    if one.default is None:
        return _read_span(one.name, text)
    if isinstance(one.default, bool):
        if text.lower() not in _ON | _OFF:
            raise ValueError(f"{one.name} is either on or off, not {text!r}")
        return text.lower() in _ON
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number for {one.name}") from None
    if value < 0:
        raise ValueError(f"{one.name} cannot be {text}")
    return value


def _read_span(name: str, text: str) -> tuple[float, float] | None:
    """`5-600`, or a single number, or `off`."""
    if text.lower() in _OFF:
        return None
    low, _, high = text.partition("-")
    try:
        span = float(low), float(high or low)
    except ValueError:
        raise ValueError(f"{name} reads like 5-600 or off, not {text!r}") from None
    if not 0 <= span[0] <= span[1] < float("inf"):
        raise ValueError(f"{name} cannot be {text}")
    return span
