"""The tables of README.md that say what the code says. `make docs` writes them anew; a test compares."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from bntui.cli import main_group
from bntui.drill.scenario import load, names
from bntui.engine.forms import FORMS
from bntui.engine.status import Findings, report
from bntui.model.account import AccountKey, UserStreamView
from bntui.model.judged import VerdictView, empty_health
from bntui.model.markets import Market
from bntui.model.panels import BookStatus
from bntui.model.states import Grade
from bntui.model.views import BudgetView, ShardView, StreamView
from bntui.preferences import COLUMNS
from bntui.schema import SECTIONS, SETTINGS, Setting, Shape
from bntui.sim.faults import FAULTS
from bntui.sim.switches import Switches
from bntui.ui.keys import GROUPS, shown
from bntui.ui.themes import read_theme, theme_folder
from bntui.venue.binance.futures_limits import FUTURES_ROWS
from bntui.venue.binance.limits import SPOT_ROWS, US_ROWS
from bntui.venue.limits import LimitRow
from bntui.words import KINDS

_View = TypeVar("_View", BudgetView, ShardView, StreamView, BookStatus, UserStreamView)

SHARED = (*(setting.key for setting in SETTINGS), "config")
"""Options that every command has."""

README = Path(__file__).resolve().parents[2] / "README.md"

_BLOCK = re.compile(r"(<!-- table: (?P<name>\w+) -->\n).*?(<!-- end -->)", flags=re.DOTALL)


def rendered(text: str) -> str:
    """The text with the content of every marked block made anew. Raises KeyError for an unknown block."""
    return _BLOCK.sub(lambda block: f"{block[1]}\n{BLOCKS[block['name']]()}\n{block[3]}", text)


def blocks_in(text: str) -> list[str]:
    """The names of the marked blocks."""
    return [block["name"] for block in _BLOCK.finditer(text)]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


_OWN = "own choice: "


def _limits() -> str:
    return _table(
        ("limit", "value", "source", "read"),
        (
            (f"`{row.name}`", _value(row), row.source, row.read)
            for row in SPOT_ROWS
            if not row.source.startswith(_OWN)
        ),
    )


def _other_limits() -> str:
    """Where the other markets' tables differ from Spot's."""
    return _table(
        ("limit", "of", "value", "source or why", "read"),
        (
            (f"`{row.name}`", of, _value(row), row.source.removeprefix(_OWN), row.read)
            for of, rows in (("USD-M, COIN-M", FUTURES_ROWS), ("Binance.US", US_ROWS))
            for row, spot in zip(rows, SPOT_ROWS, strict=True)
            if row.value != spot.value
        ),
    )


def _own_limits() -> str:
    return _table(
        ("limit", "value", "why"),
        (
            (f"`{row.name}`", _value(row), row.source.removeprefix(_OWN))
            for row in SPOT_ROWS
            if row.source.startswith(_OWN)
        ),
    )


def _value(row: LimitRow) -> str:
    number = f"{int(row.value):,}" if row.value == int(row.value) else f"{row.value:g}"
    return f"{number} {row.unit}"


def _commands() -> str:
    context = click.Context(main_group, info_name="bntui")
    usages = {"[SYMBOL…]": "The screen on the live exchange"} | {
        _usage(command, context): command.get_short_help_str(limit=100).rstrip(".")
        for command in main_group.commands.values()
    }
    return _table(("command", ""), ((f"`bntui {usage}`", text) for usage, text in usages.items()))


def _usage(command: click.Command, context: click.Context) -> str:
    """The command with its own options; those that every command has are a table of their own."""
    words = [command.name or ""]
    for param in command.params:
        if isinstance(param, click.Argument):
            words.append((param.metavar or "").replace("]…", "…]"))
        elif isinstance(param, click.Option) and not (param.hidden or param.name in SHARED):
            value = "" if param.is_flag else f" {param.make_metavar(context)}"
            words.append(f"[{param.opts[0]}{value}]")
    return " ".join(words)


def _options() -> str:
    named = ("`--config FILE`", "`BNTUI_CONFIG`", "", "Settings file to read instead of the usual one.")
    rows = [(_option(each), f"`{each.variable}`", _in_the_file(each), _about(each)) for each in SETTINGS]
    return _table(("option", "variable", "in the file", "what it does"), [*rows, named])


def _option(setting: Setting) -> str:
    if setting.shape is Shape.SWITCH:
        return f"`{setting.option}` `--no-{setting.option.removeprefix('--')}`"
    return f"`{setting.option} {setting.form}`"


def _in_the_file(setting: Setting) -> str:
    return f"`[{setting.key}]`" if setting.shape is Shape.ENTRIES else f"`{setting.key}`"


def _about(setting: Setting) -> str:
    return f"{setting.about} Default: {setting.default}." if setting.default else setting.about


def _sections() -> str:
    return _table(
        ("in the file", "what it does", "such as"),
        (
            (
                f"`[{section.title}]`",
                section.about,
                " ".join(f"`{line}`" for line in section.example.splitlines()),
            )
            for section in SECTIONS
        ),
    )


def _columns() -> str:
    return _table(("column", "shows"), ((f"`{name}`", about) for name, about in COLUMNS.items()))


def _themes() -> str:
    return _table(
        ("theme", "for"),
        (
            (f"`{theme.name}`", _first_words(path))
            for theme, path in (
                (read_theme(tomllib.loads(path.read_text(encoding="utf-8"))), path)
                for path in sorted(theme_folder().glob("*.toml"))
            )
        ),
    )


def _first_words(path: Path) -> str:
    """What a theme's file says of it above its first key."""
    lines = itertools.takewhile(lambda line: line.startswith("#"), path.read_text("utf-8").splitlines())
    words = " ".join(line.lstrip("# ") for line in lines)
    return words.partition(" Fields are those")[0]


