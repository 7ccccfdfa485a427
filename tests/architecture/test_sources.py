"""What holds for every file: size, docstrings, a test module of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import ROOT, SOURCES, TESTS, module_name

LONGEST = 600
"""Lines of a file that nobody wants to read."""

WITHOUT_OWN_TESTS = {
    "bntui.__main__": "nothing but a call; test_cli runs it as a process",
    "bntui.commands.seam": "what others must be able to do, and nothing done",
    "bntui.sim.doorway": "nothing but a way in; without it no test of the embedded exchange has a connection",
    "bntui.sim.victims": "what others must be able to do, and nothing done",
    "bntui.model.views": "values with one property; the tests of store and wire are full of them",
}
"""Modules with code whose tests are elsewhere, and why."""

MACHINE_PATHS = tuple(f"/{top}/" for top in ("work", "root", "opt", "Users"))
"""How paths begin that exist on one machine only."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    """How a failing test calls the file."""
    return str(path.relative_to(ROOT))


def public(node: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Documented]]:
    """Everything in a module or class that others may use, with its dotted name."""
    for child in node.body:
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if child.name.startswith("_") or any(is_echo(decorator) for decorator in child.decorator_list):
            continue
        yield f"{prefix}{child.name}", child
        if isinstance(child, ast.ClassDef):
            yield from public(child, f"{prefix}{child.name}.")


def is_echo(decorator: ast.expr) -> bool:
    """Whether the definition only repeats another: an overload, or the setter of a property."""
    return ast.unparse(decorator) in ("overload", "override") or ast.unparse(decorator).endswith(".setter")


def tree_of(path: Path) -> ast.Module:
    """What a file says, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def test_no_file_is_too_long() -> None:
    lines = {named(path): len(path.read_bytes().splitlines()) for path in (*SOURCES, *TESTS)}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_everything_public_says_what_it_is() -> None:
    silent = [
        f"{named(path)}: {name}"
        for path in SOURCES
        for name, node in public(tree_of(path))
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_module_says_what_it_is() -> None:
    trees = {named(path): tree_of(path) for path in SOURCES}
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


def own_tests(path: Path) -> list[Path]:
    """A module's test modules: `test_mirror.py`, and by subject `test_mirror_equals_store.py`."""
    folder = ROOT / "tests" / path.parent.relative_to(ROOT / "bntui")
    return [*folder.glob(f"test_{path.name}"), *folder.glob(f"test_{path.stem}_*.py")]


def holds_code(path: Path) -> bool:
    """Whether a module does anything."""
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree_of(path)))


def test_every_module_with_code_has_a_test_module() -> None:
    untested = [module_name(path) for path in SOURCES if holds_code(path) and not own_tests(path)]
    assert set(untested) - set(WITHOUT_OWN_TESTS) == set()


def test_exceptions_are_still_needed() -> None:
    for module in WITHOUT_OWN_TESTS:
        path = (ROOT / module.replace(".", "/")).with_suffix(".py")
        assert path.exists(), module
        assert own_tests(path) == []


def texts() -> Iterator[Path]:
    """Every text file that belongs to the project."""
    for folder in ("bntui", "tests", "themes", "screenshots", ".ci"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc" and path.is_file())
    yield from (path for path in ROOT.iterdir() if path.suffix in (".md", ".toml") or path.name == "Makefile")


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    knowing = {
        f"{named(path)}: {start}"
        for path in texts()
        for start in MACHINE_PATHS
        if start.encode() in path.read_bytes()
    }
    assert knowing == set()
