"""The command `bntui`, and `python -m bntui`: nothing is loaded for a version that needs nothing."""

from __future__ import annotations

import sys

from bntui import __version__


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
    from bntui.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
