"""Flag over variable over profile over file over default, and an error names the place and the key."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import Market
from bntui.preferences import NamedList, Preferences
from bntui.schema import SCALARS, TABLES
from bntui.settingvalues import FPS_MOST
from bntui.sources import VARIABLES, load
from bntui.venue.binance.endpoints import Environment
from bntui.venue.limits import Limits


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings file would be; nothing is there yet."""
    return tmp_path / "config.toml"


def refusal(
    file: Path,
    flags: dict[str, str | tuple[str, ...]] | None = None,
    environ: dict[str, str] | None = None,
) -> str:
    """What the user is told."""
    with pytest.raises(UsageError) as caught:
        load(flags or {}, environ or {}, file)
    return caught.value.message


def test_nothing_given_is_the_live_spot_market(file: Path) -> None:
    settings, warnings = load({}, {}, file)
    assert settings == Settings()
    assert (settings.market, settings.environment) == (Market.SPOT, Environment.MAIN)
    assert warnings == ()


def test_each_place_beats_the_next(file: Path) -> None:
    file.write_text('theme = "file"\n[profiles.bot2]\ntheme = "profile"')
    flags, environ = {"theme": "flag"}, {"BNTUI_THEME": "variable"}
    bot2 = {"profile": "bot2"}

    def theme(flags: dict[str, str], environ: dict[str, str]) -> str | None:
        return load(flags, environ, file)[0].preferences.theme

    assert theme({**flags, **bot2}, environ) == "flag"
    assert theme({**bot2}, environ) == "variable"
    assert theme({**bot2}, {}) == "profile"
    assert theme({}, {}) == "file"
    file.unlink()
    assert theme({}, {}) is None


def test_tables_are_merged_entry_by_entry(file: Path) -> None:
    file.write_text(
        "[limit]\nown_stream_cap = 1\nown_attempts = 1\nown_gulp_s = 1\nurl_chars = 1\n"
        "[profiles.default.limit]\nown_stream_cap = 2\nown_attempts = 2\nown_gulp_s = 2"
    )
    environ = {"BNTUI_LIMIT": "own_stream_cap=3  own_attempts=3"}
    settings, _ = load({"limit": ("own_stream_cap=4",)}, environ, file)
    assert settings.limits == {"own_stream_cap": 4, "own_attempts": 3, "own_gulp_s": 2, "url_chars": 1}


def test_of_two_entries_in_one_place_the_later_wins(file: Path) -> None:
    settings, _ = load({"limit": ("own_stream_cap=4", "own_stream_cap=5")}, {}, file)
    assert settings.limits == {"own_stream_cap": 5}


def test_every_setting_can_come_from_the_file(file: Path) -> None:
    file.write_text(
        'market = "spot"\nenv = "testnet"\nprofile = "bot-2"\ntheme = "bntui-light"\nfps = 5\n'
        'slow = true\nswap_colours = true\nascii = false\nmouse = false\nwatchlist = "majors"\n'
        'columns = ["symbol", "age"]\n'
        '[rest_url]\nspot = "https://a:1/"\n[stream_url]\nspot = "wss://b"\n[ws_api_url]\nspot = "wss://c/x/"\n'
        "[limit]\nown_stream_cap = 7\n"
        '[watchlists]\nmajors = ["BTCUSDT", "ethusdt.usdm"]\n'
        '[watchlists.thin]\nsymbols = ["DOGEUSDT"]\ncolumns = ["symbol", "spread"]\n'
        '[keys]\nmove.down = "x"\n"app.quit" = []\n'
    )
    assert load({}, {}, file) == (
        Settings(
            market=Market.SPOT,
            environment=Environment.TESTNET,
            profile="bot-2",
            rest_urls={Market.SPOT: "https://a:1"},
            stream_urls={Market.SPOT: "wss://b"},
            ws_api_urls={Market.SPOT: "wss://c/x"},
            limits={"own_stream_cap": 7},
            preferences=Preferences(
                theme="bntui-light",
                fps=5,
                slow=True,
                swap_colours=True,
                ascii=False,
                mouse=False,
                watchlist="majors",
                columns=("symbol", "age"),
                watchlists=(
                    NamedList("majors", ("BTCUSDT", "ethusdt.usdm")),
                    NamedList("thin", ("DOGEUSDT",), ("symbol", "spread")),
                ),
                keys={"move.down": ("x",), "app.quit": ()},
            ),
            config_path=file,
        ),
        (),
    )


