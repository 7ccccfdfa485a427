"""Records as tests write them: what was seen at which second."""

from __future__ import annotations

from typing import Any

from bntui.drill.history import History, Stand
from bntui.drill.record import GapLine, LinkLine, Record, Said
from bntui.drill.tables import Table
from bntui.model.markets import Market
from bntui.model.states import Grade
from bntui.model.views import OutageView

ZERO = 1_000.0
"""Second 0 on the drill's clock."""


def record(**parts: Any) -> Record:
    """A record whose second 0 is not the clock's."""
    return Record(zero=ZERO, **parts)


def verdicts(*said: tuple[float, Grade, str]) -> History[Said]:
    """What the top line said, and since when."""
    history: History[Said] = History()
    for second, grade, sentence in said:
        history.note(ZERO + second, Said(grade, sentence))
    return history


def stands(*stood: tuple[float, str, str]) -> History[Stand]:
    """How a stream stood, and since when."""
    history: History[Stand] = History()
    for second, state, reason in stood:
        history.note(ZERO + second, Stand(state, reason))
    return history


def link(second: float, state: str, reason: str = "", code: int | None = None) -> LinkLine:
    """A change of connection 1."""
    return LinkLine(ZERO + second, 1, state, reason, code)


def gap(first: int, last: int, cause: str = "lost", *, repaired: bool = False) -> GapLine:
    """A hole in the trades of BTCUSDT."""
    return GapLine(ZERO, "BTCUSDT", first, last, cause, repaired)


def outage(
    cause: str, *, code: int | None = None, blind_s: float | None = 2.0, planned: bool = False
) -> OutageView:
    """A line of the history; lasting, where nothing says how long it made blind."""
    ended_ms = None if blind_s is None else 2
    return OutageView(1, 1, Market.SPOT, 1, cause, code, 3, ended_ms, blind_s, planned)


def report(**parts: Any) -> dict[str, Any]:
    """What an exchange that saw nothing says, but for the parts given."""
    quiet: dict[str, Any] = {
        "attempts": 1,
        "connections": {"total": 1, "open": [{}], "closed": []},
        "breaches": {"total": 0, "by_kind": {}, "newest": []},
        "answers": {"200": 3},
        "pongs": 2,
        "streams_on_wrong_path": {},
    }
    return quiet | parts


def table(**words: object) -> Table:
    """An expectation's words; `from` is Python's, so it is written `from_`."""
    return Table({key.rstrip("_"): value for key, value in words.items()}, "expectation 1")
