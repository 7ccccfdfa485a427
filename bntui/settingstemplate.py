"""The settings file that `bntui config template` prints: everything explained and nothing set."""

from __future__ import annotations

from collections.abc import Iterable

from bntui.schema import SECTIONS, SETTINGS, Setting, Shape

_NAMES = {"watchlists": "majors", "accounts": "main-bot", "profiles": "bot2"}
"""Of sections that have a name, for the template."""


def template() -> str:
    """A settings file in which everything is explained and nothing set."""
    lines = [
        "# Settings of bntui. Everything here may be left out: remove the # before what you want to change.",
        "# An option of the command line beats a BNTUI_ variable, a variable a profile, a profile this file.",
        "",
    ]
    for setting in SETTINGS:
        if setting.shape is Shape.ENTRIES:
            continue
        lines += [*_explained(setting), f"#{setting.example or _assigned(setting)}", ""]
    for setting in SETTINGS:
        if setting.shape is Shape.ENTRIES:
            lines += [*_explained(setting), f"#[{setting.key}]", *_commented(setting.example), ""]
    for section in SECTIONS:
        title = section.title.replace("NAME", _NAMES.get(section.key, ""))
        lines += [f"# {section.about}", f"#[{title}]", *_commented(section.example), ""]
    return "\n".join(lines)


def _explained(setting: Setting) -> Iterable[str]:
    default = f" Default: {setting.default}." if setting.default else ""
    form = f" ({setting.form})" if setting.form and setting.shape is Shape.VALUE else ""
    yield f"# {setting.about.removesuffix(' Repeatable.')}{form}{default}"


def _assigned(setting: Setting) -> str:
    return f'{setting.key} = "{setting.default}"'


def _commented(lines: str) -> list[str]:
    return [f"#{line}" for line in lines.splitlines()]