def test_every_setting_can_come_from_variables(file: Path) -> None:
    environ = {
        "BNTUI_MARKET": "SPOT",
        "BNTUI_ENV": "demo",
        "BNTUI_PROFILE": "x",
        "BNTUI_THEME": "t",
        "BNTUI_FPS": "12.5",
        "BNTUI_SLOW": "yes",
        "BNTUI_SWAP_COLOURS": "1",
        "BNTUI_ASCII": "on",
        "BNTUI_MOUSE": "no",
        "BNTUI_WATCHLIST": "all",
        "BNTUI_COLUMNS": "symbol,last",
        "BNTUI_REST_URL": "http://a usdm=http://b",
        "BNTUI_STREAM_URL": "ws://c",
        "BNTUI_WS_API_URL": "ws://d",
        "BNTUI_PROXY": "socks5://10.0.0.1:1080",
        "BNTUI_TRUST_SOCKET": "/run/bntui/trust.sock",
        "BNTUI_TRUST_GROUP": "bots",
        "BNTUI_LIMIT": "own_attempts=8",
        "BNTUI_STATE_DIR": "/x",
        "BNTUI_CONFIG_DIR": "/y",
        "BNTUI_CONFIG": "",
    }
    assert set(environ) == set(VARIABLES)
    settings, warnings = load({}, environ, file)
    assert settings == Settings(
        environment=Environment.DEMO,
        profile="x",
        preferences=Preferences(
            theme="t",
            fps=12.5,
            slow=True,
            swap_colours=True,
            ascii=True,
            mouse=False,
            watchlist="all",
            columns=("symbol", "last"),
            fixed=frozenset(
                {"theme", "fps", "slow", "swap_colours", "ascii", "mouse", "watchlist", "columns"}
            ),
        ),
        rest_urls={Market.SPOT: "http://a", Market.USDM: "http://b"},
        stream_urls={Market.SPOT: "ws://c"},
        ws_api_urls={Market.SPOT: "ws://d"},
        proxy="socks5://10.0.0.1:1080",
        trust_socket=Path("/run/bntui/trust.sock"),
        trust_group="bots",
        limits={"own_attempts": 8},
    )
    assert warnings == ()


@pytest.mark.parametrize(
    ("word", "proxy"),
    [("NONE", "none"), ("http://10.0.0.1:3128/", "http://10.0.0.1:3128"), ("socks5://p", "socks5://p")],
)
def test_a_proxy_is_an_address_or_none(word: str, proxy: str, file: Path) -> None:
    assert load({"proxy": word}, {}, file)[0].proxy == proxy


@pytest.mark.parametrize("word", ["proxy:3128", "gopher://p", "http://user:hidden@p:3128"])
def test_other_words_are_no_proxy_and_a_password_is_not_repeated(word: str, file: Path) -> None:
    with pytest.raises(UsageError, match="--proxy") as told:
        load({"proxy": word}, {}, file)
    assert "hidden" not in str(told.value)


def test_each_profile_may_have_a_proxy_of_its_own(file: Path) -> None:
    file.write_text('proxy = "http://10.0.0.1:1"\n[profiles.far]\nproxy = "socks5://10.0.0.2:2"\n')
    assert load({}, {}, file)[0].proxy == "http://10.0.0.1:1"
    assert load({"profile": "far"}, {}, file)[0].proxy == "socks5://10.0.0.2:2"


def test_a_url_without_a_market_belongs_to_the_run_s_own(file: Path) -> None:
    flags = {"market": "usdm", "rest_url": ("http://a/b",), "stream_url": ("ws://c", "spot=ws://d")}
    settings, _ = load(flags, {}, file)
    assert settings.rest_urls == {Market.USDM: "http://a/b"}
    assert settings.stream_urls == {Market.USDM: "ws://c", Market.SPOT: "ws://d"}


def test_a_market_without_addresses_is_refused_unless_they_are_given(file: Path) -> None:
    us: dict[str, str | tuple[str, ...]] = {"env": "us", "market": "coinm"}
    assert "coinm" in refusal(file, us)
    assert "coinm" in refusal(file, {**us, "rest_url": ("http://a",)})
    assert "coinm" in refusal(file, {**us, "stream_url": ("ws://b",)})
    given: dict[str, str | tuple[str, ...]] = {"rest_url": ("http://a",), "stream_url": ("ws://b",)}
    assert load({**us, **given}, {}, file)[0].market is Market.COINM


def test_a_named_file_must_exist_and_the_usual_one_need_not(file: Path, tmp_path: Path) -> None:
    assert str(tmp_path / "no.toml") in refusal(file, {"config": str(tmp_path / "no.toml")})
    assert str(tmp_path / "no.toml") in refusal(file, {}, {"BNTUI_CONFIG": str(tmp_path / "no.toml")})
    assert load({}, {}, file)[0].config_path is None


