"""`bntui keys`: one command writes a key; nothing it prints or keeps elsewhere holds any of it."""

from __future__ import annotations

import io
import stat
import tomllib
from pathlib import Path

import click
import pytest

from bntui.accounts import key_file, read_key
from bntui.commandoptions import KeysOptions
from bntui.config import AccountSettings, Settings
from bntui.errors import UsageError
from bntui.keys import KeyDesk, ask_for_key
from bntui.model.access import KeyKind
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.sources import load
from tests.test_accounts import API_KEY, SECRET, pem, private

ADD = KeysOptions("add", "main", (Market.SPOT, Market.USDM))


class Desk:
    """The command on a config folder of its own; settings are read anew for each word, as each run does."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.flags: dict[str, str] = {}
        self.environ: dict[str, str] = {}
        self._capsys = capsys

    @property
    def settings(self) -> Settings:
        """What a run would read now."""
        return load(self.flags, self.environ, self.config)[0]

    @property
    def desk(self) -> KeyDesk:
        """The command in such a run."""
        return KeyDesk(self.settings, self.config, self.folder, self.environ)

    def add(self, secret: str = SECRET, options: KeysOptions = ADD, password: str = "") -> int:
        """Write a key."""
        hidden = Secret(password) if password else None
        return self.desk.add(options, lambda: (Secret(API_KEY), Secret(secret), hidden))

    def said(self) -> str:
        """Everything that was printed; it holds no key."""
        captured = self._capsys.readouterr()
        text = captured.out + captured.err
        assert API_KEY not in text
        assert SECRET not in text
        return text


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """An empty config folder."""
    return Desk(tmp_path / "config", capsys)


def test_one_command_is_enough(desk: Desk) -> None:
    assert desk.add() == 0
    assert desk.settings.accounts == (AccountSettings("main", (Market.SPOT, Market.USDM)),)
    assert read_key(desk.settings.accounts[0], desk.folder, {}).api_key == Secret(API_KEY)
    assert stat.S_IMODE(key_file(desk.folder, "main").stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file(desk.folder, "main").parent.stat().st_mode) == 0o700
    assert SECRET not in desk.config.read_text()
    assert "bntui keys check main" in desk.said()


def test_what_stands_in_the_settings_file_stays_as_it_is(desk: Desk) -> None:
    mine = '# mine\nmarket = "usdm"   # as ever\n[limit]\nown_stream_cap = 100\n'
    private(desk.config, mine, 0o640)
    desk.add(options=KeysOptions("add", "main"))
    assert desk.config.read_text().startswith(mine)
    assert stat.S_IMODE(desk.config.stat().st_mode) == 0o640
    assert desk.settings.accounts == (AccountSettings("main", (Market.USDM,)),)
    desk.desk.remove(KeysOptions("remove", "main"))
    assert desk.config.read_text().strip() == mine.strip()


def test_a_profile_has_accounts_of_its_own(desk: Desk) -> None:
    desk.add()
    desk.flags = {"profile": "test"}
    desk.add(options=KeysOptions("add", "toy"))
    assert [account.name for account in desk.settings.accounts] == ["toy"]
    desk.flags = {}
    assert [account.name for account in desk.settings.accounts] == ["main"]


def test_a_key_is_never_written_over_another(desk: Desk) -> None:
    desk.add()
    with pytest.raises(UsageError, match="already") as refused:
        desk.add("another secret")
    assert refused.value.hint == "bntui keys remove main"
    assert SECRET in key_file(desk.folder, "main").read_text()


@pytest.mark.parametrize("secret", ["", "-----BEGIN NONSENSE", "~/nowhere.pem"])
def test_a_key_that_cannot_be_used_is_not_written(desk: Desk, secret: str) -> None:
    with pytest.raises(UsageError):
        desk.add(secret)
    assert not desk.folder.exists()


def test_a_private_key_stays_where_it_lies_and_its_text_is_kept(desk: Desk, tmp_path: Path) -> None:
    place = private(tmp_path / "key.pem", pem())
    desk.add(str(place), KeysOptions("add", "one"))
    desk.add(pem(), KeysOptions("add", "two"))
    desk.add(pem(password="open"), KeysOptions("add", "three"), password="open")
    kinds = [read_key(account, desk.folder, {}).kind for account in desk.settings.accounts]
    assert kinds == [KeyKind.ED25519] * 3
    content = tomllib.loads(key_file(desk.folder, "one").read_text())
    assert content == {"api_key": API_KEY, "private_key_file": str(place)}
    place.chmod(0o644)
    with pytest.raises(UsageError, match="read by others"):
        desk.add(str(place), KeysOptions("add", "four"))


def test_settings_that_cannot_be_changed_get_the_text_shown(desk: Desk) -> None:
    desk.folder.mkdir()
    desk.config.write_text("")
    desk_before = desk.desk
    desk.config.unlink()
    desk.config.mkdir()
    code = desk_before.add(ADD, lambda: (Secret(API_KEY), Secret(SECRET), None))
    assert code == 1
    assert '[accounts.main]\nmarkets = ["spot", "usdm"]' in desk.said()


@pytest.mark.parametrize("name", ["", "a b", "../up", "-x", "a.b", "x" * 33])
def test_a_name_that_names_no_file_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError):
        desk.add(options=KeysOptions("add", name))
    with pytest.raises(UsageError):
        desk.desk.remove(KeysOptions("remove", name))


def test_the_list_says_where_each_key_is_and_what_is_wrong_with_it(desk: Desk) -> None:
    assert desk.desk.list() == 0
    assert "bntui keys add NAME" in desk.said()
    desk.add()
    private(key_file(desk.folder, "stray"), "", 0o600)
    assert desk.desk.list() == 0
    main, stray, advice = desk.said().splitlines()[-3:]
    assert main == f"main  spot, usdm  hmac  …{API_KEY[-4:]}  {key_file(desk.folder, 'main')} (0600)"
    assert stray.startswith("stray  not configured")
    assert "[accounts.stray]" in advice
    key_file(desk.folder, "main").chmod(0o644)
    assert desk.desk.list() == 3
    assert "chmod 600" in desk.said()
    desk.environ = {"BNTUI_KEY_MAIN": API_KEY, "BNTUI_SECRET_MAIN": SECRET}
    assert desk.desk.list() == 0
    assert "environment" in desk.said()


def test_removing_takes_the_file_and_the_account(desk: Desk) -> None:
    desk.add()
    assert desk.desk.remove(KeysOptions("remove", "main")) == 0
    assert not key_file(desk.folder, "main").exists()
    assert desk.settings.accounts == ()
    assert "delete it there too" in desk.said()
    with pytest.raises(UsageError, match="There is no account"):
        desk.desk.remove(KeysOptions("remove", "main"))


@pytest.mark.parametrize(
    "text", ['accounts = {main = {markets = ["spot"]}}\n', '[accounts]\nmain.markets = ["spot"]\n']
)
def test_an_account_that_was_written_in_another_way_is_left_to_its_author(desk: Desk, text: str) -> None:
    desk.folder.mkdir()
    desk.config.write_text(text)
    assert desk.desk.remove(KeysOptions("remove", "main")) == 1
    assert desk.config.read_text() == text
    assert "still names" in desk.said()


def test_without_a_terminal_the_key_is_read_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    text = pem()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{API_KEY}\n{text}\n"))
    assert ask_for_key() == (Secret(API_KEY), Secret(text.strip()), None)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{API_KEY}\n"))
    with pytest.raises(UsageError, match="missing"):
        ask_for_key()


def test_on_a_terminal_it_is_asked_for_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([API_KEY, pem(password="open"), "open"])
    hidden: list[bool] = []

    def prompt(text: str, hide_input: bool = False, **_: object) -> str:
        hidden.append(hide_input)
        return next(answers)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(click, "prompt", prompt)
    assert ask_for_key()[2] == Secret("open")
    assert hidden == [True, True, True]


def test_one_account_is_chosen_by_name_and_all_without(desk: Desk) -> None:
    private(desk.config, "[accounts.main]\n[accounts.toy]\n")
    assert [account.name for account in desk.desk.chosen("")] == ["main", "toy"]
    assert [account.name for account in desk.desk.chosen("toy")] == ["toy"]
    with pytest.raises(UsageError, match=r"no account mian; did you mean main\? bntui keys list"):
        desk.desk.chosen("mian")


def test_without_any_account_the_first_step_is_said(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"No account is configured\. bntui keys add NAME"):
        desk.desk.chosen("")


def test_a_key_whose_account_is_not_in_the_settings_is_said_to_be_so(desk: Desk) -> None:
    private(key_file(desk.folder, "toy"), "")
    to_name = f"To use it, put the line [accounts.toy] at the end of {desk.config}."
    for name in ("toy", ""):
        with pytest.raises(UsageError) as refused:
            desk.desk.chosen(name)
        assert refused.value.hint == to_name
    with pytest.raises(UsageError, match="did you mean toy"):
        desk.desk.chosen("tooy")
    with pytest.raises(UsageError, match=r"did you mean toy\?$"):
        desk.desk.remove(KeysOptions("remove", "tooy"))
    with pytest.raises(UsageError) as refused:
        desk.add(options=KeysOptions("add", "toy"))
    assert refused.value.hint == f"{to_name} Or, to replace the key: bntui keys remove toy"
    assert desk.desk.list() == 0
    assert desk.said().splitlines()[-1] == f"What is not configured is not used. {to_name}"


def test_in_a_profile_the_line_is_the_profile_s(desk: Desk) -> None:
    private(key_file(desk.folder, "toy"), "")
    desk.flags["profile"] = "night"
    with pytest.raises(UsageError, match=r"the line \[profiles\.night\.accounts\.toy\] at the end"):
        desk.desk.chosen("toy")
