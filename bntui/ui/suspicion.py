"""The line below the verdict: «Is it me, my VPS, or Binance?»"""

from __future__ import annotations

from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.ui.format import clean, duration
from bntui.ui.widgets.lines import Part

HOLD_S = 5.0
"""A suspect stays so long after the engine named it last: a line that comes and goes cannot be read."""

ENGINE = "this machine: bntui's own engine does not answer, so nothing is known of the exchange"
"""Whom the viewer suspects while it hears nothing."""

NOBODY = "nothing points anywhere now"


class Suspicion:
    """What the line says. It is there while a suspect is named, and then until all is well again."""

    def __init__(self) -> None:
        """Nobody was suspected yet."""
        self._text = ""
        self._named_at = 0.0

    def parts(self, verdict: VerdictView, is_dark: bool, now: float) -> tuple[Part, Part] | None:
        """Label and text at a time of the viewer's clock; None: no line. `is_dark`: no engine answers."""
        named = self._named(verdict, is_dark)
        if named:
            self._text, self._named_at = named, now
            return ("suspect: ", "title"), (named, "")
        held_s = now - self._named_at
        if not self._text or (verdict.grade is Grade.LIVE and held_s >= HOLD_S):
            self._text = ""
            return None
        if held_s < HOLD_S:
            return (f"suspect until {duration(held_s)} ago: ", "title"), (self._text, "title")
        return ("suspect: ", "title"), (NOBODY, "title")

    def _named(self, verdict: VerdictView, is_dark: bool) -> str:
        if is_dark:
            return ENGINE if verdict.grade is Grade.BLIND else ""
        return "" if verdict.grade is Grade.LIVE else clean(verdict.suspect)

    def __repr__(self) -> str:
        return f"<Suspicion {self._text!r}>"
