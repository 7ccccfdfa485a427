"""Reads the parameters of REST requests as strictly as the exchange, and refuses with its codes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from json import loads

from bntui.sim.payloads import is_micro, time_us

_API_KEY = re.compile(r"[A-Za-z0-9]{64}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_ZONE = re.compile(r"([+-]?)(\d{1,2})(?::([0-5]\d))?")
_WINDOWS = {"m": (59, 1), "h": (23, 60), "d": (7, 1440)}
"""By unit of a rolling window: the greatest number, and the minutes of one (rest-api.md, read 2026-07-21)."""
_WINDOW = re.compile(r"([1-9][0-9]?)([mhd])")


class Refused(Exception):
    """A request that is answered with HTTP 400, or another status, and an error body."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        """The exchange's own code and text."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def illegal(name: str, legal: str) -> Refused:
    """A parameter with characters that it cannot have."""
    return Refused(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


def missing(name: str) -> Refused:
    """A parameter that the call cannot do without."""
    return Refused(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


class Parameters:
    """The parameters of one request."""

    def __init__(
        self,
        given: Sequence[tuple[str, str]],
        allowed: Sequence[str],
        *,
        micro: bool = False,
        api_key: str = "",
    ) -> None:
        """Refuse what the call does not take, and what is there twice. `micro`: the answer's times are to
        be in microseconds. `api_key`: what the request's header says."""
        self.micro = micro
        self._api_key = api_key
        if given and not allowed:
            raise Refused(-1101, f"Too many parameters; expected '0' and received '{len(given)}'.")
        self._values = dict(given)
        if len(self._values) < len(given):
            raise Refused(-1101, "Duplicate values for a parameter detected.")
        read = sum(name in allowed for name in self._values)
        if read < len(self._values):
            raise Refused(
                -1104,
                f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(given)}'.",
            )

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def keyed(self) -> None:
        """Refuse a request without a key; whose it is makes no difference."""
        if not _API_KEY.fullmatch(self._api_key):
            raise Refused(-2014, "API-key format invalid.", 401)

    def symbol(self) -> str:
        """The symbol that the call needs."""
        if not self._values.get("symbol"):
            raise missing("symbol")
        return self._symbol("symbol", self._values["symbol"])

    @staticmethod
    def _symbol(name: str, text: str) -> str:
        legal = text.isprintable() and all(
            char.isdigit() or char in "-_." or (char.isalpha() and not "a" <= char <= "z") for char in text
        )
        if not legal or not 1 <= len(text) <= 50:
            raise illegal(name, r"^[\w\-._&&[^a-z]]{1,50}$")
        return text

    def symbols(self) -> list[str] | None:
        """The symbols of a call that takes one, several, or all; None: all."""
        if "symbol" in self and "symbols" in self:
            raise Refused(-1128, "Combination of optional parameters invalid.")
        if "symbol" in self:
            return [self.symbol()]
        if "symbols" not in self:
            return None
        names = self.words("symbols")
        if not names:
            raise Refused(-1105, "Parameter 'symbols' was empty.")
        if len(set(names)) < len(names):
            raise Refused(-1101, "Duplicate values for parameter 'symbols'.")
        return [self._symbol("symbols", name) for name in names]

    def words(self, name: str) -> list[str]:
        """A JSON array of texts."""
        try:
            values = loads(self._values[name])
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise illegal(name, '^\\[("[\\w\\-._&&[^a-z]]{1,50}"(,"[\\w\\-._&&[^a-z]]{1,50}"){0,}){0,1}\\]$')
        return values

    def number(self, name: str) -> int | None:
        """A whole number, where it is given."""
        text = self._values.get(name)
        if text is None:
            return None
        if text == "":
            raise Refused(-1105, f"Parameter '{name}' was empty.")
        if not _NUMBER.fullmatch(text):
            raise illegal(name, "^[0-9]{1,20}$")
        return int(text)

    def moment_us(self, name: str) -> int | None:
        """A time in microseconds, given in that or in milliseconds (rest-api.md, General API Information)."""
        moment = self.number(name)
        return None if moment is None else time_us(moment)

    def end_us(self, name: str) -> int | None:
        """The last microsecond of a time; a millisecond is meant whole."""
        moment = self.number(name)
        if moment is None or is_micro(moment):
            return moment
        return time_us(moment) + 999

    def rows(self, default: int, most: float) -> int:
        """The limit of a list; more than the most is refused."""
        limit = self.number("limit")
        if limit is None:
            return default
        if not 1 <= limit <= most:
            raise invalid("limit")
        return limit

    def trading(self) -> bool:
        """Whether symbols that are traded now are asked for; all that are listed here are."""
        refusal = Refused(-1122, "Invalid symbolStatus.")
        return self.choice("symbolStatus", ("TRADING", "HALT", "BREAK"), "TRADING", refusal) == "TRADING"

    def full(self) -> bool:
        """Whether statistics are wanted with everything, rather than `MINI`."""
        return self.choice("type", ("FULL", "MINI"), "FULL", Refused(-1139, "Invalid ticker type.")) == "FULL"

    def window_minutes(self) -> int:
        """The length of a rolling window: `1m` to `59m`, `1h` to `23h`, `1d` to `7d`."""
        match = _WINDOW.fullmatch(self._values.get("windowSize", "1d"))
        if match is not None:
            count, (most, minutes) = int(match[1]), _WINDOWS[match[2]]
            if count <= most:
                return count * minutes
        raise invalid("windowSize")

    def choice(self, name: str, values: Sequence[str], default: str, refusal: Refused) -> str:
        """One of some words."""
        value = self._values.get(name, default)
        if value not in values:
            raise refusal
        return value

    def mandatory(self, name: str) -> str:
        """A text that the call needs."""
        value = self._values.get(name)
        if not value:
            raise missing(name)
        return value

    def zone_ms(self) -> int:
        """The offset of candle boundaries: `8`, `-1:00`, `05:45`."""
        match = _ZONE.fullmatch(self._values.get("timeZone", "0"))
        if match is None:
            raise invalid("timeZone")
        sign, hours, minutes = match.groups()
        offset = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
        if not -12 * 60 <= offset <= 14 * 60:
            raise invalid("timeZone")
        return offset * 60_000


@dataclass(frozen=True, slots=True)
class Call:
    """One REST call: the parameters that it takes, and what answers it."""

    allowed: tuple[str, ...]
    answer: Callable[[Parameters], Awaitable[str]]
    methods: tuple[str, ...] = ("GET",)
    misstates_weight: bool = False
    """Whether the answer's header tells another weight than was used."""


def milliseconds(time_us: int | None, *, up: bool = False) -> int | None:
    """A time in whole milliseconds, the next one or the one before."""
    if time_us is None:
        return None
    return -(-time_us // 1000) if up else time_us // 1000


def invalid(name: str) -> Refused:
    """A parameter that can be read but makes no sense."""
    return Refused(-1130, f"Data sent for parameter '{name}' is not valid.")


def invalid_symbol() -> Refused:
    """A symbol that is not listed."""
    return Refused(-1121, "Invalid symbol.")


def other_status() -> Refused:
    """A symbol that is asked for by a status that it does not have."""
    return Refused(-1220, "The symbol's status does not match the requested symbolStatus.")
