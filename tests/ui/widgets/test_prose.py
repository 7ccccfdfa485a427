from __future__ import annotations

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from bntui.ui.widgets.prose import Prose
from tests.support.viewing import resized

PARAGRAPHS = [("What happened to the connection.", "strong"), ("Who closed it, and why.", "")]


class ProseApp(App[None]):
    CSS = "Prose { height: 100%; width: 100%; scrollbar-size-vertical: 1; overflow-x: hidden; }"

    def compose(self) -> ComposeResult:
        yield Prose()

    @property
    def prose(self) -> Prose:
        return self.query_one(Prose)


async def given(pilot: Pilot[None], count: int, anew: bool = True) -> Prose:
    """The widget with so many paragraphs of one line."""
    app = pilot.app
    assert isinstance(app, ProseApp)
    app.prose.set_paragraphs([(f"line {number}", "") for number in range(count)], anew=anew)
    await pilot.pause()
    return app.prose


def shown(prose: Prose) -> list[str]:
    return [prose.render_line(y).text.rstrip() for y in range(prose.size.height)]


async def test_paragraphs_are_wrapped_and_follow_the_width() -> None:
    app = ProseApp()
    async with app.run_test(size=(20, 8)) as pilot:
        app.prose.set_paragraphs(PARAGRAPHS, anew=True)
        await pilot.pause()
        assert shown(app.prose)[:5] == [
            "What happened to the",
            "  connection.",
            "Who closed it, and",
            "  why.",
            "",
        ]
        await resized(pilot, 60, 8)
        assert shown(app.prose)[:3] == ["What happened to the connection.", "Who closed it, and why.", ""]
        bold = [segment.style and segment.style.bold for segment in app.prose.render_line(0)]
        assert bold[0], "the style of its paragraph"
        assert not any(segment.style and segment.style.bold for segment in app.prose.render_line(1))


async def test_what_is_too_long_scrolls_by_every_moving_key() -> None:
    app = ProseApp()
    async with app.run_test(size=(20, 10)) as pilot:
        prose = await given(pilot, 100)
        prose.focus()
        for key, first in (
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("up", 0),
            ("k", 0),
            ("pagedown", 10),
            ("ctrl+d", 15),
            ("ctrl+u", 10),
            ("pageup", 0),
            ("G", 90),
            ("g", 0),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert shown(prose)[0] == f"line {first}", key


async def test_the_same_told_anew_stays_where_it_is_read_and_something_else_begins_at_the_top() -> None:
    app = ProseApp()
    async with app.run_test(size=(20, 10)) as pilot:
        prose = await given(pilot, 100)
        prose.focus()
        await pilot.press("pagedown")
        await given(pilot, 99, anew=False)
        assert shown(prose)[0] == "line 10"
        await given(pilot, 98)
        assert shown(prose)[0] == "line 0"


async def test_text_is_text_and_no_markup() -> None:
    app = ProseApp()
    async with app.run_test(size=(40, 4)) as pilot:
        app.prose.set_paragraphs([("[bold]x[/bold] [@click=app.quit]y[/]", "")], anew=True)
        await pilot.pause()
        assert shown(app.prose)[0] == "[bold]x[/bold] [@click=app.quit]y[/]"
        assert app.prose.text == "[bold]x[/bold] [@click=app.quit]y[/]"