def _faults() -> str:
    return _table(
        ("fault", "words", "what it does"),
        (
            (f"`{name}`", " ".join(f"`{word.name}`" for word in kind.words), kind.does)
            for name, kind in FAULTS.items()
        ),
    )


def _switches() -> str:
    return _table(
        ("switch", "default", "what it does"),
        ((f"`{name}`", _shown(row["default"]), str(row["does"])) for name, row in Switches.table().items()),
    )


def _shown(default: object) -> str:
    """A switch's default as a word of the command line."""
    if isinstance(default, bool):
        return "on" if default else "off"
    return "off" if default is None else str(default)


def _keys() -> str:
    return "\n".join(
        f"**{group.title}**\n\n"
        + _table(
            ("key", "what it does", "id"),
            (
                (f"`{shown(key.keys).replace(' ', '` `')}`", key.description, f"`{key.id}`")
                for key in group.keys
            ),
        )
        for group in GROUPS
    )


class _AnyEvent:
    """Has every field, so that a form tells all the names that it may write."""

    def __getattr__(self, name: str) -> Any:
        return AccountKey("", Market.SPOT) if name == "owner" else name


def _tail() -> str:
    return _table(
        ("kind", "fields"),
        (
            (f"`{form.kind}`", " ".join(f"`{name}`" for name in form.fields(_AnyEvent())))
            for form in FORMS.values()
            if form.kind in KINDS
        ),
    )


def _empty(view: type[_View]) -> _View:
    """A view with its fields and nothing in them: only their names are wanted."""
    names = [field.name for field in fields(view)]
    made: _View = cast(Any, view)(**dict.fromkeys(names))
    return made


def _status() -> str:
    found = Findings(
        VerdictView(Grade.LIVE, "", 0.0),
        [_empty(ShardView)],
        [replace(_empty(StreamView), since=0.0)],
        [replace(_empty(BookStatus), since=0.0)],
        _empty(BudgetView),
        empty_health(),
        0.0,
        accounts=[replace(_empty(UserStreamView), owner=AccountKey("", Market.SPOT), since=0.0, renewals=[])],
    )
    told = report(found)
    parts = {
        "the object": told,
        "each of `shards`": told["shards"][0],
        "`streams`": told["streams"],
        "each of `streams.not_live`": told["streams"]["not_live"][0],
        "each of `books`": told["books"][0],
        "each of `accounts`": told["accounts"][0],
        "`budget`": told["budget"],
    }
    return _table(
        ("part", "fields"),
        ((name, " ".join(f"`{key}`" for key in part)) for name, part in parts.items()),
    )


def _drills() -> str:
    return _table(("drill", "what goes wrong"), ((f"`{name}`", load(name).about) for name in names()))


BLOCKS: Mapping[str, Callable[[], str]] = {
    "commands": _commands,
    "options": _options,
    "sections": _sections,
    "columns": _columns,
    "themes": _themes,
    "faults": _faults,
    "switches": _switches,
    "keys": _keys,
    "tail": _tail,
    "status": _status,
    "drills": _drills,
    "limits": _limits,
    "own_limits": _own_limits,
    "other_limits": _other_limits,
}
"""Every block that README.md has, and what makes its content."""


if __name__ == "__main__":
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")
