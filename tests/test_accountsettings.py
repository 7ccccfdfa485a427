"""An account that is configured wrongly is refused: it would count as blind, or be missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.accountsettings import is_account_name, variable_of
from bntui.config import AccountSettings
from bntui.errors import UsageError
from bntui.model.access import KeyKind, UserMethod
from bntui.model.markets import Market
from bntui.sources import load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings file would be."""
    return tmp_path / "config.toml"


def test_an_account_says_its_markets_and_how_its_key_signs(file: Path) -> None:
    file.write_text(
        '[accounts.main-bot]\n[accounts.b]\nmarkets = ["usdm", "spot"]\nkind = "ed25519"\nmethod = "logon"'
    )
    settings, warnings = load({}, {}, file)
    assert settings.accounts == (
        AccountSettings("main-bot"),
        AccountSettings("b", (Market.USDM, Market.SPOT), KeyKind.ED25519, UserMethod.LOGON),
    )
    assert warnings == ()


def test_a_profile_has_its_own_accounts(file: Path) -> None:
    file.write_text("[accounts.a]\n[profiles.test.accounts.b]\n")
    assert [one.name for one in load({"profile": "test"}, {}, file)[0].accounts] == ["b"]
    assert [one.name for one in load({}, {}, file)[0].accounts] == ["a"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("accounts = 5", ":1: accounts: this is a table"),
        ("[accounts]\na = 5", ":2: accounts.a: this is a table"),
        ('[accounts."a b"]', ":1: accounts.a b: 'a b' is no name for an account"),
        ("[accounts.a-b]\n[accounts.A_B]", ":2: accounts.A_B: a-b is too much like it"),
        ("[accounts.a]\nmarkets = 5", ":2: accounts.a.markets: this is a list"),
        ('[accounts.a]\nmarkets = ["spott"]', ":2: accounts.a.markets: 'spott' is none of spot"),
        ('[accounts.a]\nkind = "dsa"', ":2: accounts.a.kind: 'dsa' is none of"),
        (
            '[accounts.a]\nkind = "hmac"\nmethod = "logon"',
            ":3: accounts.a.method: logon takes",
        ),
    ],
)
def test_a_wrong_account_is_refused_with_its_line(content: str, words: str, file: Path) -> None:
    file.write_text(content)
    with pytest.raises(UsageError) as caught:
        load({}, {}, file)
    assert caught.value.message.startswith(f"{file}{words}")


def test_unknown_keys_of_an_account_and_keys_of_no_account_warn(file: Path) -> None:
    file.write_text('[accounts.bot]\nmarket = "spot"')
    _, warnings = load({}, {"BNTUI_KEY_BOT": "x", "BNTUI_SECRET_BOTT": "y"}, file)
    assert warnings == (
        f"{file}:2: accounts.bot.market is no setting and has no effect; did you mean markets?",
        "BNTUI_SECRET_BOTT is set, but no account of that name is configured; did you mean BNTUI_SECRET_BOT?",
    )


def test_the_name_of_an_account_names_its_variables() -> None:
    assert variable_of("BNTUI_KEY_", "my-bot") == "BNTUI_KEY_MY_BOT"
    assert is_account_name("my-bot")
    assert not is_account_name("../x")
