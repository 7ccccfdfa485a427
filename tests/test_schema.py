"""One table has every setting: what is made from it fits together."""

from __future__ import annotations

from bntui.schema import SETTINGS, Shape


def test_every_setting_says_what_it_is_for() -> None:
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.about.endswith("."), setting.key
        assert (setting.shape is Shape.ENTRIES) == (setting.name is not None), setting.key


def test_every_default_is_one_that_the_setting_takes() -> None:
    for setting in SETTINGS:
        if setting.default:
            setting.read(setting.default)
