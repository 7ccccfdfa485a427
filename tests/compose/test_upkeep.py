"""What a user has set up is looked up in his own folders."""

from __future__ import annotations

import orjson
import pytest

from bntui import paths
from bntui.alertrules import AlertRule
from bntui.commandoptions import AlertsOptions, KeysOptions
from bntui.compose.upkeep import run_alerts, run_config, run_keys
from bntui.config import AccountSettings, Settings
from bntui.errors import UsageError
from bntui.model.alerts import AlertKind


def test_the_path_of_the_settings_is_that_of_the_config_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_config(Settings(), "path") == 0
    assert str(paths.config_file()) in capsys.readouterr().out


def test_keys_are_looked_for_in_the_config_folder(capsys: pytest.CaptureFixture[str]) -> None:
    code = run_keys(Settings(accounts=(AccountSettings("main"),)), KeysOptions("list"))
    assert code == 3, "an account without its key"
    assert str(paths.config_dir() / "keys" / "main.toml") in capsys.readouterr().out


def test_a_key_of_an_account_that_is_none_is_not_checked() -> None:
    with pytest.raises(UsageError, match="other"):
        run_keys(Settings(accounts=(AccountSettings("main"),)), KeysOptions("check", "other"))


def test_rules_are_listed_before_any_engine_has_run(capsys: pytest.CaptureFixture[str]) -> None:
    rule = AlertRule("low", AlertKind.BLIND)
    assert run_alerts(Settings(alerts=(rule,)), AlertsOptions("list", json=True)) == 0
    told = orjson.loads(capsys.readouterr().out)
    assert [each["name"] for each in told["rules"]] == ["low"]
    assert told["alerts"] == []
