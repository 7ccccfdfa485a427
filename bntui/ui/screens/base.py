"""What every full screen has: the verdict above, keys and messages below, and a way to say «too small»."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.screen import Screen

from bntui.model.judged import VerdictView
from bntui.ui.clipboard import Way, hand_to_tmux, keep, said, sequence
from bntui.ui.keys import APP, FOCUS, REPLAY, Key, KeyGroup, bindings
from bntui.ui.news import margin_words
from bntui.ui.replaying import replay_line
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.bars import (
    Bar,
    frozen_line,
    key_line,
    message_part,
    suspect_lines,
    tabs,
    verdict_chip,
    verdict_line,
)
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Line, Lines, Part, part_width, spread
from bntui.wire.mirror import Changes

if TYPE_CHECKING:
    from bntui.ui.copies import Copy

SMALLEST = Size(60, 15)
"""Below this a screen says so instead of drawing."""

HEIGHT_PER_SUSPECT_LINE = 8
"""One line in so many may be the suspect's; one always."""

FILLS_TAB = "Fills"
ACCOUNT_TAB = "Account"
ALERTS_TAB = "Alerts"

TITLES = {
    "Watchlist": "Watch",
    "Connections": "Conn",
    "Incidents": "Inc",
    "Symbol": "Sym",
    FILLS_TAB: "Fill",
    "Orders": "Ord",
    ACCOUNT_TAB: "Acc",
    ALERTS_TAB: "Alr",
}
"""The screens that a number opens, in order, with what they are called where room is scarce."""

MOST_UNREAD = 999
"""More unread fills are not counted out."""

MARGIN = "margin"
"""Under this name the message board holds a margin call."""

COPYING = "copying"
"""The group of the workers that copy: of two at a time only the newer one goes on."""

BARS = 2
"""Lines above and below what a screen shows, but for that of the suspect."""

NEXT_PANEL = "focus.next"
"""The key that leads to another panel."""

NO_SUSPECT: tuple[Part, Part] = ("suspect: ", "title"), ("none any more", "title")
"""What stands in the suspect's line while only a frozen display keeps it."""

BARS_LATE_S = 0.25
"""Verdict and messages are told at once; what else is in the bars may be so old."""


