"""Builds and starts everything: with the command line the only place that sees all the others.

Each function here runs one command to its end. Imports that cost time are made where they are needed, so that
each process loads only its own half.
"""

from bntui.compose.engines import run_engine
from bntui.compose.exchange import run_sim
from bntui.compose.questions import (
    run_book,
    run_candles,
    run_fills,
    run_metrics,
    run_status,
    run_tail,
    run_trust,
    run_wait,
)
from bntui.compose.recordings import run_record, run_replay
from bntui.compose.screens import drill_wiring, run_attach, run_demo, run_drill, run_tui
from bntui.compose.upkeep import run_alerts, run_config, run_doctor, run_keys

__all__ = [
    "drill_wiring",
    "run_alerts",
    "run_attach",
    "run_book",
    "run_candles",
    "run_config",
    "run_demo",
    "run_doctor",
    "run_drill",
    "run_engine",
    "run_fills",
    "run_keys",
    "run_metrics",
    "run_record",
    "run_replay",
    "run_sim",
    "run_status",
    "run_tail",
    "run_trust",
    "run_tui",
    "run_wait",
]
