"""What a fault is: what it does, the words that it takes, and how it begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bntui.sim import faultwords as word
from bntui.sim.faultwords import Word, Words
from bntui.sim.victims import Ground, Victim

Undo = Callable[[], None]
Start = Callable[[Ground, Words], Undo | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table."""

    does: str
    words: tuple[Word, ...] = ()
    start: Start | None = None
    """What is done when it begins; gives what is done when it ends."""
    lasts: bool = False
    """Goes on until it ends; otherwise it happens at once."""
    once: bool = False
    """Where neither `for` nor `count` is said, it happens once."""

    def as_json(self) -> dict[str, object]:
        """The row as plain values."""
        return {"does": self.does, "words": {one.name: one.form for one in self.words}}


def lasting(does: str, *words: Word, start: Start | None = None, once: bool = False) -> Kind:
    """One that goes on until it ends."""
    return Kind(does, (*words, word.FOR), start, lasts=True, once=once)


def chosen(ground: Ground, words: Words) -> list[Victim]:
    """The connections that are meant."""
    return [victim for victim in ground.victims() if words.concerns(victim.number)]


def each(act: Callable[[Victim, Words], None], undo: Callable[[Victim, Words], None] | None = None) -> Start:
    """Do something to every connection that is meant; undo it where the connection is still open."""

    def start(ground: Ground, words: Words) -> Undo | None:
        victims = chosen(ground, words)
        for victim in victims:
            act(victim, words)
        if undo is None:
            return None

        def end() -> None:
            still = ground.victims()
            for victim in victims:
                if victim in still:
                    undo(victim, words)

        return end

    return start
