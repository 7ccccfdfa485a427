"""The 3 a.m. mode: one screen, large words, little to write: for tired eyes, a phone, and a thin line."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult

from bntui.model.incident import is_ongoing
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.ui.copies import Copy, of_lines
from bntui.ui.format import clean
from bntui.ui.keys import NIGHT, Key, bindings
from bntui.ui.letters import BLOCK
from bntui.ui.panels.accounts import is_trusted
from bntui.ui.panels.night import Situation, page
from bntui.ui.screens.acknowledge import AcknowledgeScreen
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.bars import place_line
from bntui.ui.widgets.lines import Line, Lines
from bntui.wire.mirror import Changes

KEYS_TOLD = 3
"""What to press next: more than so many nobody reads at 3 a.m."""


class NightScreen(ViewerScreen):
    """Am I blind, since when, what happened, what now?"""

    BINDINGS = bindings(NIGHT)
    KEYS = (NIGHT,)

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__(viewer)
        self._grade: Grade | None = None
        self._page = Lines(id="night")

    def compose_body(self) -> ComposeResult:
        """One page."""
        yield self._page

    # Drawing

    def top_line(self, verdict: VerdictView, held_s: float, width: int) -> Line:
        """Where, and when: the verdict itself stands below in large letters."""
        return place_line(verdict, self.viewer.place, self.viewer.live_clock.wall_ms(), width)

    def show(self, changes: Changes, beat: bool) -> None:
        """Once a second, and at once when the verdict is another: what else happens oftener nobody reads, and
        a phone pays for it."""
        if beat or self.viewer.mirror.verdict(self.viewer.clock.monotonic()).grade is not self._grade:
            super().show(changes, beat)

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw the page."""
        now = self.situation()
        self._grade = now.verdict.grade
        self._page.set_lines(page(now, self.app.size.width, self.body_height))

    def situation(self) -> Situation:
        """What the page is about, as it is now."""
        viewer = self.viewer
        monotonic = viewer.clock.monotonic()
        verdict = viewer.mirror.verdict(monotonic)
        return Situation(
            verdict,
            max(viewer.now() - verdict.since, 0.0),
            viewer.is_dark,
            viewer.clock.wall_ms(),
            viewer.mirror.outages,
            viewer.mirror.accounts.fills.values(),
            viewer.mirror.alerts.values(),
            [(viewer.keymap.name(action), what) for action, what in self._next(verdict.grade)][:KEYS_TOLD],
        )

    def _next(self, grade: Grade) -> Iterable[tuple[str, str]]:
        """What to press next, the most urgent first."""
        mirror = self.viewer.mirror
        accounts = mirror.accounts
        if any(alert.open for alert in mirror.alerts.values()) and self.viewer.replay is None:
            yield "night.acknowledge", "say that you know"
        if any(is_ongoing(row) for row in mirror.outages):
            yield "app.incidents", "what was lost"
        if any(not is_trusted(accounts, owner) for owner in accounts.streams):
            yield "app.fills", "which fills may be missing"
        elif self.viewer.news.unread:
            yield "app.fills", f"new fills: {self.viewer.news.unread}"
        if grade is not Grade.LIVE:
            yield "app.connections", "whose fault it is"
        yield "app.copy", "copy this"
        yield "app.watchlist", "prices"
        yield "app.quit_leaving", "quit, keep this"

    # Actions and keys

    def copied(self) -> Copy:
        """The page, but for its large letters."""
        verdict = self.viewer.mirror.verdict(self.viewer.clock.monotonic())
        lines = [line.strip() for line in self._page.text.splitlines() if BLOCK not in line]
        return of_lines("this screen", [clean(verdict.sentence), *lines], self.viewer)

    def action_acknowledge(self) -> None:
        """Say that the newest alert that nobody has acknowledged is known."""
        alerts = self.viewer.mirror.alerts.values()
        waiting = max((alert for alert in alerts if alert.open), key=lambda one: one.id, default=None)
        if waiting is None:
            self.viewer.say("Nothing to acknowledge: no alert waits for it.")
            self._show_bars()
        else:
            self.app.push_screen(AcknowledgeScreen(self.viewer, waiting))

    def bar_keys(self) -> list[Key]:
        """The keys that make sense now."""
        waiting = any(alert.open for alert in self.viewer.mirror.alerts.values())
        return [key for key in super().bar_keys() if waiting or key.id != "night.acknowledge"]

    def help_notes(self) -> Iterable[Line]:
        """What the page shows."""
        for name, meaning in (
            (
                "NOW",
                "alerts that last, those first that nobody has acknowledged; incidents that are not over",
            ),
            ("LAST HOUR", "what began or ended in the last 60 minutes, with its sums"),
            ("recovered", "fills that no stream told; REST knew them afterwards"),
        ):
            yield ((f"{name:<10}", "strong"), (meaning, "title"))
