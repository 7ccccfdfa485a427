"""A drill that is short and has all of a loss: its moment, the time without, and the return."""

from __future__ import annotations

from bntui.drill.scenario import parse

CUT = parse(
    "cut",
    """
about = "The connection is cut, and for a while there is no new one."
seconds = 8

[[step]]
at = 2
say = "Nobody takes new connections."
fault = "refuse"

[[step]]
at = 2
say = "The connection is cut."
fault = "abort"

[[step]]
at = 5
say = "Connections are taken again."
fault = "clear"

[[expect]]
verdict = "blind"
from = 2
within = 5

[lost]
trades = "told"
""",
)
"""Blind from its second second on, and live again before its end."""
