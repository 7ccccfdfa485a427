"""The man page `docs/bntui.1`, made from the commands. `make docs` writes it anew; a test compares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from bntui.cli import main_group
from bntui.exits import CRASH, INTERRUPTED, PIPE_CLOSED
from bntui.schema import SETTINGS
from tests.support.readme import SHARED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "bntui.1"

CODES = {
    0: "live; or the command did what was asked",
    1: "degraded; or something failed on the way",
    2: "blind",
    3: "the command line, a symbol, the settings or the state folder cannot be used",
    4: "the exchange or the engine cannot be reached",
    CRASH: "a crash: one line says so and names the log file",
    INTERRUPTED: "ctrl+c",
    PIPE_CLOSED: "the reader of the output left",
}
"""What an exit code says."""

FILES = {
    "~/.config/bntui/config.toml": "The settings; see `bntui config template`.",
    "~/.config/bntui/themes": "Themes of your own.",
    "~/.config/bntui/keys": "Keys of your accounts, which nobody else can read.",
    "~/.local/state/bntui": "History, socket, lock and logs, one folder for each profile.",
}
"""Where things lie on Linux; `bntui config path` says it for the machine at hand."""


def page() -> str:
    """The whole page, in the language of man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    context = click.Context(main_group, info_name="bntui")
    yield r".\" Made from the commands by `make docs`."
    yield '.TH BNTUI 1 "" bntui "User Commands"'
    yield from _section("name", [r"bntui \- see at once whether your Binance streams still flow"])
    yield from _section("synopsis", [r"\fBbntui\fR " + _plain("[COMMAND | SYMBOL…] [OPTION]…")])
    yield from _section("description", _paragraphs(main_group.help or ""))
    yield ".SH COMMANDS"
    for command in main_group.commands.values():
        own = [option for option in command.params if option.name not in SHARED]
        yield from _entry(_usage(command, context), [*_paragraphs(command.help or "")])
        yield ".RS"
        for option in own:
            if isinstance(option, click.Option) and not option.hidden and option.help:
                yield from _entry(_option(option, context), [_plain(option.help)])
        yield ".RE"
    yield ".SH SETTINGS"
    yield _plain("Every command takes these, before or after its name.")
    for setting in SETTINGS:
        value = f" {setting.form}" if setting.form else ""
        default = f" Default: {setting.default}." if setting.default else ""
        about = f"{setting.about}{default} Variable: {setting.variable}."
        yield from _entry(_bold(setting.option) + _plain(value), [_plain(about)])
    yield from _entry(
        _bold("--config") + " FILE",
        [_plain("Settings file to read instead of the usual one. Variable: BNTUI_CONFIG.")],
    )
    yield ".SH EXIT STATUS"
    for code, meaning in CODES.items():
        yield from _entry(_bold(str(code)), [_plain(f"{meaning}.")])
    yield ".SH FILES"
    for place, about in FILES.items():
        yield from _entry(_bold(place), [_plain(about)])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {title.upper()}"
    yield from lines


def _entry(head: str, lines: Sequence[str]) -> Iterator[str]:
    yield ".TP"
    yield head
    yield from lines


def _usage(command: click.Command, context: click.Context) -> str:
    words = [param.make_metavar(context) for param in command.params if isinstance(param, click.Argument)]
    return _bold(f"bntui {command.name}") + _plain("".join(f" {word}" for word in words))


def _option(option: click.Option, context: click.Context) -> str:
    heads = ", ".join(map(_bold, (*option.opts, *option.secondary_opts)))
    return heads if option.is_flag else f"{heads} {_plain(option.make_metavar(context))}"


def _paragraphs(text: str) -> Iterator[str]:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".sp"
        yield _plain(" ".join(paragraph.split()))


def _bold(text: str) -> str:
    return rf"\fB{_plain(text)}\fR"


def _plain(text: str) -> str:
    r"""Text that roff takes as it is: characters beyond ASCII by number, and no line that commands."""
    said = text.replace("\\", r"\e").replace("-", r"\-")
    said = "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in said)
    return rf"\&{said}" if said.startswith((".", "'")) else said


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
