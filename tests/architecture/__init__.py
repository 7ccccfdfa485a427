"""Rules that hold for the whole tree: imports, limits, sizes, docs, packaging."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository's root."""

SOURCES = sorted((ROOT / "bntui").rglob("*.py"))
"""Every file of the package."""


def module_name(path: Path) -> str:
    """The dotted name of a file of the repository."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = [module_name(path) for path in SOURCES]
"""Every module of the package."""

TESTS = sorted((ROOT / "tests").rglob("*.py"))
"""Every file of the tests."""
