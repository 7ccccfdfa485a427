"""What a scenario expects at some time: each kind reads its words, says itself, and judges a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from bntui.drill.history import History, Stand
from bntui.drill.record import Record
from bntui.drill.tables import Table
from bntui.model.states import BookState, Grade, StreamState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement."""

    expected: str
    passed: bool
    seen: str


class Expectation(Protocol):
    """One thing that must be seen."""

    def judge(self, record: Record) -> Finding:
        """Compare with what was seen."""
        ...


class How(StrEnum):
    """How an expectation lies in time."""

    WITHIN = "within"
    """It holds at some moment of the span."""
    THROUGHOUT = "throughout"
    """It holds all through the span."""
    NEVER = "never"
    """It holds at no moment of the span."""


@dataclass(frozen=True, slots=True)
class When:
    """The span of an expectation, in seconds of the scenario."""

    how: How
    begin: float
    end: float

    @classmethod
    def read(cls, table: Table) -> When:
        """`from`, and one of `within`, `throughout` and `never`, each with its length in seconds."""
        begin = table.number("from", 0.0)
        given = [how for how in How if how in table]
        if len(given) != 1:
            raise table.bad(f"needs one of {', '.join(How)}")
        # Each is taken, so that all are named to whoever mistypes one.
        lengths = {how: table.number(how, -1.0, least=0.0) for how in How}
        return cls(given[0], begin, begin + lengths[given[0]])

    def words(self) -> str:
        """Behind what is expected."""
        match self.how:
            case How.WITHIN:
                return f"within {self.end - self.begin:g} s from second {self.begin:g} on"
            case How.THROUGHOUT:
                return f"from second {self.begin:g} to {self.end:g}"
            case How.NEVER:
                return f"at no moment from second {self.begin:g} to {self.end:g}"

    def judge(
        self, record: Record, history: History[T], holds: Callable[[T], bool], show: Callable[[T], str]
    ) -> tuple[bool, str]:
        """(whether it holds as it should, what was seen)."""
        values = history.between(record.zero + self.begin, record.zero + self.end)
        if not values:
            return False, "nothing was known then"
        wanted = self.how is not How.NEVER
        hits = [(at, value) for at, value in values if holds(value) is wanted]
        misses = [(at, value) for at, value in values if holds(value) is not wanted]
        if self.how is How.WITHIN:
            at, value = hits[0] if hits else values[-1]
            return bool(hits), _at(record, at, show(value))
        at, value = misses[0] if misses else values[-1]
        return not misses, _at(record, at, show(value))


def _at(record: Record, at: float, text: str) -> str:
    return f"second {record.second(at):.1f}: {text}"


def has(text: str, words: Sequence[str]) -> bool:
    """Whether the text holds all of the words."""
    return all(word in text for word in words)


def quoted(words: Sequence[str]) -> str:
    """Words for people."""
    return " and ".join(f"«{word}»" for word in words)


@dataclass(frozen=True, slots=True)
class VerdictExpected:
    """The top line of the screen."""

    grades: tuple[str, ...]
    words: tuple[str, ...]
    without: tuple[str, ...]
    suspect: tuple[str, ...]
    when: When

    @classmethod
    def read(cls, table: Table) -> VerdictExpected:
        """`verdict` with grades; `words` that the sentence has, is `without`, and that the `suspect` has."""
        return cls(
            table.choices("verdict", Grade),
            table.texts("words"),
            table.texts("without"),
            table.texts("suspect"),
            When.read(table),
        )

    def judge(self, record: Record) -> Finding:
        """Look at every sentence of the span."""
        without = f" without {quoted(self.without)}" if self.without else ""
        suspect = f" and suspect {quoted(self.suspect)}" if self.suspect else ""
        passed, seen = self.when.judge(
            record,
            record.verdicts,
            lambda said: (
                said.grade in self.grades
                and has(said.sentence, self.words)
                and has(said.suspect, self.suspect)
                and not any(word in said.sentence for word in self.without)
            ),
            str,
        )
        said = f"{' or '.join(self.grades)}{with_words(self.words)}{without}{suspect}"
        return Finding(f"verdict {said} {self.when.words()}", passed, seen)


@dataclass(frozen=True, slots=True)
class StreamExpected:
    """The state of one stream."""

    name: str
    states: tuple[str, ...]
    reason: tuple[str, ...]
    when: When

    @classmethod
    def read(cls, table: Table) -> StreamExpected:
        """`stream` with a name, `state` with one or several, `reason` with words of it."""
        return cls(
            table.text("stream"),
            table.choices("state", StreamState),
            table.texts("reason"),
            When.read(table),
        )

    def judge(self, record: Record) -> Finding:
        """Look at the states of the span."""
        history = record.streams.get(self.name, History())
        return stood(record, history, self.name, self.states, self.reason, self.when)


@dataclass(frozen=True, slots=True)
class ViewerExpected:
    """Whether a second viewer shows what the first does."""

    agrees: bool
    when: When

    @classmethod
    def read(cls, table: Table) -> ViewerExpected:
        """`viewer` with `agrees` or `differs`."""
        return cls(table.choice("viewer", ("agrees", "differs")) == "agrees", When.read(table))

    def judge(self, record: Record) -> Finding:
        """Look at the comparisons of the span."""
        passed, seen = self.when.judge(
            record,
            record.agrees,
            lambda agrees: agrees is self.agrees,
            lambda agrees: "it agrees" if agrees else "it differs",
        )
        verb = "agrees" if self.agrees else "differs"
        return Finding(f"the second viewer {verb} {self.when.words()}", passed, seen)


@dataclass(frozen=True, slots=True)
class BookExpected:
    """The trust in a local book, as `tail --kinds book` prints it."""

    symbol: str
    states: tuple[str, ...]
    reason: tuple[str, ...]
    when: When

    @classmethod
    def read(cls, table: Table) -> BookExpected:
        """`book` with a symbol, `state` with one or several, `reason` with words of it."""
        return cls(
            table.text("book"),
            table.choices("state", BookState),
            table.texts("reason"),
            When.read(table),
        )

    def judge(self, record: Record) -> Finding:
        """Look at the states of the span."""
        ledger = record.books.get(self.symbol)
        history = ledger.states if ledger is not None else History()
        return stood(record, history, f"book of {self.symbol}", self.states, self.reason, self.when)


def stood(
    record: Record,
    history: History[Stand],
    what: str,
    states: Sequence[str],
    reason: Sequence[str],
    when: When,
) -> Finding:
    """Whether something was in one of these states, for a reason with these words, when it should be."""
    because = f" because of {quoted(reason)}" if reason else ""
    passed, seen = when.judge(
        record,
        history,
        lambda stand: stand.state in states and has(stand.reason, reason),
        lambda stand: f"{stand.state}{f' ({stand.reason})' if stand.reason else ''}",
    )
    return Finding(f"{what} {' or '.join(states)}{because} {when.words()}", passed, seen)


def with_words(words: Sequence[str]) -> str:
    """Words for people, behind what is to have them; nothing where there are none."""
    return f" with {quoted(words)}" if words else ""
