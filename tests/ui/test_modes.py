from __future__ import annotations

import subprocess
import sys

import pytest

from bntui.ui.modes import CLASSES, screen_class
from bntui.ui.screens.base import ViewerScreen


@pytest.mark.parametrize("mode", CLASSES)
def test_each_mode_has_a_screen_of_its_own(mode: str) -> None:
    found = screen_class(mode)
    assert issubclass(found, ViewerScreen)
    assert found.__name__.lower() == f"{mode}screen"


def test_an_app_that_has_not_opened_them_has_not_loaded_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, bntui.ui.app; print(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert not {f"bntui.ui.screens.{mode}" for mode in CLASSES} & loaded
