"""What the signs and words in the panels of an open symbol mean, for the help."""

from __future__ import annotations

from collections.abc import Iterator

from bntui.ui.panels.tape import REFILLED
from bntui.ui.panels.trust import BOOK_MEANINGS, BOOK_STYLES
from bntui.ui.widgets.lines import Line

SIGNS = (
    ("total", "quantity from the best level to this one; the bar shows the same"),
    ("micro", "mid weighted with the quantities of the other side"),
    ("bids %", "the bids' share of the quantity in the levels shown"),
    ("bps", "hundredths of a per cent"),
    ("◆ 0.15", "left of your own orders at this level; ◇: as they were known last"),
    ("▲ ▼", "in the chart: you bought, sold in this candle"),
    ("×3", "a taker order that was filled in three trades"),
    (REFILLED, "a trade that was missed, and fetched by REST afterwards"),
    ("↻", "the same, where there is no room for the word"),
    ("╌╌", "in the chart: a candle in which nothing was traded"),
    ("░", "in the chart: a time that we were blind in; averages begin anew behind it"),
    ("~", "a minute that was not seen from its beginning, or with a hole"),
    ("premium", "of a contract: its mark price against the index"),
    ("open", "of a contract: open interest, by REST once a minute"),
    ("▼ long", "a long position that the exchange closed; ▲ short: a short one"),
)
"""Each with its meaning."""


def legend() -> Iterator[Line]:
    """The signs, then the states of a book as they are coloured."""
    for sign, meaning in SIGNS:
        yield ((f"{sign:<9}", "strong"), (meaning, "title"))
    for state, meaning in BOOK_MEANINGS.items():
        yield ((f"{state:<10}", BOOK_STYLES[state]), (meaning, "title"))
