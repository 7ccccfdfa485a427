"""Messages to bytes and back: four bytes of length, then JSON `{"t": type's name, "m": fields}`.

What comes from a peer is junk until it proved otherwise: `decode` raises ProtocolError and nothing
else. Readers are built once from the messages' own type hints, so that a new field is written in one
place only. What comes in great numbers goes as the list of its values, in the order of its fields: their
names would be half of what is sent.
"""

from __future__ import annotations

import types
from array import array
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from sys import byteorder, intern
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import orjson

from bntui.errors import ProtocolError
from bntui.model.markets import Instrument
from bntui.model.panels import CandleView, TapeRow
from bntui.model.views import Floats, StreamView, WatchView
from bntui.wire.messages import Message

HEADER_BYTES = 4

MOST_BYTES = 64 << 20
"""No message is longer. The longest that is sent, everything of 1,500 symbols at once, has about 5 MB."""

_Reader = Callable[[object], Any]

_PLAIN = (str, int, bool)
_NUMBERS = frozenset((float, int))

BY_PLACE: tuple[type, ...] = (WatchView, StreamView, Instrument, TapeRow, CandleView)
"""What goes as a list of values. Recordings are made of the same: another order of its fields is another form
of theirs, and new fields come last and have a default."""

MOST_KINDS = 256
"""Kinds whose fields are remembered: more than all messages hold."""

KNOWN_SHAPES = 64
"""Types of values that are remembered of each kind of these lists; of others each value is looked at."""


def encode(message: Message) -> bytes:
    """A message as it goes over a carrier, length first. Raises ProtocolError for what has no such form."""
    body = _json(message, _briefer)
    if len(body) > MOST_BYTES:
        raise ProtocolError(f"a {type(message).__name__} of {len(body)} bytes is too long to be sent")
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def encode_body(message: object) -> bytes:
    """A message alone, without its length: one line of JSON, in which all numbers can be read. Raises
    ProtocolError for what has no form."""
    return _json(message, _plainer)


def _json(message: object, plainer: Callable[[Any], object]) -> bytes:
    try:
        return orjson.dumps(
            {"t": type(message).__name__, "m": message}, plainer, orjson.OPT_PASSTHROUGH_DATACLASS
        )
    except TypeError as error:
        raise ProtocolError(f"a {type(message).__name__} cannot be sent: {error}") from error


def body_length(header: bytes, most: int = MOST_BYTES) -> int:
    """How many bytes follow the header. Raises ProtocolError for more than a message may have here."""
    length = int.from_bytes(header, "big")
    if not 0 < length <= most:
        raise ProtocolError(f"a message of {length} bytes is announced")
    return length


def decode(body: bytes) -> Message:
    """The message that a body holds. Raises ProtocolError when it holds none."""
    message: Message = _MESSAGES.decode(body)
    return message


class Vocabulary:
    """Kinds of messages that can be told apart by their names, and read."""

    def __init__(self, kinds: Iterable[type]) -> None:
        """Raises TypeError for a kind with a field that no message may have."""
        self._readers: dict[str, _Reader] = {kind.__name__: _reader(kind) for kind in kinds}

    def decode(self, body: bytes) -> Any:
        """The message that a body holds: one of the kinds. Raises ProtocolError when it holds none."""
        try:
            envelope = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ProtocolError(f"what came is no JSON: {error}") from error
        if type(envelope) is not dict:
            raise ProtocolError(f"what came is a {type(envelope).__name__}, no message")
        name = envelope.get("t")
        reader = self._readers.get(name) if type(name) is str else None
        if reader is None:
            raise ProtocolError("what came is a message of an unknown type")
        return reader(envelope.get("m"))


_VALUES: dict[type, Callable[[Any], tuple[object, ...]]] = {
    kind: attrgetter(*(f.name for f in fields(kind))) for kind in BY_PLACE
}


def _plainer(value: Any) -> object:
    """Keys and what is many go as plain lists, everything else that has fields under their names."""
    values = _VALUES.get(type(value))
    if values is not None:
        return values(value)
    if isinstance(value, tuple):
        return tuple(value)
    if isinstance(value, array):
        return value.tolist()
    kind = type(value)
    if is_dataclass(kind):
        return {name: getattr(value, name) for name in _names(kind)}
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def _briefer(value: Any) -> object:
    """The same, but that numbers which are many go as hexadecimal digits of eight bytes each: rows are full
    of them, and to write them out and read them again ten times a second takes three times as long."""
    return _little_endian(value).tobytes().hex() if isinstance(value, array) else _plainer(value)


def _little_endian(numbers: array[float]) -> array[float]:
    """The numbers from this machine's order of bytes to that in which they go, or back."""
    if byteorder == "little":
        return numbers
    turned = numbers[:]
    turned.byteswap()
    return turned


@lru_cache(maxsize=MOST_KINDS)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _wrong(expected: str, value: object) -> NoReturn:
    raise ProtocolError(f"{expected} was expected, not a {type(value).__name__}")


def _plain(*expected: type) -> _Reader:
    def read(value: object) -> Any:
        # Not by isinstance, to which `True` is an `int`.
        if type(value) not in expected:
            _wrong(f"a {expected[0].__name__}", value)
        return value

    return read