def test_a_file_named_by_flag_beats_one_named_by_variable(file: Path, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('theme = "a"')
    (tmp_path / "b.toml").write_text('theme = "b"')
    flags, environ = {"config": str(tmp_path / "a.toml")}, {"BNTUI_CONFIG": str(tmp_path / "b.toml")}
    assert load(flags, environ, file)[0].preferences.theme == "a"
    assert load({}, environ, file)[0].preferences.theme == "b"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"theme = ", "no valid TOML"),
        (b'theme = "\xff"', "is not UTF-8"),
        (b'market = "spott"', "market: 'spott' is none of spot, usdm, coinm; did you mean spot?"),
        (b"market = 5", "market: 5 is no text"),
        (b"limit = 5", "limit: this is a table"),
        (
            b"[limit]\nown_stream_caps = 5",
            "limit: no limit is called 'own_stream_caps'; did you mean own_stream_cap?",
        ),
        (b"[limit]\nown_stream_cap = -1", ":2: limit.own_stream_cap: it cannot be -1"),
        (b"[limit]\nown_stream_cap = inf", "limit.own_stream_cap: it cannot be inf"),
        (b"[limit]\nown_stream_cap = nan", "limit.own_stream_cap: it cannot be nan"),
        (b'[rest_url]\nspott = "http://x"', "rest_url: 'spott' is none of"),
        (b"profiles = 5", "profiles: this is a table"),
        (b"[profiles]\nbot2 = 5", "profiles.bot2: this is a table"),
        (b'[profiles.default]\nmarket = "x"', ":2: profiles.default.market: 'x' is none of"),
        (b'profile = "a b"', "profile: 'a b' is no name for a profile"),
    ],
)
def test_a_broken_file_is_named_with_its_key(content: bytes, words: str, file: Path) -> None:
    file.write_bytes(content)
    message = refusal(file)
    assert message.startswith(str(file))
    assert words in message


def test_a_folder_in_the_place_of_the_file_is_named(file: Path) -> None:
    file.mkdir()
    assert "cannot be read" in refusal(file)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("market", "futures", "--market: 'futures' is none of spot, usdm, coinm"),
        ("env", "tesnet", "--env: 'tesnet' is none of main, testnet, demo, us; did you mean testnet?"),
        ("fps", "0.5", "--fps: 0.5 is not between"),
        ("profile", "../x", "--profile: '../x' is no name"),
        ("profile", "x" * 33, "32 at most"),
        ("limit", ("x",), "--limit: 'x' is not of the form NAME=VALUE"),
        ("limit", ("own_attempts=many",), "--limit own_attempts: 'many' is no number"),
        ("rest_url", ("ftp://x",), "--rest-url: 'ftp://x' is no URL that begins with http:// or https://"),
        ("rest_url", ("ws://x",), "--rest-url: 'ws://x' is no URL that begins with"),
        ("stream_url", ("http://x",), "--stream-url: 'http://x' is no URL that begins with ws:// or wss://"),
        ("ws_api_url", ("localhost:80",), "--ws-api-url: 'localhost:80' is no URL"),
        ("rest_url", ("http://",), "is no URL that begins with"),
        ("rest_url", ("http://a:99999",), "this is no URL"),
        ("rest_url", ("http://a b",), "is no URL that begins with"),
        ("rest_url", ("http://a?x=1",), "must not carry a query"),
        ("rest_url", ("",), "--rest-url: '' is no text"),
        ("env", "", "--env: '' is no text"),
        ("config", "", "--config: '' is no text"),
    ],
)
def test_a_wrong_word_on_the_command_line_is_named_with_its_option(
    key: str, value: str | tuple[str, ...], words: str, file: Path
) -> None:
    assert words in refusal(file, {key: value})


def test_a_wrong_variable_is_named(file: Path) -> None:
    assert refusal(file, {}, {"BNTUI_FPS": "x"}) == "BNTUI_FPS: 'x' is no number."
    assert refusal(file, {}, {"BNTUI_STREAM_URL": "ws://a http://b"}).startswith(
        "BNTUI_STREAM_URL: 'http://b'"
    )


@pytest.mark.parametrize("url", ["https://me:geheim@x", "https://geheim@x", "https://me:geheim@x:99999"])
def test_credentials_in_a_url_are_refused_and_not_repeated(url: str, file: Path) -> None:
    assert "geheim" not in refusal(file, {"rest_url": (url,)})


def test_unknown_keys_warn_with_the_nearest_real_one(file: Path) -> None:
    file.write_text('thme = "x"\nzzzz = 1\n[profiles.bot2]\nprofile = "x"\nfpss = 2\n')
    settings, warnings = load({}, {}, file)
    assert settings.preferences.theme is None
    assert warnings == (
        f"{file}:1: thme is no setting and has no effect; did you mean theme?",
        f"{file}:2: zzzz is no setting and has no effect.",
        f"{file}:4: profiles.bot2.profile is no setting and has no effect; profile belongs to the file"
        " itself, above its first [table].",
        f"{file}:5: profiles.bot2.fpss is no setting and has no effect; did you mean fps?",
    )


