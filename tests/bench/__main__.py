"""`make bench`: everything. `make bench ARGS="--only ingest/quotes --rounds 1"`: that group alone, once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.bench import book, ingest, program, simulated, start
from tests.bench.comparing import compare
from tests.bench.report import rendered, write_json
from tests.bench.stage import PROC


def main() -> int:
    """Measure, print the table, write the JSON; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", default="", help="groups whose name begins like this, or several by commas")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each; the median counts")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures go")
    parser.add_argument("--long", action="store_true", help="the hour of `make bench-long` instead")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long that takes")
    words = parser.parse_args()
    if not (PROC / "self" / "schedstat").exists():
        print("The bench reads /proc: Linux only.", file=sys.stderr)
        return 3
    known = (
        [*ingest.groups(), *program.groups(), *start.groups(), *book.groups(), *simulated.groups()]
        if not words.long
        else program.long_groups(words.minutes)
    )
    chosen = [group for group in known if group.id.startswith(tuple(words.only.split(",")))]
    if not chosen:
        names = ", ".join(group.id for group in known)
        print(f"No group is called {words.only}. There are: {names}.", file=sys.stderr)
        return 3
    outcomes = []
    for group in chosen:
        outcomes.append(compare(group, 1 if words.long else words.rounds))
        print(rendered(outcomes[-1:]), flush=True)
        write_json(outcomes, words.json, words.rounds)
    return 1 if any(not met for outcome in outcomes for _, _, met in outcome.goals) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
