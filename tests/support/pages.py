"""What the pages of docs/ name."""

from __future__ import annotations

import re

from tests.architecture import ROOT


def named_in(page: str) -> set[str]:
    """Every word that stands as code in the running text of a page."""
    return set(re.findall(r"`(\w+)`", (ROOT / "docs" / page).read_text(encoding="utf-8")))
