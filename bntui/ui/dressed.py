"""An app that wears what the user wishes: themes, colours, keys, the mouse; and puts on what he changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from textual.filter import LineFilter
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.theme import Theme
from textual.widget import Widget

from bntui.errors import BntuiError
from bntui.ui.format import clean
from bntui.ui.plain import PlainFilter, WholeCells, in_ascii
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.shown import Piece
from bntui.ui.sparing import SparingApp
from bntui.ui.stylesheet import KeptStylesheet
from bntui.ui.themes import DEFAULT_THEME, FALLBACK_THEME, load_themes, role_defaults, theme_alone
from bntui.ui.viewer import Viewer
from bntui.ui.wishes import MOST_PROBLEMS, Told
from bntui.words import nearest

PROBLEM_SHOWN_S = 15.0
"""A problem of the settings is shown so long."""


class DressedApp(SparingApp[int], inherit_bindings=False):
    """The half of the viewer that has to do with its looks and its settings."""

    swapped = False
    """Have what rises and what falls changed their colours?"""

    def __init__(
        self,
        viewer: Viewer,
        theme_folders: Sequence[Path],
        reread: Callable[[], Told] | None,
        plain: bool,
    ) -> None:
        """Dress at once; of themes with one name the later folder's is worn."""
        self._coloured: tuple[Theme, dict[str, str]] | None = None
        """The theme whose variables were worked out last, and these."""
        super().__init__(ansi_color=True if _no_colour() else None)
        self.animation_level = "none"
        self.viewer = viewer
        self.wishes = viewer.wishes
        self._reread = reread
        self._plain = PlainFilter(enabled=plain)
        ScrollBar.renderer = WholeCells if plain else ScrollBarRender
        self._theme_folders = tuple(theme_folders)
        self._worn = ""
        shipped, *own = self._theme_folders
        alone = theme_alone(self.wishes.theme, shipped, own)
        if alone is not None:
            self.register_theme(alone)
        self._problems = self._dress() if alone is None else self._wear()
        self._has_all_themes = alone is None
        """Otherwise the first frame is drawn without those that nobody wears."""
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())

    def begin_dressed(self) -> None:
        """The first screen is there: say what is wrong with the settings; remember choices from now on."""
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        if not self._has_all_themes:
            self._problems += self._read_themes()
        self._tell(self._problems)

    # What is in front

    def _front(self) -> ViewerScreen | None:
        """The screen to draw on: the one in front, or the one under a dialogue; the verdict stays true."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, ViewerScreen):
                return screen if screen.is_mounted else None
        return None

    # Colours

    def _dress(self) -> list[str]:
        """Themes, colours and keys as they are wished for. Returns what cannot be, one line each."""
        return [*self._read_themes(), *self._wear()]

    def _read_themes(self) -> list[str]:
        """Learn of every theme that there is. Returns what is wrong with files that hold none."""
        themes, broken = load_themes(self._theme_folders)
        known = self.available_themes
        for theme in themes:
            if theme != known.get(theme.name):
                self.register_theme(theme)
        return broken

    def _wear(self) -> list[str]:
        """Of what is known, take what is wished for. Returns what cannot be, one line each."""
        problems: list[str] = []
        wished = self.wishes.theme
        if wished not in self.available_themes:
            meant = nearest(wished, self.available_themes)
            problems.append(f"theme: no theme is called {wished}{meant}")
        for name in (wished, self.wishes.usual_theme, DEFAULT_THEME, FALLBACK_THEME):
            if name in self.available_themes:
                self._worn = name
                self.theme = name
                break
        self.swapped = self.wishes.swap_colours
        self.set_keymap(self.wishes.keymap.moved)
        return [*problems, *self.wishes.problems]

    def get_css_variables(self) -> dict[str, str]:
        """Those of the theme; what rises and what falls may have changed their colours.

        Textual asks for them with every screen that is opened; they are worked out once for a theme.
        """
        theme = self.current_theme
        if self._coloured is None or self._coloured[0] is not theme:
            self._coloured = theme, super().get_css_variables()
        self.theme_variables = variables = dict(self._coloured[1])
        if self.swapped:
            up, down = variables["bn-up"], variables["bn-down"]
            variables |= {"bn-up": down, "bn-down": up}
        return variables

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, and at last that for terminals which show ASCII alone."""
        filters = super().get_line_filters()
        return [*filters, self._plain] if self._plain.enabled else filters

    def _write(self, pieces: Iterable[Piece]) -> None:
        """Here everything comes by, also what is drawn past the filters."""
        super()._write(in_ascii(pieces) if self._plain.enabled else pieces)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """bntui's colour roles, for themes that do not define them."""
        return role_defaults(self.current_theme)

    def _theme_changed(self, theme: Theme) -> None:
        if theme.name != self._worn:
            self._worn = theme.name
            self.wishes.choose_theme(theme.name)
        self._draw_anew()

    def action_swap_colours(self) -> None:
        """Give what rises the colour of what falls, or its own again."""
        self.swapped = not self.swapped
        self.wishes.choose_swap_colours(self.swapped)
        self._recolour()
        self.viewer.say("Colours of up and down are swapped." if self.swapped else "Colours are as usual.")
        self._draw_anew()

    def _recolour(self) -> None:
        self.refresh_css(animate=False)
        for screen in self.screen_stack:
            for widget in screen.walk_children(Widget, with_self=True):
                widget.notify_style_update()

    # What the user wants

    def action_mouse(self) -> None:
        """Take the mouse, or leave it to the terminal: then text is selected as usual."""
        on = not self.wishes.mouse
        self.wishes.choose_mouse(on)
        self._follow_mouse()
        self.viewer.say(
            "The mouse is bntui's." if on else "The mouse is the terminal's: select text as usual."
        )
        self._draw_anew()

    def _follow_mouse(self) -> None:
        from bntui.ui.terminal import ViewerDriver

        if isinstance(self._driver, ViewerDriver):
            self._driver.set_mouse(self.wishes.mouse)

    def action_reload(self) -> None:
        """Read the settings file anew, and say what is otherwise now."""
        if self._reread is None:
            self.viewer.say("There are no settings to read anew.")
            self._draw_anew()
            return
        try:
            told = self._reread()
        except BntuiError as error:
            # A toast has room for the place and the reason; the bottom line cuts them off.
            self.viewer.say("Nothing was changed: the settings cannot be used.", bad=True)
            self._tell([str(error)])
            self._draw_anew()
            return
        changed = self.wishes.changes(told)
        self.wishes.take(told)
        problems = self._dress()
        self._recolour()
        self._follow_mouse()
        if told.lists:
            from bntui.wire.messages import Watch

            self.viewer.go_on()
            self.viewer.send_command(Watch([key for one in told.lists for key in one.keys]))
        for screen in self.screen_stack:
            if isinstance(screen, ViewerScreen):
                screen.take_wishes()
        said = f"Read anew: {', '.join(changed)}." if changed else "Read anew: nothing is otherwise."
        if told.elsewhere:
            said += f" Only a new start takes {', '.join(told.elsewhere)}."
        self.viewer.say(said)
        self._tell(problems)
        self._draw_anew()

    def _tell(self, problems: Sequence[str]) -> None:
        """Toasts, one line for each problem; the last one counts those that have none."""
        for problem in problems[:MOST_PROBLEMS]:
            self.notify(clean(problem), severity="warning", timeout=PROBLEM_SHOWN_S, markup=False)
        more = len(problems) - MOST_PROBLEMS
        if more > 0:
            self.notify(f"{more} more: see `bntui config check`.", timeout=PROBLEM_SHOWN_S, markup=False)

    def _draw_anew(self) -> None:
        screen = self._front()
        if screen is not None:
            screen.show_everything()


def _no_colour() -> bool:
    """Does the user want no colour at all (no-color.org)? Then not greys either: the terminal's own two."""
    return "NO_COLOR" in os.environ
