"""Whatever fails where secrets are handled: nothing that comes out holds one.

Each place is forced to fail, in the way that would tell most. What comes out is what the terminal shows, the
log file, and the text and repr of the error and of all that led to it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bntui import log
from bntui.accounts import Key, key_file, read_key
from bntui.clock import ManualClock, SystemClock
from bntui.commandoptions import KeysOptions
from bntui.config import AccountSettings, Settings
from bntui.exits import explain
from bntui.feed.core.budget import WeightBudget
from bntui.feed.credentials import Credentials
from bntui.feed.rest import RestClient
from bntui.feed.transport import WebsocketsTransport
from bntui.keys import KeyDesk
from bntui.model.access import KeyKind, UserMethod
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.venue.base import Venue
from bntui.venue.binance.endpoints import Environment
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.signing import hmac_signer, pem_signer, signed_query
from bntui.venue.markets import venue
from bntui.venue.user import ApiMethod, Ask, AskKind, ListenKeys, WsApi
from tests.support.recorder import Recorder

API_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
LISTEN_KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
SIGN = hmac_signer(Secret(SECRET))
SPOT_VENUE, USDM_VENUE, COINM_VENUE = (venue(market, {}, Environment.MAIN) for market in Market)

ACCOUNT = Credentials("main", Market.SPOT, Secret(API_KEY), SIGN, UserMethod.SIGNATURE)


def signature(text: str) -> str:
    """What a signed text ends with."""
    return SIGN(text.partition("&signature=")[0])


def way(of: Venue) -> WsApi | ListenKeys:
    """How the market's user streams are had."""
    assert of.user is not None
    return of.user.ways


# Where it fails


def rest(answer: Callable[[httpx.Request], httpx.Response], of: Venue = SPOT_VENUE) -> None:
    """A signed request whose sending fails."""
    weight = WeightBudget(SPOT.request_weight, SPOT.request_weight_window_s, 1, 1)
    client = RestClient("http://exchange", of, weight, ManualClock(), httpx.MockTransport(answer))
    assert of.user is not None
    call = of.user.call(Ask(AskKind.BALANCES))
    asyncio.run(client.fetch(call, optional=False, credentials=ACCOUNT))


def tells_all(request: httpx.Request) -> httpx.Response:
    """A library that puts all that it has into its error."""
    raise RuntimeError(f"{request.url} {request.headers.raw} {dict(request.headers)}")


def cannot_connect(request: httpx.Request) -> httpx.Response:
    """The same as the network's error."""
    raise httpx.ConnectError(f"cannot connect to {request.url}", request=request)


def says_no(request: httpx.Request) -> httpx.Response:
    """An exchange that repeats what it was asked."""
    return httpx.Response(400, json={"code": -1100, "msg": f"Illegal characters in {request.url}"})


def is_a_page(request: httpx.Request) -> httpx.Response:
    """A proxy that repeats it on a page."""
    return httpx.Response(502, text=f"<html>cannot reach {request.url}</html>")


def listen_key_in_rest() -> None:
    """A request that names the listen key."""
    weight = WeightBudget(SPOT.request_weight, SPOT.request_weight_window_s, 1, 1)
    client = RestClient("http://exchange", USDM_VENUE, weight, ManualClock(), httpx.MockTransport(tells_all))
    keys = way(USDM_VENUE)
    assert isinstance(keys, ListenKeys)
    asyncio.run(client.fetch(keys.keep, optional=False, credentials=ACCOUNT, listen_key=Secret(LISTEN_KEY)))


def listen_key_address(of: Venue, base: str) -> None:
    """A socket whose address holds the listen key, at a place that cannot be reached."""
    keys = way(of)
    assert isinstance(keys, ListenKeys)
    path = keys.path(Secret(LISTEN_KEY))
    limits = SPOT.override({"own_open_timeout_s": 1.0})
    transport = WebsocketsTransport(limits, SystemClock())
    ended = asyncio.run(transport.open(base + path.reveal(), Recorder()))
    raise RuntimeError(repr(ended))


def listen_key_answer() -> None:
    """An answer that is none."""
    keys = way(COINM_VENUE)
    assert isinstance(keys, ListenKeys)
    keys.read(b'{"listenKey":"' + LISTEN_KEY.encode() + b'","x":')


def ws_api_frame() -> None:
    """A frame that cannot be sent."""
    api = way(SPOT_VENUE)
    assert isinstance(api, WsApi)
    frame = api.request(ApiMethod.SUBSCRIBE_SIGNED, 1, Secret(API_KEY), SIGN, 1_700_000_000_000)
    raise RuntimeError(f"cannot send {frame.reveal()} nor {frame!r}")


def signing_fails() -> None:
    """A signer that breaks with its text in hand."""

    def sign(text: str) -> str:
        raise ValueError(f"cannot sign apiKey={API_KEY}&{text} with secret={SECRET}")

    signed_query([("symbol", "BTCUSDT")], sign, 1_700_000_000_000)


