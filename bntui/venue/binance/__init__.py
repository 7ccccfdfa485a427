"""Binance: every fact about this exchange that the program knows is in this folder."""