def _float(value: object) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    _wrong("a number", value)


def _enum(expected: type[Enum]) -> _Reader:
    members: dict[object, Enum] = {member.value: member for member in expected}

    def read(value: object) -> Enum:
        member = members.get(value) if type(value) is str else None
        if member is None:
            _wrong(f"one of {expected.__name__}", value)
        return member

    return read


def _optional(hint: Any) -> _Reader:
    if hint in _PLAIN:
        return _plain(hint, types.NoneType)
    inner = _reader(hint)
    return lambda value: None if value is None else inner(value)


def _list(inner: _Reader) -> _Reader:
    def read(value: object) -> list[Any]:
        if type(value) is not list:
            _wrong("a list", value)
        return [inner(item) for item in value]

    return read


def _floats(value: object) -> array[float]:
    """Numbers in a list, or as digits (`_briefer`)."""
    if type(value) is str:
        numbers = array("d")
        try:
            numbers.frombytes(bytes.fromhex(value))
        except ValueError as error:
            raise ProtocolError(f"numbers of eight bytes were expected: {error}") from error
        return _little_endian(numbers)
    if type(value) is not list:
        _wrong("a list", value)
    if not _NUMBERS.issuperset(map(type, value)):
        # An array would take `True` too.
        _wrong("a number", next(item for item in value if type(item) not in _NUMBERS))
    return array("d", value)


def _tuple(build: Callable[[list[Any]], Any], parts: list[_Reader]) -> _Reader:
    def read(value: object) -> Any:
        if type(value) is not list or len(value) != len(parts):
            _wrong(f"a list of {len(parts)}", value)
        return build([part(item) for part, item in zip(parts, value, strict=True)])

    return read


def _dataclass(expected: type) -> _Reader:
    """Fields by name. Unknown ones are passed by, so that a Hello of another version is understood."""
    hints = get_type_hints(expected)
    parts = [(f.name, _reader(hints[f.name])) for f in fields(expected)]
    optional = {f.name for f in fields(expected) if (f.default, f.default_factory) != (MISSING, MISSING)}

    def read(value: object) -> Any:
        if type(value) is not dict:
            _wrong(f"a {expected.__name__}", value)
        try:
            return expected(*[part(value[name]) for name, part in parts])
        except KeyError:
            lacking = {name for name, _ in parts}.difference(value, optional)
        if lacking:
            raise ProtocolError(f"a {expected.__name__} lacks its {', '.join(sorted(lacking))}")
        return expected(**{name: part(value[name]) for name, part in parts if name in value})

    return read


def _by_place(expected: type) -> _Reader:
    """Fields by their places. Values are read one by one the first time that such types come together; from
    then on only those that are more than a plain value."""
    hints = get_type_hints(expected)
    parts = [_reader(hints[f.name]) for f in fields(expected)]
    plain = [_plain_types(hints[f.name]) for f in fields(expected)]
    least = sum((f.default, f.default_factory) == (MISSING, MISSING) for f in fields(expected))
    more = [(at, part) for at, part in enumerate(parts) if not plain[at]]
    known: set[tuple[type, ...]] = set()

    def read(value: object) -> Any:
        if type(value) is not list or len(value) < least:
            _wrong(f"a list of a {expected.__name__}'s values", value)
        if expected is Instrument:
            # Thousands are kept for good, and most of what they say they have in common.
            value = [intern(item) if type(item) is str else item for item in value]
        shape = tuple(map(type, value))
        if shape in known:
            for at, part in more:
                value[at] = part(value[at])
            return expected(*value)
        made = expected(*[part(item) for part, item in zip(parts, value, strict=False)])
        alike = all(not types or kind in types for kind, types in zip(shape, plain, strict=False))
        if alike and len(shape) == len(parts) and len(known) < KNOWN_SHAPES:
            known.add(shape)
        return made

    return read


def _plain_types(hint: Any) -> frozenset[type]:
    """The types of JSON that are a value of this hint as they are; empty where one has to look closer."""
    if hint in (*_PLAIN, float, types.NoneType):
        return frozenset((hint,))
    if get_origin(hint) in (Union, types.UnionType):
        of_each = [_plain_types(arg) for arg in get_args(hint)]
        return frozenset[type]().union(*of_each) if all(of_each) else frozenset()
    return frozenset()


def _reader(hint: Any) -> _Reader:
    """What reads a value of this type. Raises TypeError for a type that no message may have."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType) and len(args) == 2 and args[1] is types.NoneType:
        return _optional(args[0])
    if origin is list:
        return _list(_reader(args[0]))
    if origin is tuple:
        return _tuple(tuple, [_reader(arg) for arg in args])
    if hint is Floats:
        return _floats
    if hint is float:
        return _float
    if hint in _PLAIN:
        return _plain(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    if isinstance(hint, type) and issubclass(hint, tuple):
        return _tuple(lambda items: hint(*items), [_reader(part) for part in get_type_hints(hint).values()])
    if is_dataclass(hint) and isinstance(hint, type):
        return _by_place(hint) if hint in BY_PLACE else _dataclass(hint)
    raise TypeError(f"a message cannot hold a {hint}")


_MESSAGES = Vocabulary(get_args(Message))
