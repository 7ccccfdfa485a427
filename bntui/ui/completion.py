"""Which symbol somebody means: proposals for what was typed, and the nearest real one for a wrong one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches

from bntui.model.markets import Instrument

TRADING = "TRADING"
"""The status of an instrument that trades."""


def rank(query: str, instrument: Instrument) -> int | None:
    """How well the query names the instrument: 0 is best, None not at all."""
    symbol, base = instrument.key.symbol, instrument.base.upper()
    if symbol == query:
        return 0
    if base == query:
        return 1
    if symbol.startswith(query):
        return 2
    if query in symbol:
        return 3
    return 4 if _is_subsequence(query, symbol) else None


def _is_subsequence(query: str, text: str) -> bool:
    rest = iter(text)
    return all(char in rest for char in query)


def propose(query: str, instruments: Iterable[Instrument], limit: int) -> list[Instrument]:
    """The best matches for what was typed so far.

    Of equal matches, those that trade come first, then the more common quote asset, then the shorter.
    """
    query = query.strip().upper()
    if not query:
        return []
    known = list(instruments)
    quoted = Counter(instrument.quote for instrument in known)
    found: list[tuple[tuple[int, bool, int, int, str], Instrument]] = []
    for instrument in known:
        matched = rank(query, instrument)
        if matched is not None:
            symbol = instrument.key.symbol
            place = (
                matched,
                instrument.status != TRADING,
                -quoted[instrument.quote],
                len(symbol),
                symbol,
            )
            found.append((place, instrument))
    found.sort(key=lambda entry: entry[0])
    return [instrument for _, instrument in found[:limit]]


def nearest(query: str, instruments: Iterable[Instrument]) -> Instrument | None:
    """The real symbol that looks most like a wrong one, or None where nothing comes near."""
    by_symbol = {instrument.key.symbol: instrument for instrument in instruments}
    close = get_close_matches(query.strip().upper(), by_symbol, n=1, cutoff=0.6)
    return by_symbol[close[0]] if close else None
