"""Keys come from where only their owner can read them; what is wrong is said without any part of them."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from bntui.accounts import LARGEST_BYTES, key_file, load, pem_path, read_key, told_by
from bntui.config import AccountSettings
from bntui.errors import UsageError
from bntui.feed.credentials import Credentials, MissingKey
from bntui.model.access import KeyKind, UserMethod
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.secret import Secret

API_KEY = "k3yk3yk3yk3yk3yk3yPUBLIC"
SECRET = "s3cr3ts3cr3ts3cr3tPRIVATE"
METHODS = {
    Market.SPOT: (UserMethod.SIGNATURE, UserMethod.LOGON),
    Market.USDM: (UserMethod.LISTEN_KEY,),
}
MAIN = AccountSettings("main", (Market.SPOT, Market.USDM))


def pem(*, rsa: bool = False, password: str = "") -> str:
    """A private key of its own."""
    key = generate_private_key(65_537, 2_048) if rsa else Ed25519PrivateKey.generate()
    hidden: KeySerializationEncryption = NoEncryption()
    if password:
        hidden = BestAvailableEncryption(password.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden).decode()


def private(path: Path, content: str, mode: int = 0o600) -> Path:
    """A file with this content and mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    return path


def written(folder: Path, content: str, mode: int = 0o600) -> Path:
    """The key file of the account `main`."""
    return private(key_file(folder, "main"), content, mode)


HMAC_FILE = f'api_key = "{API_KEY}"\nsecret = "{SECRET}"\n'


def refused(
    folder: Path, environ: dict[str, str] | None = None, account: AccountSettings = MAIN
) -> UsageError:
    """Why a key cannot be used; nothing that was said or raised holds any of it."""
    with pytest.raises(UsageError) as caught:
        read_key(account, folder, environ or {})
    said = "".join(traceback.format_exception(caught.value))
    assert SECRET not in said
    assert API_KEY not in said
    return caught.value


def test_a_file_of_mode_600_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, HMAC_FILE)
    key = read_key(MAIN, tmp_path, {})
    assert (key.api_key, key.kind, key.source) == (Secret(API_KEY), KeyKind.HMAC, str(path))
    assert len(key.sign("text")) == 64
    assert SECRET not in repr(key)
    assert API_KEY not in repr(key)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o777])
def test_a_file_that_others_may_read_is_refused_with_what_to_type(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path, HMAC_FILE, mode)
    assert refused(tmp_path).hint == f"chmod 600 {path}"


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    written(tmp_path, HMAC_FILE)
    account = AccountSettings("my-bot")
    environ = {"BNTUI_KEY_MY_BOT": "other", "BNTUI_SECRET_MY_BOT": SECRET}
    assert read_key(account, tmp_path, environ).api_key == Secret("other")
    assert read_key(account, tmp_path, environ).source == "environment"
    assert read_key(MAIN, tmp_path, environ).api_key == Secret(API_KEY)


@pytest.mark.parametrize("name", ["BNTUI_KEY_MAIN", "BNTUI_SECRET_MAIN"])
def test_half_a_key_in_the_environment_is_a_mistake(tmp_path: Path, name: str) -> None:
    written(tmp_path, HMAC_FILE)
    assert name in str(refused(tmp_path, {name: SECRET}))


@pytest.mark.parametrize("rsa", [False, True])
def test_a_private_key_may_be_text_or_a_file_of_its_own(tmp_path: Path, rsa: bool) -> None:
    text = pem(rsa=rsa)
    kind = KeyKind.RSA if rsa else KeyKind.ED25519
    place = private(tmp_path / "mine.pem", text)
    for environ in (
        {"BNTUI_KEY_MAIN": API_KEY, "BNTUI_SECRET_MAIN": text},
        {"BNTUI_KEY_MAIN": API_KEY, "BNTUI_SECRET_MAIN": str(place)},
    ):
        assert read_key(MAIN, tmp_path, environ).kind is kind
    for entry in (
        f'private_key = """{text}"""',
        'private_key_file = "../mine.pem"',
        f'private_key_file = "{place}"',
    ):
        written(tmp_path, f'api_key = "{API_KEY}"\n{entry}\n')
        assert read_key(MAIN, tmp_path, {}).kind is kind
    place.chmod(0o644)
    assert refused(tmp_path).hint == f"chmod 600 {place}"


