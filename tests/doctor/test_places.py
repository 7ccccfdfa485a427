"""Settings, disk, attempts and keys: each thing that can be wrong has its line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bntui.clock import ManualClock
from bntui.config import Settings
from bntui.doctor.findings import Outcome
from bntui.doctor.places import (
    FREE_NEEDED,
    FREE_WANTED,
    check_attempts,
    check_folder,
    check_keys,
    check_settings,
)
from bntui.errors import StateFolderError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.credentials import Credentials, MissingKey
from bntui.model.access import UserMethod
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.signing import hmac_signer


class Usage(NamedTuple):
    """What a disk says of itself."""

    total: int
    used: int
    free: int


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Leaves so many bytes free."""
    return lambda free: monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free))


def test_settings_are_named_and_what_is_given_in_vain_is_told(tmp_path: Path) -> None:
    usual = tmp_path / "config.toml"
    (found,) = check_settings(Settings(), usual)
    assert found.outcome is Outcome.OK
    assert str(usual) in found.said
    (found,) = check_settings(Settings(config_path=usual), usual)
    assert found.said == f"{usual} is read"
    first, second = check_settings(Settings(warnings=("a is no setting.", "b is none.")), usual)
    assert (first.outcome, first.said, second.said) == (Outcome.WARN, "a is no setting.", "b is none.")
    assert "bntui config check" in first.fix


def test_a_folder_that_can_be_written_is_good_and_nothing_is_left_in_it(
    tmp_path: Path, room: Callable[[int], None]
) -> None:
    room(FREE_WANTED)
    found = check_folder(lambda: tmp_path)
    assert found.outcome is Outcome.OK
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, room: Callable[[int], None]) -> None:
    room(FREE_WANTED - 1)
    found = check_folder(lambda: tmp_path)
    assert (found.outcome, found.said) == (Outcome.WARN, "only 499 MB free")
    room(FREE_NEEDED - 1)
    found = check_folder(lambda: tmp_path)
    assert (found.outcome, found.code, found.fix) == (Outcome.BAD, 3, "Make room.")


def test_a_folder_that_cannot_be_had_is_told_with_its_hint(tmp_path: Path) -> None:
    def refuse() -> Path:
        raise StateFolderError("The disk is read-only.", "Set BNTUI_STATE_DIR.")

    found = check_folder(refuse)
    assert (found.outcome, found.said, found.fix) == (
        Outcome.BAD,
        "The disk is read-only.",
        "Set BNTUI_STATE_DIR.",
    )
    found = check_folder(lambda: tmp_path / "gone")
    assert (found.outcome, found.code) == (Outcome.BAD, 3)
    assert "BNTUI_STATE_DIR" in found.fix


def test_many_attempts_are_told_before_they_are_used_up(tmp_path: Path) -> None:
    clock = ManualClock()
    attempts = AttemptsFile(tmp_path / "attempts.json", AttemptLimit(10, 300_000), clock)
    limits = SPOT.override({"own_attempts": 10})
    for _ in range(7):
        attempts.take()
    found = check_attempts(attempts, limits)
    assert found.outcome is Outcome.OK
    assert found.said.startswith("7 of bntui's 10 connection attempts in 5 min")
    attempts.take()
    assert check_attempts(attempts, limits).outcome is Outcome.WARN


def test_keys_that_cannot_be_read_are_told_as_what_they_are() -> None:
    (found,) = check_keys(())
    assert found.outcome is Outcome.OK
    sign = hmac_signer(Secret("private"))
    good = Credentials("main", Market.SPOT, Secret("public"), sign, UserMethod.SIGNATURE)
    none = MissingKey("other", Market.USDM, "There is no key file x.", "`bntui keys add` writes it.")
    first, second = check_keys((good, none))
    assert (first.outcome, first.subject) == (Outcome.OK, "main.spot")
    assert "public" not in repr(first)
    assert (second.outcome, second.code, second.subject) == (Outcome.BAD, 3, "other.usdm")
    assert second.fix == "`bntui keys add` writes it."
