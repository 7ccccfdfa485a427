"""What each command is given: the seam between the command line and what builds everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bntui.commandoptions import (
        AlertsOptions,
        BookOptions,
        CandlesOptions,
        DemoOptions,
        DoctorOptions,
        DrillOptions,
        EngineOptions,
        FillsOptions,
        KeysOptions,
        MetricsOptions,
        RecordOptions,
        ReplayOptions,
        SimOptions,
        StatusOptions,
        TailOptions,
        TrustOptions,
        WaitOptions,
    )
    from bntui.config import Settings


class Compose(Protocol):
    """What `bntui.compose` offers. Each function runs one command to its end and returns the exit code."""

    def run_tui(self, settings: Settings, symbols: tuple[str, ...]) -> int:
        """The screen on the live exchange."""
        ...

    def run_demo(self, settings: Settings, symbols: tuple[str, ...], options: DemoOptions) -> int:
        """The screen on an embedded exchange."""
        ...

    def run_sim(self, settings: Settings, options: SimOptions) -> int:
        """The embedded exchange alone."""
        ...

    def run_engine(self, settings: Settings, symbols: tuple[str, ...], options: EngineOptions) -> int:
        """The engine alone."""
        ...

    def run_attach(self, settings: Settings) -> int:
        """The screen on a running engine."""
        ...

    def run_status(self, settings: Settings, symbols: tuple[str, ...], options: StatusOptions) -> int:
        """Judge, print, and end with the verdict's code."""
        ...

    def run_trust(self, settings: Settings, symbols: tuple[str, ...], options: TrustOptions) -> int:
        """Ask whether symbols can be trusted."""
        ...

    def run_wait(self, settings: Settings, symbols: tuple[str, ...], options: WaitOptions) -> int:
        """Wait until they can."""
        ...

    def run_record(self, settings: Settings, symbols: tuple[str, ...], options: RecordOptions) -> int:
        """Record what can be seen."""
        ...

    def run_replay(self, settings: Settings, options: ReplayOptions) -> int:
        """Show a recording."""
        ...

    def run_drill(self, settings: Settings, options: DrillOptions) -> int:
        """Faults on order, and a judge of what was seen."""
        ...

    def run_candles(self, settings: Settings, symbol: str, options: CandlesOptions) -> int:
        """Print past candles."""
        ...

    def run_book(self, settings: Settings, symbol: str, options: BookOptions) -> int:
        """Print a book."""
        ...

    def run_config(self, settings: Settings, word: str) -> int:
        """Tell of the settings."""
        ...

    def run_fills(self, settings: Settings, symbols: tuple[str, ...], options: FillsOptions) -> int:
        """Print own fills that are kept."""
        ...

    def run_tail(self, settings: Settings, symbols: tuple[str, ...], options: TailOptions) -> int:
        """Print events."""
        ...

    def run_alerts(self, settings: Settings, options: AlertsOptions) -> int:
        """List rules and alerts, or make each rule known once."""
        ...

    def run_keys(self, settings: Settings, options: KeysOptions) -> int:
        """Write, list, remove or check keys."""
        ...

    def run_doctor(self, settings: Settings, options: DoctorOptions) -> int:
        """Look at everything that may be in the way."""
        ...

    def run_metrics(self, settings: Settings, options: MetricsOptions) -> int:
        """Serve what the engine sees as metrics."""
        ...
