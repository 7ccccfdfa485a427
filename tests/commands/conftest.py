"""Commands set up logging, which is global: every test gives it back as it was."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def logging_given_back(restored_logging: None) -> None:
    """As `restored_logging`, for all of them."""
