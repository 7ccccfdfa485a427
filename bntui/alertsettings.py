"""The `[[alerts]]` of the settings file, read key by key.

A mistake in a rule is an error, never a warning: an alert that does not exist is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import urlsplit

from bntui.alertrules import (
    BUILT_IN,
    DESKTOP_WAYS,
    FACTS,
    MEANINGS,
    AlertRule,
    Meaning,
    duration_words,
)
from bntui.errors import UsageError
from bntui.model.alerts import AlertKind
from bntui.model.markets import Market, SymbolKey
from bntui.secret import Secret
from bntui.settingvalues import name_of, switch_of, text_of, texts_of, word_of
from bntui.venue.binance.names import is_symbol_text
from bntui.words import nearest, parse_duration, sentence

_T = TypeVar("_T")

ALERTS = "alerts"
"""An array of tables in the settings file, or in a profile of it."""

RULES_MOST = 100
"""Rules that a file may hold."""

ARGUMENTS_MOST = 64
"""Words of a command."""

LONGEST_SPAN_S = 24 * 3_600.0
"""A change of price is looked at over a day at most."""

SHORTEST_REPEAT_S = 10.0

_FACT = re.compile(r"\{([a-z]+)\}")


def read_alerts(
    raw: object, place_of: Callable[..., str], market: Market, environ: Mapping[str, str]
) -> tuple[AlertRule, ...]:
    """The rules of the file or of a profile, those built in first. Raises UsageError, naming the line.

    `place_of` names the place of a key in the array, for people; tables are counted from 1. `market` is
    that of symbols that name none; `environ` has what `webhook = "$NAME"` means.
    """
    if not isinstance(raw, list):
        raise UsageError(f"{place_of()}: write [[{ALERTS}]], with two brackets, above each rule.")
    if len(raw) > RULES_MOST:
        raise UsageError(f"{place_of()}: {len(raw)} rules are too many; {RULES_MOST} can be followed.")
    rules = {rule.name: rule for rule in BUILT_IN}
    places: dict[str, str] = {}
    for number, table in enumerate(raw, 1):
        where = str(number)
        if not isinstance(table, Mapping):
            raise UsageError(f"{place_of(where)}: this is a table, not a single value.")
        rule, enabled = _Reading(table, lambda *keys, at=where: place_of(at, *keys), market, environ).rule()
        if (twin := places.get(rule.name)) is not None:
            raise UsageError(f"{rule.place}: there is a rule {rule.name} already, at {twin}.")
        places[rule.name] = rule.place
        rules.pop(rule.name, None)
        if enabled:
            rules[rule.name] = rule
    return tuple(rules.values())


ALERT_KEYS = (
    "name",
    "kind",
    "value",
    "clear",
    "symbols",
    "over",
    "for",
    "cool_down",
    "repeat",
    "tell_over",
    "bell",
    "desktop",
    "command",
    "webhook",
    "enabled",
)
"""What the table of a rule may hold."""


class _Reading:
    """One table of the array, read key by key."""

    def __init__(
        self,
        table: Mapping[str, object],
        place_of: Callable[..., str],
        market: Market,
        environ: Mapping[str, str],
    ) -> None:
        self._table = table
        self._place_of = place_of
        self._market = market
        self._environ = environ
        self._key = ""

    def rule(self) -> tuple[AlertRule, bool]:
        """The rule, and whether it holds. Raises UsageError."""
        try:
            return self._rule()
        except ValueError as error:
            raise UsageError(sentence(f"{self._place_of(*filter(None, [self._key]))}: {error}")) from None

    def _rule(self) -> tuple[AlertRule, bool]:
        for key in self._table:
            self._key = key
            if key not in ALERT_KEYS:
                raise ValueError(f"a rule has no such key{nearest(key, ALERT_KEYS)}")
        self._key = ""
        enabled = self._get("enabled", switch_of, True)
        # To put out a rule that is built in, its name is enough.
        kind = self._kind() if enabled or "kind" in self._table else AlertKind.BLIND
        name = self._get("name", _name, str(kind))
        meaning = MEANINGS[kind]
        value = self._value(meaning) if enabled else Decimal(0)
        over_s = self._get("over", _span, meaning.over_s)
        if "over" in self._table and not meaning.over_s:
            raise ValueError(f"{kind} looks at no span")
        symbols = self._symbols(self._table["symbols"]) if self._names("symbols") else ()
        if symbols and not meaning.has_symbols:
            raise ValueError(f"{kind} is not about symbols")
        repeat_s = self._get("repeat", _duration, 0.0)
        if 0 < repeat_s < SHORTEST_REPEAT_S:
            raise ValueError(
                f"it cannot repeat itself more often than every {duration_words(SHORTEST_REPEAT_S)}"
            )
        rule = AlertRule(
            name,
            kind,
            value,
            self._clear(meaning, value),
            symbols,
            over_s,
            self._get("for", _duration, meaning.for_s),
            self._get("cool_down", _duration, meaning.cool_down_s),
            repeat_s,
            self._get("tell_over", switch_of, False),
            self._get("bell", switch_of, True),
            self._get("desktop", _desktop, ""),
            self._get("command", _command, ()),
            self._webhook(self._table["webhook"]) if self._names("webhook") else None,
            self._place_of(),
        )
        return rule, enabled

    def _get(self, key: str, read: Callable[[object], _T], usual: _T) -> _T:
        self._key = key
        return read(self._table[key]) if key in self._table else usual

    def _names(self, key: str) -> bool:
        """Whether the table has the key; what is wrong from here on is wrong with it."""
        self._key = key
        return key in self._table

    def _kind(self) -> AlertKind:
        if "kind" not in self._table:
            self._key = ""
            raise ValueError(f"the rule does not say its kind; there are {', '.join(AlertKind)}")
        return self._get("kind", lambda raw: word_of(raw, AlertKind), AlertKind.BLIND)

    def _value(self, meaning: Meaning) -> Decimal:
        self._key = "value"
        if not meaning.has_value:
            if "value" in self._table:
                raise ValueError("this kind of rule has no value: it is so, or it is not")
            return Decimal(1)
        if "value" in self._table:
            return decimal_of(self._table["value"])
        if meaning.value is None:
            self._key = ""
            raise ValueError("the rule does not say its value")
        return meaning.value

    def _clear(self, meaning: Meaning, value: Decimal) -> Decimal:
        back = value * meaning.back
        usual = value + back if meaning.below else value - back
        clear = self._get("clear", decimal_of, usual)
        if (clear < value) if meaning.below else (clear > value):
            side = "below" if meaning.below else "above"
            raise ValueError(f"{clear:f} is {side} the value {value:f}: it would be over while it is wrong")
        return clear

    def _symbols(self, raw: object) -> tuple[SymbolKey, ...]:
        words = texts_of(raw)
        if wrong := [word for word in words if not is_symbol_text(word)]:
            raise ValueError(f"{wrong[0]!r} is no symbol; Binance writes BTCUSDT")
        return tuple(dict.fromkeys(SymbolKey.parse(word, self._market) for word in words))

    def _webhook(self, raw: object) -> Secret:
        """What stands there is never repeated in an error: addresses of this kind hold secrets."""
        text = text_of(raw)
        if text.startswith("$"):
            text = self._environ.get(text[1:], "").strip()
            if not text:
                raise ValueError("the environment has no such variable, or an empty one")
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if host is None or parts.scheme not in ("http", "https") or not text.isprintable() or " " in text:
            raise ValueError("this is no address that begins with http:// or https://")
        return Secret(text)


def decimal_of(raw: object) -> Decimal:
    """A number that is not below 0, as it was written."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError(f"{raw!r} is no number")
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation:
        raise ValueError(f"{raw!r} is no number") from None
    if not value.is_finite() or value < 0 or abs(value.adjusted()) > 30:
        raise ValueError(f"it cannot be {raw}")
    return value


