"""Settings: when a run stands alone, and how another process is given the same ones."""

from __future__ import annotations

from pathlib import Path

from bntui.config import Settings
from bntui.model.markets import Market
from bntui.sources import load
from bntui.venue.binance.endpoints import Environment


def test_a_run_is_overridden_as_soon_as_one_address_is() -> None:
    assert not Settings(limits={"own_stream_cap": 5}).overridden
    assert Settings(rest_urls={Market.SPOT: "http://x"}).overridden
    assert Settings(stream_urls={Market.SPOT: "ws://x"}).overridden
    assert Settings(ws_api_urls={Market.SPOT: "ws://x"}).overridden


def test_another_process_reads_the_same_settings_from_the_arguments(tmp_path: Path) -> None:
    file = tmp_path / "some config.toml"
    file.write_text('[limit]\nown_stream_cap = 9\nown_ping_interval_s = 0.1\n[rest_url]\nusdm = "http://f"')
    settings = Settings(
        market=Market.SPOT,
        environment=Environment.TESTNET,
        profile="bot2",
        rest_urls={Market.SPOT: "http://127.0.0.1:1", Market.USDM: "http://f"},
        stream_urls={Market.SPOT: "ws://127.0.0.1:2"},
        ws_api_urls={Market.SPOT: "ws://127.0.0.1:3"},
        proxy="socks5://10.0.0.1:1080",
        limits={"own_stream_cap": 10.0, "own_ping_interval_s": 0.1},
        config_path=file,
    )
    words = settings.arguments()
    flags: dict[str, str | tuple[str, ...]] = {}
    for option, value in zip(words[::2], words[1::2], strict=True):
        key = option.removeprefix("--").replace("-", "_")
        repeated = option in ("--limit", "--rest-url", "--stream-url", "--ws-api-url")
        flags[key] = (*flags.get(key, ()), value) if repeated else value
    assert load(flags, {}, tmp_path / "none.toml") == (settings, ())
    assert settings.arguments(with_market=False) == words[2:]
