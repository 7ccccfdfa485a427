"""What is installed is whole: code, stylesheet, themes, scenarios and the marker for type checkers."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from bntui import __version__
from tests.architecture import ROOT, SOURCES

SCENARIOS = sorted((ROOT / "bntui" / "sim" / "scenarios").glob("*.toml"))
THEMES = sorted((ROOT / "themes").glob("*.toml"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from this tree without asking any index."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    """A file of the wheel's own folder."""
    return wheel.read(f"bntui-{__version__}.dist-info/{name}").decode()


def test_every_module_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    assert {path.relative_to(ROOT).as_posix() for path in SOURCES} <= set(wheel.namelist())


def test_what_is_no_module_is_there_too(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {"bntui/py.typed", "bntui/ui/bntui.tcss"} <= names
    assert {f"bntui/sim/scenarios/{path.name}" for path in SCENARIOS} <= names


def test_themes_are_there_as_they_are_in_the_repository(wheel: zipfile.ZipFile) -> None:
    assert len(THEMES) >= 2
    for path in THEMES:
        assert wheel.read(f"bntui/themes/{path.name}") == path.read_bytes()


def test_nothing_else_is_installed(wheel: zipfile.ZipFile) -> None:
    tops = {Path(name).parts[0] for name in wheel.namelist()}
    assert tops == {"bntui", f"bntui-{__version__}.dist-info", f"bntui-{__version__}.data"}
    assert [name for name in wheel.namelist() if "__pycache__" in name] == []


def test_the_man_page_is_put_where_man_finds_it(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if ".data/" in name)
    assert name.endswith(".data/data/share/man/man1/bntui.1")
    assert wheel.read(name) == (ROOT / "docs" / "bntui.1").read_bytes()


def test_the_command_and_the_licence_come_along(wheel: zipfile.ZipFile) -> None:
    assert "bntui = bntui.__main__:main" in metadata(wheel, "entry_points.txt")
    assert "bntui contributors" in metadata(wheel, "licenses/LICENSE")
    fields = Parser().parsestr(metadata(wheel, "METADATA"))
    assert (fields["Name"], fields["Version"], fields["License-Expression"]) == ("bntui", __version__, "MIT")
    assert fields["Requires-Python"] == ">=3.11"


def test_textual_is_pinned_exactly(wheel: zipfile.ZipFile) -> None:
    fields = Parser().parsestr(metadata(wheel, "METADATA"))
    required = fields.get_all("Requires-Dist") or []
    assert [line for line in required if line.startswith("textual==")] != []


def test_development_tools_stand_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "dependency-groups" not in project
    extras = project["project"]["optional-dependencies"]
    assert set(extras) == {"dev", "fast"}
    assert "bntui[fast]" in extras["dev"], "its tests run against both libraries"