def _name(raw: object) -> str:
    return name_of(raw, "a rule")


def _duration(raw: object) -> float:
    return parse_duration(text_of(raw))


def _span(raw: object) -> float:
    seconds = _duration(raw)
    if not 1 <= seconds <= LONGEST_SPAN_S:
        raise ValueError(f"{raw} is not between 1s and 24h")
    return seconds


def _desktop(raw: object) -> str:
    if isinstance(raw, bool):
        return DESKTOP_WAYS[0] if raw else ""
    if raw not in DESKTOP_WAYS:
        raise ValueError(f"{raw!r} is neither true, false nor one of {', '.join(DESKTOP_WAYS[1:])}")
    return str(raw)


def _command(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(word, str) for word in raw):
        raise ValueError('this is a list of a program and its arguments, such as ["notify", "{text}"]')
    if not raw or not raw[0].strip():
        raise ValueError("it names no program")
    if len(raw) > ARGUMENTS_MOST:
        raise ValueError(f"{len(raw)} words are too many; {ARGUMENTS_MOST} can be given")
    if any("\0" in word for word in raw):
        raise ValueError("an argument cannot hold the character zero")
    for name in _FACT.findall(" ".join(raw[1:])):
        if name not in FACTS and (meant := nearest(name, FACTS)):
            raise ValueError(f"an alert has no {{{name}}}{meant}")
    return tuple(raw)
