"""What every run is told: its settings; `bntui.commandoptions` has what single commands are told.

`bntui.sources` reads the settings from where users put them. Secrets are no settings: they come neither
from the command line nor from `config.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bntui.model.access import KeyKind, UserMethod
from bntui.model.markets import Market
from bntui.preferences import Preferences
from bntui.venue.binance.endpoints import Environment

if TYPE_CHECKING:
    from bntui.alertrules import AlertRule

DEFAULT_PROFILE = "default"


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """An account of the user's at the exchange. Its key is no setting: `bntui.accounts` finds it."""

    name: str
    """The user's own word for it."""
    markets: tuple[Market, ...] = (Market.SPOT,)
    """Where its events are followed."""
    kind: KeyKind | None = None
    """How its key signs; None: told by what is there."""
    method: UserMethod | None = None
    """How its events are to be had, on the markets that know this way; None: each market's best."""


class Origin(NamedTuple):
    """A value that was given somewhere."""

    value: str
    """As it is shown."""
    place: str
    """An option, a variable, or a line of the settings file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole run, whatever the command."""

    market: Market = Market.SPOT
    """The market of symbols that name none."""
    environment: Environment = Environment.MAIN
    """Which of the exchange's worlds is meant."""
    profile: str = DEFAULT_PROFILE
    """One engine, one history and one watchlist belong to a profile."""
    rest_urls: Mapping[Market, str] = field(default_factory=dict)
    """Addresses that replace the environment's; no trailing slash."""
    stream_urls: Mapping[Market, str] = field(default_factory=dict)
    """The same for market streams."""
    ws_api_urls: Mapping[Market, str] = field(default_factory=dict)
    """The same for the WebSocket API."""
    proxy: str = ""
    """What connections to the exchange go through; `none`: nothing; empty: what the environment says."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Numbers that replace those of the limits table, under their names."""
    preferences: Preferences = field(default_factory=Preferences)
    """How the user wants the screen."""
    accounts: tuple[AccountSettings, ...] = ()
    """The user's accounts at the exchange."""
    alerts: tuple[AlertRule, ...] = field(default=(), compare=False)
    """What he wants to be told of, with what bntui tells by itself."""
    trust_socket: Path | None = None
    """Where bots ask the profile's engine what they can trust; None: in its state folder."""
    trust_group: str = ""
    """Whose members may ask there too; empty: the user alone."""
    config_path: Path | None = None
    """The settings file that was read; None where there is none."""
    flags: Mapping[str, str | Sequence[str]] = field(default_factory=dict, compare=False, repr=False)
    """What the command line named, to read everything once more."""
    warnings: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """What was given in vain, one line each."""
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)
    """What was given, by setting or entry: `fps`, `limit.url_chars`, `keys.move.down`."""

    @property
    def overridden(self) -> bool:
        """Whether any address was replaced: such runs get an engine and a history of their own."""
        return bool(self.rest_urls or self.stream_urls or self.ws_api_urls)

    def arguments(self, *, with_market: bool = True) -> tuple[str, ...]:
        """The options with which another process reads the same settings; the screen's are left out, and
        the market where it is told in another way."""
        words = ["--market", str(self.market)] if with_market else []
        words += ["--env", self.environment, "--profile", self.profile]
        words += ["--proxy", self.proxy] if self.proxy else []
        if self.config_path is not None:
            words += ["--config", str(self.config_path)]
        words += ["--trust-socket", str(self.trust_socket)] if self.trust_socket is not None else []
        words += ["--trust-group", self.trust_group] if self.trust_group else []
        for option, urls in (
            ("--rest-url", self.rest_urls),
            ("--stream-url", self.stream_urls),
            ("--ws-api-url", self.ws_api_urls),
        ):
            for market, url in urls.items():
                words += [option, f"{market}={url}"]
        for name, value in self.limits.items():
            words += ["--limit", f"{name}={value!r}"]
        return tuple(words)
