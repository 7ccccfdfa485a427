"""Clients of other makers, asked for market data of the embedded exchange: `make peers`.

They were written against the real exchange and know nothing of this project. What they take for the
exchange is like the exchange; where one of them finds something missing, so would its users.
"""
