"""Key files: what bntui reads, for its owner alone, and never over another key."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from bntui.accounts import read_key
from bntui.config import AccountSettings
from bntui.errors import UsageError
from bntui.model.markets import Market
from bntui.sim.keyfiles import content, write
from bntui.sim.keys import KEYS, Keyring

RING = Keyring(1)


def test_there_is_a_file_for_each_key_that_nobody_else_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "keys"
    old_mask = os.umask(0)
    try:
        write(folder, RING)
    finally:
        os.umask(old_mask)
    assert {path.name for path in folder.iterdir()} == {f"{name}.toml" for name in KEYS}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["hmac", "rsa", "ed25519"])
def test_bntui_reads_them(tmp_path: Path, name: str) -> None:
    write(tmp_path / "keys", RING)
    account = AccountSettings(name, (Market.SPOT,))
    key, known = read_key(account, tmp_path, {}), RING.named(name)
    assert key.api_key.reveal() == known.api_key
    assert known.signed("text", key.sign("text"))


def test_a_file_says_no_more_than_it_must() -> None:
    assert set(tomllib.loads(content(RING.named("hmac")))) == {"api_key", "secret"}
    assert set(tomllib.loads(content(RING.named("rsa")))) == {"api_key", "private_key"}


def test_the_same_keys_may_be_written_again(tmp_path: Path) -> None:
    write(tmp_path, RING)
    (tmp_path / "rsa.toml").chmod(0o644)
    write(tmp_path, RING)
    assert stat.S_IMODE((tmp_path / "rsa.toml").stat().st_mode) == 0o600


def test_another_key_is_never_lost_and_then_none_is_written(tmp_path: Path) -> None:
    mine = tmp_path / "other.toml"
    mine.write_text('api_key = "mine"')
    with pytest.raises(UsageError, match="holds another key"):
        write(tmp_path, RING)
    assert [path.name for path in tmp_path.iterdir()] == ["other.toml"]
    assert mine.read_text() == 'api_key = "mine"'


def test_where_it_cannot_be_written_words_say_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written to"):
        write(tmp_path / "file" / "keys", RING)