def is_too_small(size: Size) -> bool:
    """Is there too little room to draw? Dialogues hide then, so that the screen below can say so."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height


class ViewerScreen(Screen[None], inherit_bindings=False):
    """A screen between the two bars. Subclasses draw the middle."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(FOCUS)

    KEYS: ClassVar[tuple[KeyGroup, ...]] = ()
    """The screen's own keys, for the bottom line and the help."""

    TAB: ClassVar[str] = ""
    """Which of the titles is open."""

    SUSPECT_LINES: ClassVar[int] = 2
    """Lines at most for the suspect, in a terminal that is high enough; what does not fit is cut off."""

    def __init__(self, viewer: Viewer) -> None:
        """Take what the screen reads from."""
        super().__init__()
        self.viewer = viewer
        self._top = Bar(id="verdict")
        self._suspect = Bar(id="suspect")
        self._suspect_height = 0
        self._replay = Bar(id="replay")
        self.set_class(viewer.replay is not None, "-replay")
        self._frozen = Bar(id="frozen")
        self._bottom = Bar(id="status")
        self._bars_told: tuple[VerdictView | None, tuple[str, bool] | None, float] = (None, None, 0.0)
        """The verdict and the message in the bars, and when they were drawn."""
        self._too_small = Lines(centred=True, id="too-small")

    def compose(self) -> ComposeResult:
        """Bars around the body."""
        yield self._replay
        yield self._top
        yield self._suspect
        yield self._frozen
        yield from self.compose_body()
        yield self._bottom
        yield self._too_small

    def compose_body(self) -> ComposeResult:
        """What stands between the bars."""
        raise NotImplementedError

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed; everything, where `changes` is None."""
        raise NotImplementedError

    # Drawing

    def show(self, changes: Changes, beat: bool) -> None:
        """One frame."""
        if beat or self._bars_are_old(changes):
            self._show_bars()
        if self.viewer.frozen_s is None:
            self.show_body(changes, beat)

    def _bars_are_old(self, changes: Changes) -> bool:
        """Do the bars say what is not so any more? What was not looked for here they follow soon."""
        viewer = self.viewer
        if changes.verdict or changes.notices or changes.accounts or changes.alerts:
            return True
        if viewer.frozen_s is not None or viewer.replay is not None:
            return True
        now = viewer.live_clock.monotonic()
        verdict, message, at = self._bars_told
        old = viewer.live.verdict(now) != verdict or viewer.board.current(now) != message
        return old or not at <= now < at + BARS_LATE_S

    def show_everything(self) -> None:
        """Draw all of it anew: the screen came to the front, or another theme did."""
        self._show_bars()
        self.show_body(None, True)

    @property
    def body_height(self) -> int:
        """Lines between the bars."""
        others = (self.viewer.replay is not None) + (self.viewer.frozen_s is not None)
        return max(self.app.size.height - BARS - self._suspect_height - others, 0)

    def _show_bars(self) -> None:
        viewer, width = self.viewer, self.app.size.width
        mirror, monotonic = viewer.live, viewer.live_clock.monotonic()
        verdict = mirror.verdict(monotonic)
        now = mirror.now(monotonic)
        held_s = now - verdict.since
        if viewer.replay is not None:
            self._replay.set_lines([replay_line(viewer.replay, width)])
        self._top.set_lines([self.top_line(verdict, held_s, width)])
        self._show_suspect(verdict, monotonic)
        self._show_frozen(width)
        viewer.board.take_notices(mirror.engine.epoch if mirror.engine else "", mirror.notices, monotonic)
        self._tell_news(monotonic)
        message = viewer.board.current(monotonic)
        self._bars_told = verdict, message, monotonic
        if self.has_class("-too-small"):
            self._show_too_small(verdict)
            return
        note = self.bar_note()
        keys = {title: viewer.keymap.name(f"app.{title.lower()}") for title in TITLES}
        if message is not None:
            told = message_part(*message)
            # Beside a long message the note gives way: it is there again a moment later.
            for beside_it in (note, ()):
                room = width - part_width([*beside_it, told]) - 2
                left = (*tabs(TITLES, self.TAB, room, marks=self._marks(), keys=keys), *beside_it)
                if part_width([*left, told]) + 2 <= width:
                    break
            self._bottom.set_lines([(*left, ("  ", ""), told)])
        else:
            always = key_line(viewer.keymap.group(APP).keys, width)
            beside = part_width([*note, *always]) + 4
            moving = REPLAY.keys if viewer.replay is not None else ()
            own_keys = [viewer.keymap.of(key) for key in (*moving, *self.bar_keys()) if key.label]
            every_key = key_line(own_keys, width)
            room = width - beside
            # How a replay is halted stands there even where the names of the screens give way to it.
            first = part_width(key_line(moving[:1], width))
            most = room - first - 1 if first else room
            named = tabs(TITLES, self.TAB, room - part_width(every_key), most, self._marks(), keys)
            left = (*named, *note)
            own = key_line(own_keys, width - part_width([*left, *always]) - 5)
            gap: Line = (("  ", ""),) if own else ()
            self._bottom.set_lines([spread(left, (*own, *gap, *always, (" ", "")), width)])

    def top_line(self, verdict: VerdictView, held_s: float, width: int) -> Line:
        """The answer to «am I blind?», where, and when."""
        viewer = self.viewer
        return verdict_line(verdict, held_s, viewer.place, viewer.live_clock.wall_ms(), width)

    def _tell_news(self, monotonic: float) -> None:
        """Ring for what was missed, and say it; what the fills' screen shows is no news."""
        viewer = self.viewer
        accounts = viewer.live.accounts
        key = viewer.keymap.name("app.fills")
        told = viewer.news.take(accounts, viewer.live_clock.wall_ms(), monotonic, key)
        called = margin_words(accounts.positions.values())
        shows = "" if self.TAB == ACCOUNT_TAB else f" {viewer.keymap.name('app.account')} shows it."
        viewer.board.problem(MARGIN, f"{called}.{shows}" if called else "")
        if told.message:
            viewer.say(told.message, bad=True)
        if told.bell:
            self.app.bell()
        if self.TAB == FILLS_TAB and viewer.frozen_s is None:
            viewer.news.read()
        if viewer.replay is None:
            self._tell_alerts(monotonic)

    def _tell_alerts(self, monotonic: float) -> None:
        """Make heard what was told just now; of the past nothing."""
        viewer = self.viewer
        heard = viewer.alert_bell.take(
            viewer.live.alerts, viewer.is_dark_now, viewer.live_clock.wall_ms(), monotonic
        )
        if heard.message:
            viewer.say(heard.message, bad=True)
        if heard.bell:
            self.app.bell()
        for way, text in heard.notes:
            viewer.notify(way, text)

    def _marks(self) -> dict[str, str]:
        """What is new on other screens, for their tabs."""
        unread = self.viewer.news.unread
        marks = {FILLS_TAB: f"+{min(unread, MOST_UNREAD)}"} if unread else {}
        if waiting := sum(alert.open for alert in self.viewer.live.alerts.values()):
            marks[ALERTS_TAB] = f"!{waiting}"
        return marks

    def _show_suspect(self, verdict: VerdictView, monotonic: float) -> None:
        """Whose fault it seems to be: in one line, or where there is room for it whole.

        A frozen display must not move: its lines stay when they are not needed any more.
        """
        named = self.viewer.suspicion.parts(verdict, self.viewer.is_dark_now, monotonic)
        held = 0 if self.viewer.frozen_s is None else self._suspect_height
        if named is None and held:
            named = NO_SUSPECT
        width, height = self.app.size
        most = max(min(self.SUSPECT_LINES, height // HEIGHT_PER_SUSPECT_LINE), 1)
        lines = () if named is None else suspect_lines(*named, width, most)
        self._suspect.set_lines(lines)
        taken = max(len(lines), min(held, most))
        if taken != self._suspect_height:
            self._suspect_height = taken
            self._suspect.styles.height = max(taken, 1)
            self.set_class(bool(taken), "-suspect")

    def _show_frozen(self, width: int) -> None:
        """While the display stands still, that it does, and that nothing else is."""
        viewer = self.viewer
        held_s = viewer.frozen_s
        if held_s is not None:
            key = viewer.keymap.name("live.freeze")
            self._frozen.set_lines([frozen_line(held_s, viewer.clock.wall_ms(), key, width)])
        self.set_class(held_s is not None, "-frozen")

    def _show_too_small(self, verdict: VerdictView) -> None:
        """The verdict must be legible all the same."""
        size = self.app.size
        lines: list[Line] = [
            verdict_chip(verdict),
            ((f"{size.width} × {size.height} is too small: bntui needs", "title"),),
            ((f"{SMALLEST.width} × {SMALLEST.height}", "strong"),),
        ]
        self._too_small.set_lines(lines)

    def take_wishes(self) -> None:
        """The settings were read anew: what a screen keeps of them is out of date."""

    # Copying

    def copied(self) -> Copy:
        """What the cursor is on; where there is no row under it, the verdict."""
        # What nobody copies before the first picture is loaded behind it.
        from bntui.ui.copies import of_row, of_verdict

        focused = self.focused
        words = focused.cursor_words if isinstance(focused, Grid) else []
        return of_row(words, self.viewer) if words else of_verdict(self.viewer)

    def put(self, copy: Copy) -> None:
        """Ask the terminal to take a copy, keep it in a file too, and say which of both was done."""
        way = self.viewer.copies_by
        asked = bool(sequence(copy.text, way))
        if asked and way is Way.TMUX:
            self.run_worker(self._put_into_tmux(copy), group=COPYING, exclusive=True)
            return
        if asked:
            self.app.copy_to_clipboard(copy.text)
        self._say_copied(copy, way, asked)

    async def _put_into_tmux(self, copy: Copy) -> None:
        """As `put`, by a program that has to be waited for."""
        way = Way.TMUX
        if not await hand_to_tmux(copy.text, os.environ):
            self.app.copy_to_clipboard(copy.text)
            way = Way.TMUX_ELSEWHERE
        self._say_copied(copy, way, asked=True)

    def _say_copied(self, copy: Copy, way: Way, asked: bool) -> None:
        kept = keep(copy.text, self.viewer.copy_folder)
        self.viewer.say(*said(copy.what, way, asked, kept))
        self._show_bars()

    def action_copy(self) -> None:
        """Copy what the cursor is on."""
        self.put(self.copied())

    def action_copy_verdict(self) -> None:
        """Copy the verdict."""
        from bntui.ui.copies import of_verdict

        self.put(of_verdict(self.viewer))

    # Keys and help

    def bar_keys(self) -> list[Key]:
        """The screen's keys for the bottom line, the most important first; help and quit are always there.

        From one panel no key leads to another, and in a replay none changes anything.
        """
        alone = len(self.focus_chain) < 2
        fixed = self.viewer.replay is not None
        keys = [key for group in self.KEYS for key in group.keys if key.label and not (fixed and key.changes)]
        return [key for key in keys if not (alone and key.id == NEXT_PANEL)]

    def bar_note(self) -> Line:
        """What stands between the tabs and the keys, such as a filter."""
        return ()

    def help_notes(self) -> Iterable[Line]:
        """What the help says of this screen beside its keys."""
        return ()

    # Events

    def on_screen_resume(self) -> None:
        """Changes that came while the screen was hidden are not kept: draw everything."""
        self.show_everything()

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size, or say that it is too small."""
        self.set_class(is_too_small(event.size), "-too-small")
        self.call_after_refresh(self.show_everything)
