"""What every screen is given: the mirror, the clock, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bntui.ui.alertbell import AlertBell
from bntui.ui.choices import Choices
from bntui.ui.clipboard import Way
from bntui.ui.format import clean
from bntui.ui.freeze import HeldClock, still
from bntui.ui.messages import MessageBoard
from bntui.ui.news import News
from bntui.ui.suspicion import Suspicion
from bntui.ui.widgets.bars import headline
from bntui.ui.wishes import Told, Wishes
from bntui.wire.mirror import LinkState, Mirror

if TYPE_CHECKING:
    from bntui.clock import Clock
    from bntui.model.account import AccountKey
    from bntui.model.markets import Instrument, SymbolKey
    from bntui.model.panels import Focus
    from bntui.ui.keymap import Keymap
    from bntui.ui.lists import Lists
    from bntui.ui.replaying import Replay
    from bntui.wire.messages import Command


@dataclass(slots=True)
class Viewer:
    """One viewer's view of one engine. Screens read from it and never keep what they read."""

    mirror: Mirror
    clock: Clock
    send_command: Callable[[Command], None]
    focus_shard: Callable[[int | None], None]
    focus: Callable[[Focus | None], None]
    """Says which symbol is open, and how it is looked at; None: none is."""
    environment: str
    log_path: str
    wishes: Wishes = field(default_factory=lambda: Wishes(Told(), Choices(), ""))
    """What the user wants of the screen."""
    board: MessageBoard = field(default_factory=MessageBoard)
    suspicion: Suspicion = field(default_factory=Suspicion)
    news: News = field(default_factory=News)
    """What happened to own accounts that nobody has looked at."""
    alert_bell: AlertBell = field(default_factory=AlertBell)
    notify: Callable[[str, str], None] = lambda way, text: None
    """Asks the terminal for a notification of the desktop: the way, and the text."""
    export_folder: Path = field(default_factory=Path)
    """Where files go that the user asks for: the folder in which he started the viewer."""
    open_symbol: SymbolKey | None = None
    """The symbol that the symbol's screen shows, or showed last."""
    left_symbol: SymbolKey | None = None
    """The symbol whose screen was just left for the watchlist."""
    flip_order: tuple[SymbolKey, ...] = ()
    """The order in which the watchlist's rows stood when a symbol was opened."""
    replay: Replay | None = None
    """What is shown is a recording, and this plays it; None: it is now."""

    copies_by: Way = Way.TERMINAL
    """Who is asked to take what is copied."""

    live: Mirror = field(init=False)
    """What is so now, also while the display is frozen and `mirror` is what was so then."""
    live_clock: Clock = field(init=False)
    """As `live`."""
    _held_clock: HeldClock = field(init=False)
    _instruments: Mapping[SymbolKey, Instrument] = field(default_factory=dict)
    """The last that were known."""
    _looked_at: tuple[Focus | None, int | None] = (None, None)
    """The symbol and the shard that more is told of than of others, as the display shows it."""

    def __post_init__(self) -> None:
        """The display moves."""
        self.live, self.live_clock = self.mirror, self.clock
        self.clock = self._held_clock = HeldClock(self.clock)

    # A display that stands still

    @property
    def frozen_s(self) -> float | None:
        """How long the display has stood still; None while it moves."""
        return self._held_clock.held_for_s

    def freeze(self) -> None:
        """Let the display stand still from now on."""
        self._held_clock.hold()
        self.mirror = still(self.live)

    def go_on(self) -> None:
        """Let it move again."""
        self._held_clock.go_on()
        self.mirror = self.live

    def look_at(self, focus: Focus | None) -> None:
        """Say which symbol is open, and how it is looked at."""
        self._look(focus, self._looked_at[1], focus is not None)
        self.focus(focus)

    def look_at_shard(self, shard: int | None) -> None:
        """Say of which shard's streams the ages are wanted."""
        self._look(self._looked_at[0], shard, shard is not None)
        self.focus_shard(shard)

    def _look(self, focus: Focus | None, shard: int | None, wanted: bool) -> None:
        """What was not looked at when the display was frozen is not in that moment: for it the display goes
        on. What is left is not looked at any more, but stays in the moment."""
        looked_at = focus, shard
        if self.frozen_s is not None and wanted and looked_at != self._looked_at:
            self.go_on()
            self.say("The display goes on: what you opened was not in it.")
        if self.frozen_s is None:
            self._looked_at = looked_at

    @property
    def copy_folder(self) -> Path | None:
        """Where the newest copy is kept: beside the log, which outlives the folder of a demo."""
        return Path(self.log_path).parent if self.log_path else None

    @property
    def keymap(self) -> Keymap:
        """The keys as the user has them."""
        return self.wishes.keymap

    @property
    def lists(self) -> Lists:
        """The named watchlists."""
        return self.wishes.lists

    def instrument(self, key: SymbolKey) -> Instrument | None:
        """What exchangeInfo says of a symbol. An engine that has just started does not know it yet: until
        then what the one before it knew, so that prices keep their shape."""
        if self.mirror.instruments:
            self._instruments = self.mirror.instruments
        return self._instruments.get(key)

    def now(self) -> float:
        """The engine's monotonic clock: what ages are counted from."""
        return self.mirror.now(self.clock.monotonic())

    def exchange_ms(self) -> int:
        """The exchange's clock, as far as its distance from ours is known."""
        return self.clock.wall_ms() + round(self.mirror.health.clock_offset_ms or 0)

    def say(self, text: str, bad: bool = False) -> None:
        """Put a message into the bottom line."""
        self.board.say(text, bad, self.live_clock.monotonic())

    def send(self, command: Command, done: str) -> bool:
        """Send a command and say what was asked for; without an engine, say that nothing was."""
        if self.replay is not None:
            self.say("This is a replay: nothing can be changed in it.", bad=True)
            return False
        if self.is_dark_now:
            self.say("Not sent: the engine does not answer. Try again when it does.", bad=True)
            return False
        self.go_on()
        self.send_command(command)
        self.say(done)
        return True

    # The words for an engine are loaded with the first of these: a start that says nothing needs none.

    def watch(self, keys: Sequence[SymbolKey], done: str) -> bool:
        """As `send`: watch these symbols."""
        from bntui.wire.messages import Watch

        return self.send(Watch(list(keys)), done)

    def unwatch(self, keys: Sequence[SymbolKey], done: str) -> bool:
        """As `send`: watch these symbols no longer."""
        from bntui.wire.messages import Unwatch

        return self.send(Unwatch(list(keys)), done)

    def renew(self, owner: AccountKey) -> None:
        """Ask for another connection of a user stream, or another try with a key that was refused."""
        from bntui.wire.messages import RenewAccount

        self.send(RenewAccount(owner), f"{clean(owner.label)}: asked for another connection.")

    @property
    def is_dark(self) -> bool:
        """Does the engine not answer, so that nothing on screen can be trusted?

        A follower that died leaves the link as it was; the verdict notices all the same, and then
        begins with another word than a grade.
        """
        return self._is_dark(self.mirror, self.clock)

    @property
    def is_dark_now(self) -> bool:
        """As `is_dark`, of the engine now, also while the display is frozen."""
        return self._is_dark(self.live, self.live_clock)

    @staticmethod
    def _is_dark(mirror: Mirror, clock: Clock) -> bool:
        verdict = mirror.verdict(clock.monotonic())
        return mirror.link is not LinkState.LIVE or headline(verdict)[0] != verdict.grade.upper()

    def flipped(self, step: int) -> SymbolKey | None:
        """The symbol so many places behind the open one, around the ends; None in an empty watchlist.

        Symbols come in the order of the rows they were opened from, later ones behind them.
        """
        listed = self.mirror.watchlist
        wanted = set(listed)
        order = [key for key in self.flip_order if key in wanted]
        known = set(order)
        order += [key for key in listed if key not in known]
        if not order:
            return None
        if self.open_symbol not in wanted:
            return order[0 if step > 0 else -1]
        return order[(order.index(self.open_symbol) + step) % len(order)]

    @property
    def place(self) -> str:
        """Which exchange this is, for people."""
        return self.mirror.engine.environment if self.mirror.engine is not None else self.environment
