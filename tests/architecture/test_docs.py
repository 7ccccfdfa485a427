"""What README.md and the pages of docs/ say can be done, can be done."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from bntui import cli
from bntui.cli import main_group
from bntui.commands import start
from tests.architecture import ROOT
from tests.support.manual import PAGE, page
from tests.support.screenshots import FOLDER, PICTURES

README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = (README, *DOCS)

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`bntui ([^`]+)`")
_LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#]*)#?(?P<heading>[^)]*)\)")
_PLACEHOLDERS = re.compile(r"[\[\]|…<>]|\b(?!BTC|ETH)[A-Z]{4,}\b")
"""What stands for something else, in a line that shows a form and no example."""

_SHELL = ("&&", "||", "|", ";", "2>&1")


def blocks(page: Path, *languages: str) -> list[str]:
    """The texts between fences that are of one of these languages."""
    return [
        found["text"]
        for found in _FENCE.finditer(page.read_text(encoding="utf-8"))
        if found["language"] in languages
    ]


def commands_in(page: Path) -> Iterator[str]:
    """Every command line of ours: those of the blocks, and those within sentences that are no mere forms."""
    for block in blocks(page, "", "sh", "bash"):
        for line in block.splitlines():
            if "bntui" in line and not line.startswith(("#", "eval")):
                yield from _ours(line)
    for inline in _INLINE.findall(page.read_text(encoding="utf-8")):
        if not _PLACEHOLDERS.search(inline):
            yield from _ours(f"bntui {inline}")


def _ours(line: str) -> Iterator[str]:
    """The words behind each `bntui` of a line, up to where another program begins."""
    words = shlex.split(line, comments=True)
    while "bntui" in words:
        words = words[words.index("bntui") + 1 :]
        ends = (n for n, word in enumerate(words) if word in _SHELL or word.startswith(">"))
        yield shlex.join(words[: next(ends, len(words))])


class AnyCommand:
    """Takes every command, and does nothing."""

    def __getattr__(self, name: str) -> object:
        return lambda *given: 0


@pytest.mark.parametrize(
    ("page", "line"),
    [
        pytest.param(page, line, id=f"{page.name}: {line}")
        for page in PAGES
        for line in dict.fromkeys(commands_in(page))
    ],
)
def test_every_command_line_is_understood(
    page: Path, line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(start, "load_compose", AnyCommand)
    monkeypatch.setattr(start, "has_terminal", lambda: True)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)
    Path("night").mkdir()  # recordings that the examples take for granted
    Path("burst").mkdir()
    Path("burst", "*.tape.zst").touch()
    assert cli.main(words) == 0


def test_a_line_that_is_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "load_compose", AnyCommand)
    assert list(_ours("ssh -t you@vps bntui tail --kind trade | jq .  # so")) == ["tail --kind trade"]
    assert cli.main(["tail", "--kind", "trade"]) == 3


def test_command_lines_are_found() -> None:
    assert "demo" in [line.split()[0] for line in commands_in(README) if line]
    assert "sim --replay 'burst/*.tape.zst' --speed 10 --loop" in commands_in(
        ROOT / "docs/record-and-replay.md"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_that_are_shown_hold(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALERT_HOOK", "https://example.org/hook")
    for text in blocks(page, "toml"):
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        assert cli.main(["config", "check", "--config", str(file)]) == 0, capsys.readouterr()


def test_the_template_holds_with_everything_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "template"]) == 0
    examples = re.sub(r"^#(?! )", "", capsys.readouterr().out, flags=re.MULTILINE)
    file = tmp_path / "config.toml"
    file.write_text(examples, encoding="utf-8")
    cli.main(["config", "check", "--config", str(file)])
    said = capsys.readouterr()
    # Its addresses are those of one market, and its list has symbols of two: that is all.
    told = (said.out + said.err).splitlines()
    assert [line for line in told if "no address of the usdm market" not in line] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in _LINK.finditer(page.read_text(encoding="utf-8")):
        target = (page.parent / link["file"]).resolve() if link["file"] else page
        assert target.exists(), link[0]
        if link["heading"]:
            assert link["heading"] in headings(target), link[0]


def headings(page: Path) -> set[str]:
    """What a page's headings are called in links."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_readme_leads_to_every_page() -> None:
    text = README.read_text(encoding="utf-8")
    assert [page.name for page in DOCS if f"](docs/{page.name})" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))) <= targets


def test_the_man_page_says_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_the_man_page_names_every_command_and_no_line_of_it_is_taken_for_an_order() -> None:
    text = page()
    assert [name for name in main_group.commands if rf"\fBbntui {name}".replace("-", r"\-") not in text] == []
    orders = {line.split()[0] for line in text.splitlines() if line.startswith((".", "'"))}
    assert orders <= {'.\\"', ".TH", ".SH", ".TP", ".RS", ".RE", ".sp"}


def test_every_picture_is_one_that_can_be_taken_anew() -> None:
    names = {picture.name for picture in PICTURES}
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}.{kind}" for name in names for kind in ("svg", "png")
    }
