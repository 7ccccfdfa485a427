"""Where nothing is recorded, `bntui replay` says so, and what would make a recording."""

from __future__ import annotations

import pytest

from bntui.commandoptions import ReplayOptions
from bntui.compose.recordings import run_replay
from bntui.config import Settings
from bntui.errors import UsageError


@pytest.mark.parametrize("as_list", [True, False])
def test_without_a_recording_nothing_is_shown(as_list: bool) -> None:
    with pytest.raises(UsageError, match="Nothing is recorded yet"):
        run_replay(Settings(), ReplayOptions((), "", 1.0, as_list, False))