def pem_of_nothing() -> None:
    """A private key that is none."""
    pem_signer(Secret(f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----"))


def secret_with_signs() -> None:
    """A secret that no key has."""
    hmac_signer(Secret(f"{SECRET}é"))


def key_in_file(content: str, folder: Path) -> None:
    """A key file that cannot be read."""
    path = key_file(folder, "main")
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    path.chmod(0o600)
    read_key(AccountSettings("main"), folder, {})


def key_in_environment(folder: Path) -> None:
    """A key that was copied with half of something else."""
    environ = {"BNTUI_KEY_MAIN": f"{API_KEY} {LISTEN_KEY}", "BNTUI_SECRET_MAIN": SECRET}
    read_key(AccountSettings("main"), folder, environ)


def key_that_cannot_be_written(folder: Path) -> None:
    """`bntui keys add` where the folder is a file."""
    (folder / "keys").write_text("")
    desk = KeyDesk(Settings(), folder / "config.toml", folder, {})
    desk.add(KeysOptions("add", "main"), lambda: (Secret(API_KEY), Secret(SECRET), None))


def values_in_hand() -> None:
    """A crash with the values themselves in its text."""
    key = Key(Secret(API_KEY), KeyKind.HMAC, SIGN, "environment")
    query = signed_query([], SIGN, 1)
    held = [Secret(LISTEN_KEY), ACCOUNT, key, query, AccountKey("main", Market.SPOT)]
    raise RuntimeError(f"{held} {held!r} {' '.join(map(str, held))} {query:>50}")


def in_a_thread() -> None:
    """A crash where nobody waits for it."""

    def work() -> None:
        raise RuntimeError(f"wss://fstream.binance.com/private/ws?listenKey={LISTEN_KEY}&events=x")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    raise RuntimeError("the thread is gone")


def in_a_warning() -> None:
    """A library that warns of an address."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        log.set_up(Path(str(log.active_file())))
        warnings.warn(
            f"slow: https://api.binance.com/api/v3/account?signature={signature('x')}", stacklevel=1
        )
    raise RuntimeError("warned")


def in_an_argument() -> None:
    """A careless line of a log."""
    logging.getLogger("bntui").warning("sent %s to %s", {"apiKey": API_KEY}, f"wss://dstream/ws/{LISTEN_KEY}")
    raise RuntimeError("logged")


PLACES: dict[str, Callable[[Path], None]] = {
    "REST, a library that tells all": lambda folder: rest(tells_all),
    "REST, no connection": lambda folder: rest(cannot_connect),
    "REST, refused with our words": lambda folder: rest(says_no),
    "REST, a proxy's page": lambda folder: rest(is_a_page),
    "REST of futures": lambda folder: rest(tells_all, USDM_VENUE),
    "REST, listen key": lambda folder: listen_key_in_rest(),
    "listen key, nobody there": lambda folder: listen_key_address(USDM_VENUE, "ws://127.0.0.1:9"),
    "listen key, no address": lambda folder: listen_key_address(USDM_VENUE, "nonsense://"),
    "listen key, no address on COIN-M": lambda folder: listen_key_address(COINM_VENUE, "ws://[::"),
    "listen key, broken answer": lambda folder: listen_key_answer(),
    "WebSocket API": lambda folder: ws_api_frame(),
    "signing": lambda folder: signing_fails(),
    "private key": lambda folder: pem_of_nothing(),
    "secret": lambda folder: secret_with_signs(),
    "key file, no TOML": lambda folder: key_in_file(f"api_key = {SECRET}", folder),
    "key file, no key": lambda folder: key_in_file(f'secret = "{SECRET}"', folder),
    "key file, no PEM": lambda folder: key_in_file(
        f'api_key = "{API_KEY}"\nprivate_key = {json.dumps(SECRET)}', folder
    ),
    "environment": key_in_environment,
    "bntui keys add": key_that_cannot_be_written,
    "values in hand": lambda folder: values_in_hand(),
    "thread": lambda folder: in_a_thread(),
    "warning": lambda folder: in_a_warning(),
    "log": lambda folder: in_an_argument(),
}
"""Every place where secrets are handled, and how it is made to fail."""

FORGED = frozenset(
    {
        "REST, a library that tells all",
        "REST of futures",
        "REST, listen key",
        # The library names an address that is none; the settings refuse such a one before.
        "listen key, no address",
        "WebSocket API",
        "signing",
        "thread",
        "warning",
        "log",
    }
)
"""Places where the test itself put secrets into an error's text, as no code of this program does: there it is
what the user sees and what is kept that must be clean."""


@pytest.fixture
def log_file(tmp_path: Path, restored_logging: None) -> Path:
    """Where this run logs to."""
    path = tmp_path / "run.log"
    log.set_up(path)
    return path


def everything_of(error: BaseException) -> Iterator[str]:
    """An error and all that led to it, in every form."""
    yield "".join(traceback.format_exception(error))
    seen: BaseException | None = error
    while seen is not None:
        yield from (str(seen), repr(seen), repr(seen.args), repr(vars(seen)))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_that_comes_out_holds_a_secret(
    place: str, log_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it comes to
        PLACES[place](tmp_path)
    explain(caught.value)
    logging.getLogger("bntui").error("it failed: %s", caught.value, exc_info=caught.value)
    said = capsys.readouterr()
    out = [said.out, said.err, log_file.read_text()]
    assert log_file.stat().st_size
    if place not in FORGED:
        out += everything_of(caught.value)
    for text in out:
        for name, secret in (("secret", SECRET), ("listen key", LISTEN_KEY), ("API key", API_KEY)):
            assert secret not in text, f"{name} in {text}"
        for found in text.split("signature=")[1:]:
            assert found.startswith("****"), text


def test_the_search_would_find_them() -> None:
    error = RuntimeError("outer")
    error.__cause__ = ValueError(SECRET)
    assert any(SECRET in text for text in everything_of(error))
    assert set(PLACES) >= FORGED
