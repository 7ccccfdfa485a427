"""Everybody who listens hears everything from then on, in order."""

from __future__ import annotations

from bntui.sim.announcer import Announcer


def test_each_listener_hears_what_is_told_while_he_listens() -> None:
    announcer = Announcer()
    first: list[object] = []
    second: list[object] = []
    leave = announcer.join(first.append)
    announcer.tell({"e": "one"})
    announcer.join(second.append)
    announcer.tell({"e": "two"})
    leave()
    leave()
    announcer.tell({"e": "three"})
    assert first == [{"e": "one"}, {"e": "two"}]
    assert second == [{"e": "two"}, {"e": "three"}]
    assert announcer.told == 3


def test_the_same_sink_may_listen_twice_and_leave_once() -> None:
    announcer = Announcer()
    heard: list[object] = []
    leave = announcer.join(heard.append)
    announcer.join(heard.append)
    leave()
    announcer.tell({"e": "one"})
    assert heard == [{"e": "one"}]


def test_somebody_may_leave_while_he_hears() -> None:
    announcer = Announcer()
    heard: list[object] = []
    leaving = announcer.join(lambda event: leaving())
    announcer.join(heard.append)
    announcer.tell({"e": "one"})
    announcer.tell({"e": "two"})
    assert len(heard) == 2


def test_what_is_made_up_is_not_told() -> None:
    announcer = Announcer()
    heard: list[object] = []
    announcer.join(heard.append)
    announcer.silent = True
    announcer.tell({"e": "one"})
    assert heard == []
    assert announcer.told == 0
