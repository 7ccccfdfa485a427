"""bntui: see at once whether the market data and fills your bot lives on still arrive."""

import sys

__version__ = "0.1.0"

# httpx looks for its own command line, and with it for all of rich: 6 MB in an engine that draws nothing.
sys.modules.setdefault("httpx._main", type(sys)("httpx._main"))
