from __future__ import annotations

from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.ui.suspicion import ENGINE, HOLD_S, NOBODY, Suspicion

LIVE = VerdictView(Grade.LIVE, "LIVE 9/9 streams", 0.0)
UNEXPLAINED = VerdictView(Grade.DEGRADED, "DEGRADED: 1 of 9 streams quiet for no known reason", 0.0)
NETWORK = VerdictView(Grade.BLIND, "BLIND on 9 of 9 streams", 0.0, "your network")


def said(line: Suspicion, verdict: VerdictView, at: float, is_dark: bool = False) -> str | None:
    parts = line.parts(verdict, is_dark, at)
    return None if parts is None else "".join(text for text, _ in parts)


def test_while_all_is_well_there_is_no_line() -> None:
    line = Suspicion()
    assert said(line, LIVE, 0.0) is None
    assert said(line, VerdictView(Grade.LIVE, "LIVE", 0.0, "a stale word"), 1.0) is None
    assert said(line, UNEXPLAINED, 2.0) is None


def test_a_suspect_is_named_with_a_label() -> None:
    assert Suspicion().parts(NETWORK, False, 0.0) == (("suspect: ", "title"), ("your network", ""))


def test_the_line_stays_for_a_while_when_all_is_well_again_and_says_since_when() -> None:
    line = Suspicion()
    said(line, NETWORK, 10.0)
    assert said(line, LIVE, 13.0) == "suspect until 3s ago: your network"
    assert said(line, LIVE, 10.0 + HOLD_S) is None
    assert said(line, LIVE, 11.0) is None, "it has ended, and does not come back by itself"


def test_the_line_stays_as_long_as_all_is_not_well() -> None:
    line = Suspicion()
    said(line, NETWORK, 10.0)
    assert said(line, UNEXPLAINED, 12.0) == "suspect until 2s ago: your network"
    assert said(line, UNEXPLAINED, 500.0) == f"suspect: {NOBODY}"
    assert said(line, NETWORK, 501.0) == "suspect: your network"
    assert said(line, LIVE, 502.0) == "suspect until 1s ago: your network"


def test_a_suspect_that_comes_and_goes_each_second_leaves_the_line_in_place() -> None:
    line = Suspicion()
    assert None not in [said(line, NETWORK if at % 2 == 0 else LIVE, float(at)) for at in range(20)]


def test_an_engine_that_does_not_answer_is_the_suspect_itself() -> None:
    line = Suspicion()
    silent = VerdictView(Grade.BLIND, "ENGINE SILENT 4s", 0.0)
    assert said(line, silent, 0.0, is_dark=True) == f"suspect: {ENGINE}"
    starting = VerdictView(Grade.DEGRADED, "DEGRADED: connecting to the engine", 0.0)
    assert said(Suspicion(), starting, 0.0, is_dark=True) is None


def test_what_the_engine_says_cannot_steer_the_terminal() -> None:
    odd = VerdictView(Grade.BLIND, "BLIND", 0.0, "a\x1b[2J\nb")
    assert said(Suspicion(), odd, 0.0) == "suspect: a\ufffd[2J b"
