"""The command `bntui`, and `python -m bntui`: nothing is loaded for a version that needs nothing."""

from __future__ import annotations

import gc
import sys

from bntui import __version__

YOUNG_OBJECTS = 100_000
"""A start makes so many objects and throws none away: the collector, which would go through them again and
again for a fifth of the start, begins to look when there are as many."""


def main() -> int:
    """Run the command line to its end. Returns the exit code."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        try:
            sys.stdout.write(f"bntui {__version__}\n")
            sys.stdout.flush()
        except OSError:
            pass  # said in words by who can
        else:
            return 0
    gc.set_threshold(YOUNG_OBJECTS)
    from bntui.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
