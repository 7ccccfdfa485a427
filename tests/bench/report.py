"""Outcomes as a table for people, and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from tests.bench.comparing import Outcome


def rendered(outcomes: Iterable[Outcome]) -> str:
    """The table, group by group, with what was to be shown below each."""
    lines: list[str] = []
    for outcome in outcomes:
        group = outcome.group
        lines += ["", f"{group.title}  ({group.id}; × is to {group.rival})"]
        for line in outcome.lines:
            ratio = f"× {line.ratio:.2f}" if line.ratio is not None else ""
            lines.append(
                f"  {line.contender:<34} {line.figure:<16} {_number(line.median):>9} {line.unit:<8}"
                f" {_number(line.low):>9} to {_number(line.high):<9} {ratio}".rstrip()
            )
        lines += [f"  {name}: {why.splitlines()[0]}" for name, why in outcome.troubles.items()]
        for text, figure, met in outcome.goals:
            told = "not measured" if figure is None else _number(figure)
            lines.append(f"  {'✓' if met else '✗'} {text}: {told}")
    return "\n".join(lines[1:])


def _number(value: float) -> str:
    digits = 0 if abs(value) >= 1_000 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def write_json(outcomes: Iterable[Outcome], path: Path, rounds: int) -> None:
    """The same as one JSON object."""
    told = {
        "machine": {
            "python": platform.python_version(),
            "system": platform.system(),
            "cores": os.cpu_count(),
        },
        "rounds": rounds,
        "groups": [
            {
                "id": outcome.group.id,
                "title": outcome.group.title,
                "rival": outcome.group.rival,
                "rows": [
                    {
                        "contender": line.contender,
                        "figure": line.figure,
                        "unit": line.unit,
                        "median": line.median,
                        "low": line.low,
                        "high": line.high,
                        "ratio": line.ratio,
                    }
                    for line in outcome.lines
                ],
                "goals": [
                    {"text": text, "figure": figure, "met": met} for text, figure, met in outcome.goals
                ],
                "troubles": outcome.troubles,
            }
            for outcome in outcomes
        ],
    }
    path.write_text(json.dumps(told, indent=1) + "\n")
