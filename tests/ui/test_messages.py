from __future__ import annotations

from bntui.model.delta import Notice
from bntui.ui.messages import SHOWN_S, MessageBoard


def test_a_message_goes_after_a_while_and_a_bad_one_later() -> None:
    board = MessageBoard()
    board.say("added", bad=False, now=0.0)
    assert board.current(SHOWN_S - 0.1) == ("added", False)
    assert board.current(SHOWN_S) is None
    board.say("refused", bad=True, now=0.0)
    assert board.current(2 * SHOWN_S - 0.1) == ("refused", True)
    assert board.current(2 * SHOWN_S) is None


def test_a_problem_stays_until_it_is_over_and_makes_room_for_messages() -> None:
    board = MessageBoard()
    board.problem("follower", "follower ended")
    assert board.current(1e9) == ("follower ended", True)
    board.say("sorted", bad=False, now=0.0)
    assert board.current(1.0) == ("sorted", False)
    assert board.current(SHOWN_S) == ("follower ended", True)
    board.problem("follower", "")
    assert board.current(SHOWN_S) is None


def test_each_notice_is_shown_once_and_a_bad_one_wins() -> None:
    board = MessageBoard()
    notices = [Notice(1, "XYZ is no symbol", True), Notice(2, "ABC added", False)]
    board.take_notices("one", notices, now=0.0)
    assert board.current(0.0) == ("XYZ is no symbol", True)
    board.take_notices("one", notices, now=100.0)
    assert board.current(100.0) is None
    board.take_notices("one", [*notices, Notice(3, "DEF added", False)], now=100.0)
    assert board.current(100.0) == ("DEF added", False)


def test_a_new_engine_counts_its_notices_anew() -> None:
    board = MessageBoard()
    board.take_notices("one", [Notice(7, "old", False)], now=0.0)
    board.take_notices("two", [Notice(1, "new", False)], now=100.0)
    assert board.current(100.0) == ("new", False)
