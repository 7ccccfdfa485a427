"""The import table is enforced, whole, and light to load."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence

import grimp
import pytest

from tests.architecture import MODULES, ROOT
from tests.architecture.import_rows import ImportRow

SEES_ALL = "bntui.compose"
"""The one package without a row: it builds everything, so it may import everything."""

HEAVY = (
    "textual",
    "rich",
    "httpx",
    "websockets",
    "asyncio",
    "orjson",
    "cryptography",
    "starlette",
    "uvicorn",
)


def rows() -> Sequence[Mapping[str, object]]:
    """The contracts of pyproject.toml."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts: list[Mapping[str, object]] = linter["contracts"]
    return contracts


def words(row: Mapping[str, object], key: str) -> list[str]:
    """A list of the row; empty where it has none."""
    value = row.get(key, [])
    assert isinstance(value, list)
    return value


def is_below(module: str, tops: Sequence[str]) -> bool:
    """Whether the module is one of these or lies in one of them."""
    return any(module == top or module.startswith(f"{top}.") for top in tops)


def graph_of(*imports: tuple[str, str]) -> grimp.ImportGraph:
    """A graph with these imports and the modules that they need."""
    graph = grimp.ImportGraph()
    for module in {name for pair in imports for name in pair}:
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="")
    return graph


def breaches(graph: grimp.ImportGraph, **row: object) -> list[str]:
    """What a row finds in a graph."""
    options = {"name": "a row", "type": "row", **row}
    check = ImportRow("a row", {"root_packages": ["bntui"]}, options).check(graph, verbose=False)
    found = check.metadata["breaches"]
    assert isinstance(found, list)
    assert check.kept is not bool(found)
    return found


def owners(module: str) -> list[object]:
    """The rows that a module belongs to."""
    return [
        row["name"]
        for row in rows()
        if is_below(module, words(row, "modules")) and not is_below(module, words(row, "but"))
    ]


def test_every_module_belongs_to_exactly_one_row() -> None:
    bound = [module for module in MODULES if module != "bntui" and not is_below(module, [SEES_ALL])]
    assert {module: owners(module) for module in bound if len(owners(module)) != 1} == {}


def test_a_row_allows_its_own_modules_the_standard_library_and_what_it_names() -> None:
    graph = graph_of(
        ("bntui.wire.a", "bntui.wire.b"),
        ("bntui.wire.a", "bntui"),
        ("bntui.wire.a", "json"),
        ("bntui.wire.a", "orjson"),
        ("bntui.wire.a", "bntui.model.events"),
        ("bntui.ui.app", "textual"),
    )
    assert (
        breaches(graph, modules=["bntui.wire.a", "bntui.wire.b"], may_import=["orjson", "bntui.model"]) == []
    )


@pytest.mark.parametrize(
    ("imported", "why"),
    [
        ("bntui.feed.pool", "another package"),
        ("bntui.models", "a name that only begins like an allowed one"),
        ("requests", "a library that no row knows"),
        ("asyncio", "a banned part of the standard library"),
    ],
)
def test_a_row_forbids_everything_else(imported: str, why: str) -> None:
    graph = graph_of(("bntui.wire", imported), ("bntui.wire", "bntui.model"))
    found = breaches(graph, modules=["bntui.wire"], may_import=["bntui.model"], bans=["asyncio"])
    assert found == [f"bntui.wire -> {imported} (line 1)"], why


def test_a_row_leaves_out_what_has_a_row_of_its_own() -> None:
    graph = graph_of(("bntui.feed.core", "asyncio"), ("bntui.feed", "bntui.feed.core"))
    assert breaches(graph, modules=["bntui.feed"], but=["bntui.feed.core"], bans=["asyncio"]) == []


def test_a_row_about_modules_that_are_gone_is_broken() -> None:
    assert breaches(graph_of(), modules=["bntui.gone"]) == ["there is no module bntui.gone"]


@pytest.mark.parametrize("command", ["import bntui", "import bntui.cli", "import bntui.model.events"])
def test_importing_loads_nothing_heavy(command: str) -> None:
    script = f"import sys; {command}; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.split() == []
