"""What can be done on this side of the exchange."""

from __future__ import annotations

import pytest

from bntui.drill.steps import ORDERS
from bntui.drill.tables import BadScenario, Table


class Diary:
    """A stage that writes down what it is told."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def rotate(self, shard: int | None) -> None:
        self.done.append(f"rotate {shard}")

    async def stop_engine(self) -> None:
        self.done.append("stop engine")

    async def continue_engine(self) -> None:
        self.done.append("continue engine")

    async def starve_engine(self, seconds: float, share: float) -> None:
        self.done.append(f"starve engine {seconds:g} {share:g}")

    async def kill_engine(self) -> None:
        self.done.append("kill engine")

    async def run_viewer(self) -> None:
        self.done.append("run viewer")

    async def stop_viewer(self) -> None:
        self.done.append("stop viewer")

    async def jump_clock(self, seconds: float) -> None:
        self.done.append(f"jump clock {seconds:g}")


@pytest.mark.parametrize(
    ("words", "does"),
    [
        ({"do": "rotate"}, "rotate None"),
        ({"do": "rotate", "shard": 2}, "rotate 2"),
        ({"do": "stop_engine"}, "stop engine"),
        ({"do": "continue_engine"}, "continue engine"),
        ({"do": "starve_engine", "seconds": 3, "share": 0.2}, "starve engine 3 0.2"),
        ({"do": "kill_engine"}, "kill engine"),
        ({"do": "open_viewer"}, "run viewer"),
        ({"do": "stop_viewer"}, "stop viewer"),
        ({"do": "continue_viewer"}, "run viewer"),
        ({"do": "jump_clock", "seconds": -5}, "jump clock -5"),
    ],
)
async def test_each_order_does_what_it_says(words: dict[str, object], does: str) -> None:
    table, diary = Table(words, "step 1"), Diary()
    order = ORDERS[table.choice("do", tuple(ORDERS))](table)
    table.finish()
    await order.act(diary)
    assert diary.done == [does]


def test_what_is_done_to_a_process_or_a_clock_says_so() -> None:
    words = {"seconds": 1, "share": 0.5, "do": "x"}
    on_process = {name for name, read in ORDERS.items() if read(Table(words, "")).on_process}
    on_clock = {name for name, read in ORDERS.items() if read(Table(words, "")).on_clock}
    assert on_process == {"stop_engine", "continue_engine", "starve_engine", "kill_engine"}
    assert on_clock == {"jump_clock"}


@pytest.mark.parametrize(
    ("do", "words", "complaint"),
    [
        ("starve_engine", {"seconds": 3, "share": 1}, "share must be below 1"),
        ("starve_engine", {"seconds": 0, "share": 0.5}, "seconds must be a number from 0.1 on"),
        ("jump_clock", {}, "seconds must be a number"),
    ],
)
def test_wrong_words_are_refused(do: str, words: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadScenario, match=complaint):
        ORDERS[do](Table(words, "step 1"))
