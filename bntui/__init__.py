"""bntui: see at once whether the market data and fills your bot lives on still arrive."""

__version__ = "0.1.0"
