"""`python -m bntui`: the same as the command `bntui`."""

from __future__ import annotations

import sys

from bntui.cli import main

if __name__ == "__main__":
    sys.exit(main())
