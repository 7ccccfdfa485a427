"""Everything that can be made to go wrong, in one table.

`POST /_sim/fault {"fault": NAME, …}` switches one on, `GET /_sim/faults` lists them with their words.
Some happen at once (`abort`); the others last: for so many seconds (`for`), until they have happened
so often (`count`), or until `clear`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bntui.sim import faultwords as word
from bntui.sim.faultkinds import Kind, Undo, chosen, each, lasting
from bntui.sim.faultwords import BadFault, Word, Words, read_words
from bntui.sim.mangling import ID_KINDS, nested, padding
from bntui.sim.userfaults import USER_FAULTS
from bntui.sim.victims import Ground

_MOST_DEPTH = 10_000
_MOST_SIZE = 12_000_000


class Fault(StrEnum):
    """The names of the faults."""

    STALL_ALL = "stall_all"
    STALL_STREAM = "stall_stream"
    FORGET_STREAM = "forget_stream"
    NO_DATA = "no_data"
    NO_PINGS = "no_pings"
    FIRST_PING = "first_ping"
    HALF_OPEN = "half_open"
    SILENCE = "silence"
    ABORT = "abort"
    CLOSE = "close"
    SHUTDOWN = "shutdown"
    END_LIFE = "end_life"
    PATH_DOWN = "path_down"
    UNROUTED = "unrouted"
    MOVED_STREAM = "moved_stream"
    REFUSE = "refuse"
    HANG_HANDSHAKE = "hang_handshake"
    HANDSHAKE_STATUS = "handshake_status"
    ACCEPT_CLOSE = "accept_close"
    BAN = "ban"
    NO_ACK = "no_ack"
    IGNORE_REQUESTS = "ignore_requests"
    DELAY_ACK = "delay_ack"
    WRONG_ID = "wrong_id"
    DROP = "drop"
    DROP_DIFF = "drop_diff"
    DROP_TRADE = "drop_trade"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    UNASKED = "unasked"
    MALFORMED = "malformed"
    BINARY = "binary"
    FRAGMENTED = "fragmented"
    COMPRESSED = "compressed"
    HUGE_FRAME = "huge_frame"
    DEEP_FRAME = "deep_frame"
    INJECT = "inject"
    PING_FLOOD = "ping_flood"
    CLOCK_JUMP = "clock_jump"
    REST_STATUS = "rest_status"
    REST_DOWN = "rest_down"
    REST_SLOW = "rest_slow"
    REST_GARBAGE = "rest_garbage"
    REVOKE_KEY = "revoke_key"
    REFUSE_ADDRESS = "refuse_address"
    REFUSE_SIGNATURE = "refuse_signature"
    SHORT_LISTEN_KEYS = "short_listen_keys"
    EXPIRE_LISTEN_KEYS = "expire_listen_keys"
    TERMINATE_STREAMS = "terminate_streams"
    SHORT_SUBSCRIPTIONS = "short_subscriptions"
    USER_SILENCE = "user_silence"
    CLEAR = "clear"


def _stall(ground: Ground, words: Words) -> Undo | None:
    """Of some connections only those are silenced, and what replaces them is not."""
    if not words.of_some:
        return None
    why = object()
    return each(lambda victim, _: victim.mute(why, True), lambda victim, _: victim.mute(why, False))(
        ground, words
    )


def _path_down(ground: Ground, words: Words) -> Undo | None:
    for victim in ground.victims():
        if victim.path.startswith(words.text("path")):
            victim.abort()
    return None


def _half_open(ground: Ground, words: Words) -> Undo | None:
    why = object()
    return each(lambda victim, _: victim.freeze(why, True), lambda victim, _: victim.freeze(why, False))(
        ground, words
    )


def _unasked(ground: Ground, words: Words) -> Undo | None:
    """Connections that open later hear it too, and so all that are open at the end are seen to."""
    for victim in chosen(ground, words):
        victim.overhear(words.streams(), True)

    def end() -> None:
        for victim in ground.victims():
            victim.overhear(words.streams(), False)

    return end


def _ban(ground: Ground, words: Words) -> Undo | None:
    ground.ban(words.maybe_number("for"))
    return ground.lift_bans


def _jump(ground: Ground, words: Words) -> Undo | None:
    seconds = words.number("seconds")
    try:
        ground.shift_clock(seconds)
    except ValueError as error:
        raise BadFault(str(error)) from None
    return lambda: ground.shift_clock(-seconds)


def _release_visitors(ground: Ground, words: Words) -> Undo | None:
    return ground.answer_visitors


def _break_silence(ground: Ground, words: Words) -> Undo | None:
    def end() -> None:
        for victim in ground.victims():
            victim.freeze(Fault.SILENCE, False)

    return end


def _read_names(value: object) -> object:
    if not isinstance(value, list) or not all(name in list(Fault) for name in value):
        raise ValueError
    return tuple(value)


_STATUS = word.whole("status", 400, 599)
_SECONDS = word.number("seconds", 0.001, 3600)
_ANY_COUNT = word.count(None)
_SENT = (word.CONNECTIONS, word.count(None))
_PATH = word.text("path", "")

FAULTS: Mapping[Fault, Kind] = MappingProxyType(
    {
        Fault.STALL_ALL: lasting(
            "No stream sends anything; pings, acks and REST go on. With connections: only these fall silent.",
            word.CONNECTIONS,
            start=_stall,
        ),
        Fault.STALL_STREAM: lasting("Some streams send nothing on any connection.", word.streams()),
        Fault.FORGET_STREAM: Kind(
            "Subscriptions are lost without a word; subscribing again mends it.",
            (word.streams(), word.CONNECTIONS),
            each(lambda victim, words: victim.forget(words.streams())),
        ),
        Fault.NO_DATA: lasting("Connections that open now ack everything and never bring data."),
        Fault.NO_PINGS: lasting("The server sends no PINGs.", word.CONNECTIONS),
        Fault.FIRST_PING: lasting(
            "Connections that open now get their first PING after so many seconds.",
            word.number("seconds", 0.001, 3600),
        ),
        Fault.HALF_OPEN: lasting(
            "Connections stay open; nothing is read from them or written to them.",
            word.CONNECTIONS,
            start=_half_open,
        ),
        Fault.SILENCE: lasting(
            "Connections that open now are accepted, and then nothing is read or said on them.",
            start=_break_silence,
        ),
        Fault.ABORT: Kind(
            "Connections are cut without a close frame.",
            (word.CONNECTIONS,),
            each(lambda victim, words: victim.abort()),
        ),
        Fault.CLOSE: Kind(
            'Connections are closed with a code and a reason, such as 1008 and "Too many requests".',
            (word.close_code(1001), word.REASON, word.CONNECTIONS),
            each(lambda victim, words: victim.end(words.whole("code"), words.text("reason"))),
        ),
        Fault.SHUTDOWN: Kind(
            "serverShutdown is sent, which the futures have not, and the connections are closed so many "
            "seconds after it; 0: at once.",
            (word.number("after", 0, 3600, 10), word.CONNECTIONS),
            each(lambda victim, words: victim.announce_shutdown(words.number("after"))),
        ),
        Fault.END_LIFE: Kind(
            "Connections end as they do after 24 hours.",
            (word.CONNECTIONS,),
            each(lambda victim, words: victim.end_life()),
        ),
        Fault.PATH_DOWN: lasting(
            "Connections to paths that begin so, such as /market, are cut, and new ones refused with 503.",
            word.text("path"),
            start=_path_down,
        ),
        Fault.UNROUTED: lasting(
            "Connections that open now act as if their address had no path, which on USD-M means /public."
        ),
        Fault.MOVED_STREAM: lasting(
            "Who subscribes to these streams now is on the wrong path: acknowledged, and silent for good.",
            word.streams(),
        ),
        Fault.REFUSE: lasting("TCP connections to the streams are cut before the handshake.", _ANY_COUNT),
        Fault.HANG_HANDSHAKE: lasting(
            "Handshakes are not answered until this ends.", start=_release_visitors
        ),
        Fault.HANDSHAKE_STATUS: lasting(
            "Handshakes are refused with a status, such as 403, 418, 429, 451 or 503.",
            _STATUS,
            word.RETRY_AFTER,
            _ANY_COUNT,
        ),
        Fault.ACCEPT_CLOSE: lasting(
            "Connections are closed so many seconds after they opened.",
            word.close_code(1001, none_too=True),
            word.REASON,
            word.number("after", 0, 3600, 0),
            _ANY_COUNT,
        ),
        Fault.BAN: lasting("Every address is banned: 418 to REST and handshakes.", start=_ban),
        Fault.NO_ACK: lasting("Requests are carried out, but not answered.", *_SENT),
        Fault.IGNORE_REQUESTS: lasting("Requests are neither carried out nor answered.", *_SENT),
        Fault.DELAY_ACK: lasting("Requests are carried out at once and answered late.", _SECONDS, *_SENT),
        Fault.WRONG_ID: lasting(
            "Answers carry an id of another type, or another id.", word.choice("as", *ID_KINDS), *_SENT
        ),
        Fault.DROP: lasting(
            "The next messages of these streams are lost.", word.streams(), _ANY_COUNT, once=True
        ),
        Fault.DROP_DIFF: lasting(
            "The next changes of these books are lost.", word.streams("depth"), _ANY_COUNT, once=True
        ),
        Fault.DROP_TRADE: lasting(
            "The next trades of these streams are lost.", word.streams("trade"), _ANY_COUNT, once=True
        ),
        Fault.DUPLICATE: lasting(
            "The next messages of these streams come twice.", word.streams(), _ANY_COUNT, once=True
        ),
        Fault.OUT_OF_ORDER: lasting(
            "The next message of these streams comes after the one that follows it.",
            word.streams(),
            _ANY_COUNT,
            once=True,
        ),
        Fault.UNASKED: lasting(
            "Connections get data of streams that they did not subscribe to.",
            word.streams(),
            word.CONNECTIONS,
            start=_unasked,
        ),
        Fault.MALFORMED: lasting("The next data is JSON that ends in the middle.", *_SENT, once=True),
        Fault.BINARY: lasting("The next data comes in binary frames.", *_SENT, once=True),
        Fault.FRAGMENTED: lasting(
            "The next data comes in three frames, with a PING between them.", *_SENT, once=True
        ),
        Fault.COMPRESSED: lasting(
            "The next data is compressed, though that was not agreed upon.", *_SENT, once=True
        ),
        Fault.HUGE_FRAME: Kind(
            "A message of so many bytes.",
            (word.whole("size", 1, _MOST_SIZE, 5_000_000), word.CONNECTIONS),
            each(lambda victim, words: victim.inject(padding(words.whole("size")), event=True)),
        ),
        Fault.DEEP_FRAME: Kind(
            "A message of arrays nested so deep.",
            (word.whole("depth", 1, _MOST_DEPTH, 64), word.CONNECTIONS),
            each(lambda victim, words: victim.inject(nested(words.whole("depth")), event=True)),
        ),
        Fault.INJECT: Kind(
            "Any text, as it is.",
            (word.text("text"), word.choice("frame", "text", "binary"), word.CONNECTIONS),
            each(lambda v, words: v.inject(words.text("text"), binary=words.text("frame") == "binary")),
        ),
        Fault.PING_FLOOD: Kind(
            "So many PINGs at once.",
            (word.whole("count", 1, word.MOST_COUNT, 100), word.CONNECTIONS),
            each(lambda victim, words: victim.flood(words.whole("count"))),
        ),
        Fault.CLOCK_JUMP: lasting(
            "The exchange's clock goes on from another time: server time, event times, pings.",
            word.number("seconds", -3600, 3600),
            start=_jump,
        ),
        Fault.REST_STATUS: lasting(
            "REST answers with a status; with a path, only calls whose path begins so; with a method, only "
            "those, such as PUT of a listen key.",
            word.whole("status", 300, 599),
            word.RETRY_AFTER,
            _PATH,
            word.choice("method", "", "GET", "POST", "PUT", "DELETE"),
            _ANY_COUNT,
        ),
        Fault.REST_DOWN: lasting("REST connections are cut without an answer.", _PATH, _ANY_COUNT),
        Fault.REST_SLOW: lasting("REST answers so many seconds late.", _SECONDS, _PATH, _ANY_COUNT),
        Fault.REST_GARBAGE: lasting(
            "REST answers 200 with a body that is no answer.",
            word.text("body", '{"serverTime":17'),
            _PATH,
            _ANY_COUNT,
        ),
        **{Fault(name): kind for name, kind in USER_FAULTS.items()},
        Fault.CLEAR: Kind(
            "Ends every fault that lasts, or those named; what was done to a connection for good stays done.",
            (Word("faults", "a list of names of faults", _read_names, None),),
        ),
    }
)
"""Every fault: what it does, the words that it takes, and what it does when it begins."""


def read_fault(given: Mapping[str, object]) -> tuple[Fault, Words]:
    """Read what was said of a fault. Raises BadFault, in words, where it makes no sense."""
    rest = dict(given)
    name = rest.pop("fault", None)
    if name is None:
        raise BadFault(f"fault is missing; one of {', '.join(FAULTS)}")
    if not isinstance(name, str) or name not in list(Fault):
        raise BadFault(f"there is no fault {name}; there are {', '.join(FAULTS)}")
    return Fault(name), read_words(FAULTS[Fault(name)].words, rest)


def table() -> dict[str, object]:
    """The table as plain values."""
    return {name: kind.as_json() for name, kind in FAULTS.items()}