def test_an_encrypted_private_key_takes_its_password(tmp_path: Path) -> None:
    text = pem(password="open sesame")
    written(tmp_path, f'api_key = "{API_KEY}"\nprivate_key = """{text}"""\n')
    assert "password is missing" in str(refused(tmp_path))
    written(tmp_path, f'api_key = "{API_KEY}"\nprivate_key = """{text}"""\npassword = "open sesame"\n')
    assert read_key(MAIN, tmp_path, {}).kind is KeyKind.ED25519
    environ = {"BNTUI_KEY_MAIN": API_KEY, "BNTUI_SECRET_MAIN": text, "BNTUI_PASSWORD_MAIN": "open sesame"}
    assert told_by(Secret(text), Secret("open sesame"))[0] is KeyKind.ED25519
    assert read_key(MAIN, tmp_path, environ).kind is KeyKind.ED25519


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (f"{SECRET} = ", "no valid TOML"),
        (f'secret = "{SECRET}"', "holds no api_key"),
        (f'api_key = "{API_KEY}"', "holds no secret"),
        (f'api_key = "{API_KEY}"\nsecret = 5', "secret is no text"),
        (f'api_key = "{API_KEY}\\n{SECRET}"\nsecret = "{SECRET}"', "no plain text"),
        (f'api_key = "{API_KEY}"\nprivate_key = "{SECRET}"', "private key cannot be read"),
        ("#" * (LARGEST_BYTES + 1), "too large"),
    ],
)
def test_a_broken_file_is_told_in_words_that_hold_nothing_of_it(
    tmp_path: Path, content: str, says: str
) -> None:
    written(tmp_path, content)
    assert says in str(refused(tmp_path))


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    path = key_file(tmp_path, "main")
    path.parent.mkdir()
    os.mkfifo(path, 0o600)
    assert "is no file" in str(refused(tmp_path))
    path.unlink()
    assert "no key file" in str(refused(tmp_path))
    path.write_bytes(b"\xff\xfe")
    path.chmod(0o600)
    assert "UTF-8" in str(refused(tmp_path))


def test_the_settings_must_not_say_another_kind_or_way(tmp_path: Path) -> None:
    written(tmp_path, HMAC_FILE)
    assert "is hmac" in str(refused(tmp_path, account=AccountSettings("main", kind=KeyKind.RSA)))
    assert "log on" in str(refused(tmp_path, account=AccountSettings("main", method=UserMethod.LOGON)))


def test_an_account_stands_once_for_each_market_with_the_way_that_the_market_has(tmp_path: Path) -> None:
    written(tmp_path, f'api_key = "{API_KEY}"\nprivate_key = """{pem()}"""\n')
    account = AccountSettings("main", (Market.SPOT, Market.USDM), method=UserMethod.LOGON)
    spot, usdm = load([account], METHODS, tmp_path, {})
    assert isinstance(spot, Credentials)
    assert isinstance(usdm, Credentials)
    assert (spot.owner, spot.method) == (AccountKey("main", Market.SPOT), UserMethod.LOGON)
    assert (usdm.owner, usdm.method) == (AccountKey("main", Market.USDM), UserMethod.LISTEN_KEY)
    assert API_KEY not in repr(spot)


def test_an_account_without_a_key_or_a_market_is_there_all_the_same(tmp_path: Path) -> None:
    written(tmp_path, HMAC_FILE)
    found = load([AccountSettings("lost"), AccountSettings("main", (Market.COINM,))], METHODS, tmp_path, {})
    assert [type(account) for account in found] == [MissingKey, MissingKey]
    assert "no key file" in found[0].reason if isinstance(found[0], MissingKey) else False
    assert "coinm" in found[1].reason if isinstance(found[1], MissingKey) else False


def test_only_what_reads_like_a_path_is_one() -> None:
    assert pem_path(Secret("~/key.pem")) == Path.home() / "key.pem"
    assert pem_path(Secret("key.pem")) == Path("key.pem")
    assert pem_path(Secret(SECRET)) is None
    assert pem_path(Secret(pem())) is None
