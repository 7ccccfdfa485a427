"""Alert rules: what each looks at, when it speaks, and how it makes itself known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from bntui.model.alerts import AlertKind
from bntui.model.markets import SymbolKey
from bntui.secret import Secret

FACTS = (
    "rule",
    "kind",
    "subject",
    "state",
    "text",
    "id",
    "began",
    "ended",
    "count",
    "told",
    "held",
    "exchange",
)
"""What a command is told of an alert: as `{text}` in its arguments, and as `BNTUI_ALERT_TEXT`."""

DESKTOP_WAYS = ("auto", "osc9", "osc777")
"""How a terminal can be asked for a notification."""

COOL_DOWN_S = 5 * 60.0
"""What is over and comes back within five minutes is not made known again."""


class Meaning(NamedTuple):
    """How a kind of rule is read, and what holds where its table does not say."""

    value: Decimal | None
    """None: the rule must say it."""
    unit: str
    """What the value is counted in, for people."""
    below: bool = False
    """It is wrong below the value, not above."""
    back: Decimal = Decimal(0)
    """So large a part of the value must it go back before it is over, lest it flutter."""
    for_s: float = 0.0
    over_s: float = 0.0
    """The span that it looks at; 0: none, and none can be said."""
    cool_down_s: float = COOL_DOWN_S
    has_value: bool = True
    """False: there is nothing to say but yes or no."""
    has_symbols: bool = True


MEANINGS: Mapping[AlertKind, Meaning] = {
    AlertKind.PRICE_ABOVE: Meaning(None, "", back=Decimal("0.001")),
    AlertKind.PRICE_BELOW: Meaning(None, "", below=True, back=Decimal("0.001")),
    AlertKind.CHANGE: Meaning(None, "%", back=Decimal("0.2"), over_s=5 * 60.0),
    AlertKind.SPREAD: Meaning(None, "bps", back=Decimal("0.1"), for_s=5.0),
    AlertKind.AGE: Meaning(None, "s", back=Decimal("0.5")),
    AlertKind.STREAMS: Meaning(Decimal(1), "streams", for_s=10.0),
    AlertKind.BLIND: Meaning(Decimal(1), "", for_s=10.0, has_value=False, has_symbols=False),
    AlertKind.RECONNECTS: Meaning(Decimal(5), "losses", over_s=3_600.0, has_symbols=False),
    AlertKind.ACCOUNT: Meaning(Decimal(1), "", for_s=10.0, has_value=False, has_symbols=False),
    AlertKind.FILL: Meaning(Decimal(0), "of the quote asset", cool_down_s=10.0),
    AlertKind.MARGIN: Meaning(Decimal(1), "", has_value=False),
}
"""Every kind of rule."""

_ONE_OF = {"streams": "stream", "losses": "loss"}


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule, as the engine follows it."""

    name: str
    """The user's word for it; no two have the same."""
    kind: AlertKind
    value: Decimal = Decimal(1)
    """From here on it is wrong."""
    clear: Decimal = Decimal(1)
    """Beyond this, on the other side, it is over."""
    symbols: tuple[SymbolKey, ...] = ()
    """Empty: every watched one."""
    over_s: float = 0.0
    """The span of a change, or of the losses that are counted."""
    for_s: float = 0.0
    """It must be wrong for so long before anybody is told."""
    cool_down_s: float = COOL_DOWN_S
    """After it was told, it is told again no sooner, whatever happens."""
    repeat_s: float = 0.0
    """While it lasts, and nobody has acknowledged it, it is told so often; 0: once."""
    tells_over: bool = False
    """Command and webhook are told of the end, too."""
    bell: bool = True
    desktop: str = ""
    """One of DESKTOP_WAYS; empty: no notification."""
    command: tuple[str, ...] = ()
    """A program and its arguments, in which `{text}` and the like stand for the facts."""
    webhook: Secret | None = None
    """An address, which may hold a secret."""
    place: str = ""
    """Where it is written."""

    @property
    def below(self) -> bool:
        """Is it wrong below the value?"""
        return MEANINGS[self.kind].below

    def words(self) -> str:
        """What it looks at, in a line for people."""
        meaning = MEANINGS[self.kind]
        said = str(self.kind).replace("_", " ")
        if meaning.has_value:
            unit = _ONE_OF.get(meaning.unit, meaning.unit) if self.value == 1 else meaning.unit
            said += f" {self.value:f}{'' if unit in ('', '%') else ' '}{unit}"
        if self.over_s:
            said += f" within {duration_words(self.over_s)}"
        if self.for_s:
            said += f" for {duration_words(self.for_s)}"
        return f"{said} of {' '.join(key.label for key in self.symbols)}" if self.symbols else said

    def ways(self) -> str:
        """How it makes itself known, in a line for people; of an address only the host."""
        ways = [name for name, on in (("bell", self.bell), ("desktop", self.desktop)) if on]
        if self.command:
            ways.append(f"command {self.command[0]}")
        if self.webhook:
            ways.append(f"webhook {host_of(self.webhook)}")
        return ", ".join(ways) or "the list only"


BUILT_IN = (AlertRule("blind", AlertKind.BLIND, for_s=MEANINGS[AlertKind.BLIND].for_s, place="built in"),)
"""Rules that hold without any settings; one of the same name takes their place."""


def host_of(address: Secret) -> str:
    """What may be said of an address: whom it belongs to."""
    return urlsplit(address.reveal()).hostname or "nowhere"


def without_effects(rules: tuple[AlertRule, ...]) -> tuple[AlertRule, ...]:
    """The same rules, which run no command and call no address: what a made-up market says is no news."""
    return tuple(replace(rule, command=(), webhook=None) for rule in rules)


def duration_words(seconds: float) -> str:
    """A duration as the settings file takes it."""
    for unit, size in (("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
