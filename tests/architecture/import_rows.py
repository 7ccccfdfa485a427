"""A kind of contract for import-linter: one row of the import table, which allows and so forbids the rest.

The linter's own kinds list what is forbidden, and a new library or package would slip through them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ImportRow(Contract):
    """What some modules, with all below them, may import directly.

    They may always import one another, the root package itself, which holds nothing but the version, and the
    standard library but for the parts of it that the row bans.
    """

    type_name: ClassVar[str] = "row"

    modules = fields.ListField(subfield=fields.StringField())
    but = fields.ListField(subfield=fields.StringField(), required=False)
    """Modules below these that have a row of their own."""
    may_import = fields.ListField(subfield=fields.StringField(), required=False)
    bans = fields.ListField(subfield=fields.StringField(), required=False)
    """Parts of the standard library."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import; rows that all hold make chains of imports safe too."""
        owned, but = _strings(self.modules), _strings(self.but)
        may_import, bans = _strings(self.may_import), _strings(self.bans)
        roots = frozenset(_strings(self.session_options["root_packages"]))
        sources = [name for name in sorted(graph.modules) if _below(name, owned) and not _below(name, but)]
        missing = [name for name in owned if name not in graph.modules]
        breaches = [
            f"{importer} -> {imported}{_lines(graph, importer, imported)}"
            for importer in sources
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported not in roots
            and not _below(imported, owned)
            and not _below(imported, may_import)
            and (imported.partition(".")[0] not in sys.stdlib_module_names or _below(imported, bans))
        ]
        breaches += [f"there is no module {name}" for name in missing]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that the row does not allow."""
        for breach in cast(list[str], check.metadata["breaches"]):
            output.print_error(breach, bold=False)


def _strings(value: object) -> Sequence[str]:
    """The parsed value of a list field, which stands where the class declares the field."""
    return cast(Sequence[str], value or ())


def _below(name: str, tops: Iterable[str]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in tops)


def _lines(graph: ImportGraph, importer: str, imported: str) -> str:
    details = graph.get_import_details(importer=importer, imported=imported)
    numbers = ", ".join(str(line) for line in _numbers(details))
    return f" (line {numbers})" if numbers else ""


def _numbers(details: Iterable[object]) -> Iterator[int]:
    for detail in details:
        if isinstance(detail, dict) and isinstance(detail.get("line_number"), int):
            yield detail["line_number"]