def test_unknown_variables_warn(file: Path) -> None:
    _, warnings = load({}, {"BNTUI_THEM": "x", "OTHER": "y"}, file)
    assert warnings == ("BNTUI_THEM is set, but bntui reads no such variable; did you mean BNTUI_THEME?",)


def test_a_mistyped_profile_warns_and_a_new_one_does_not(file: Path) -> None:
    file.write_text("[profiles.scalper]\nfps = 2")
    assert load({"profile": "scalperr"}, {}, file)[1] == (
        f"{file} has no profile scalperr; did you mean scalper?",
    )
    assert load({"profile": "other"}, {}, file)[1] == ()


def test_a_value_that_a_flag_replaces_is_not_looked_at(file: Path) -> None:
    file.write_text("fps = 99")
    settings, warnings = load({"fps": str(FPS_MOST)}, {}, file)
    assert settings.preferences.fps == FPS_MOST
    assert warnings == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("fps = 99", ":1: fps: 99 is not between 1 and 30."),
        ('fps = "fast"', ":1: fps: 'fast' is no number."),
        ("\n# slow\nfps = true", ":3: fps: True is no number."),
        ("[profiles.default]\nfps = 0", ":2: profiles.default.fps: 0 is not between 1 and 30."),
        ('mouse = "maybe"', ":1: mouse: 'maybe' is neither true nor false."),
        ('columns = ["symbol", "chnge"]', ":1: columns: no column is called 'chnge'; did you mean change?"),
        ("columns = 5", ":1: columns: 5 is no list of texts."),
        (
            'watchlist = "thinn"\n[watchlists]\nthin = ["A"]',
            ":1: watchlist: no watchlist is called 'thinn';",
        ),
        (
            '[watchlist.thin]\nsymbols = ["A"]',
            ":1: watchlist: this is a single value, not a table; did you mean watchlists?",
        ),
        (
            '[accounts.toy]\ntheme = "x"',
            ":2: accounts.toy.theme is no setting and has no effect; theme belongs to the file itself",
        ),
        ("[keys]\nmove.down = 5", ":2: keys.move.down: 5 is no list of texts."),
    ],
)
def test_a_mistake_about_the_screen_is_named_and_the_program_runs(
    content: str, words: str, file: Path
) -> None:
    file.write_text(content)
    settings, (warning,) = load({}, {}, file)
    assert warning.startswith(f"{file}{words}")
    assert settings.preferences.fps == Preferences().fps


def test_a_mistake_in_a_profile_leaves_the_file_s_value(file: Path) -> None:
    file.write_text("fps = 7\n[profiles.default]\nfps = 0")
    assert load({}, {}, file)[0].preferences.fps == 7


def test_a_profile_s_lists_and_keys_come_before_the_file_s(file: Path) -> None:
    file.write_text(
        '[watchlists]\na = ["A"]\nb = ["B"]\n[keys]\n"move.up" = "o"\n'
        '[profiles.default.watchlists]\nb = ["C"]\n[profiles.default.keys]\nmove.up = "i"'
    )
    preferences = load({}, {}, file)[0].preferences
    assert preferences.watchlists == (NamedList("b", ("C",)), NamedList("a", ("A",)))
    assert preferences.keys == {"move.up": ("i",)}
    assert preferences.places == {"keys.move.up": f"{file}:9: profiles.default.keys.move.up"}


def test_it_is_told_where_each_value_came_from(file: Path) -> None:
    file.write_text('theme = "x"\n[limit]\nurl_chars = 5\n[profiles.default]\nmouse = false')
    settings, _ = load({"limit": ("own_attempts=3",)}, {"BNTUI_FPS": "4"}, file)
    assert settings.origins == {
        "theme": ("x", f"{file}:1: theme"),
        "limit.url_chars": ("5", f"{file}:3: limit.url_chars"),
        "mouse": ("off", f"{file}:5: profiles.default.mouse"),
        "limit.own_attempts": ("3", "--limit own_attempts"),
        "fps": ("4", "BNTUI_FPS"),
    }


def test_every_limit_can_be_replaced(file: Path) -> None:
    names = [f.name for f in fields(Limits)]
    settings, _ = load({"limit": tuple(f"{name}=1" for name in names)}, {}, file)
    assert list(settings.limits) == names


def test_the_words_for_settings_do_not_clash() -> None:
    assert not set(SCALARS) & set(TABLES)
