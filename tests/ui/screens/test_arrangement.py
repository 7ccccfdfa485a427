from __future__ import annotations

import pytest
from textual.geometry import Size

from bntui.ui.screens.arrangement import Arrangement, arrangement


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((80, 24), Arrangement.SINGLE),
        ((109, 60), Arrangement.SINGLE),
        ((120, 23), Arrangement.SINGLE),
        ((120, 28), Arrangement.COLUMNS),
        ((120, 40), Arrangement.STACK),
        ((200, 60), Arrangement.COLUMNS),
    ],
)
def test_panels_stand_side_by_side_where_there_is_room(size: tuple[int, int], expected: Arrangement) -> None:
    assert arrangement(Size(*size), zoomed=False) is expected
    assert arrangement(Size(*size), zoomed=True) is Arrangement.SINGLE
