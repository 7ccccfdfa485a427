"""What flows for whoever looks: at once, after a moment while flipping, and a little longer than needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.engine.focus import Focuses, Move, Step

SETTLE_S, DWELL_S, LINGER_S, LINGERING = 1.0, 0.4, 15.0, 2

THINGS = ("book", "trades")


class Desk:
    """Focuses, and what their moves have led to."""

    def __init__(self) -> None:
        self.focuses: Focuses[str, str] = Focuses(SETTLE_S, DWELL_S, LINGER_S, LINGERING)
        self.flowing: set[tuple[str, str]] = set()
        self.shown: set[tuple[str, str]] = set()
        self.opened = 0

    def look(self, viewer: int, group: str | None, now: float, things: tuple[str, ...] = THINGS) -> None:
        self.carry_out(self.focuses.look(viewer, group, things, now))

    def tick(self, now: float) -> None:
        self.carry_out(self.focuses.tick(now))

    def carry_out(self, moves: list[Move[str, str]]) -> None:
        for step, group, thing in moves:
            key = (group, thing)
            match step:
                case Step.SHOW:
                    assert key not in self.shown
                    self.shown.add(key)
                case Step.WANT:
                    assert key in self.shown
                    assert key not in self.flowing
                    self.flowing.add(key)
                    self.opened += 1
                case Step.RELEASE:
                    self.flowing.remove(key)
                case Step.HIDE:
                    assert key not in self.flowing
                    self.shown.remove(key)

    def groups(self) -> set[str]:
        return {group for group, _ in self.flowing}


def test_a_symbol_is_opened_at_once_when_nothing_was_opened_lately() -> None:
    desk = Desk()
    desk.look(1, "A", 100.0)
    assert desk.flowing == {("A", "book"), ("A", "trades")}


def test_flipping_opens_the_first_and_the_one_that_is_stayed_at() -> None:
    desk = Desk()
    for n in range(100):
        now = 100.0 + n * 0.2
        desk.look(1, f"S{n}", now)
        desk.tick(now + 0.1)
    assert desk.opened == len(THINGS)
    desk.tick(100.0 + 99 * 0.2 + DWELL_S)
    assert desk.groups() == {"S99"}
    assert desk.opened == 2 * len(THINGS)
    assert {group for group, _ in desk.shown} == desk.groups()


def test_what_is_left_flows_on_for_a_while_and_is_there_for_whoever_comes_back() -> None:
    desk = Desk()
    desk.look(1, "A", 100.0)
    desk.look(1, None, 110.0)
    desk.tick(124.9)
    assert desk.groups() == {"A"}
    desk.look(2, "A", 124.9)
    desk.tick(200.0)
    assert desk.groups() == {"A"}
    assert desk.opened == len(THINGS)
    desk.look(2, None, 200.0)
    desk.tick(215.0)
    assert desk.flowing == desk.shown == set()


def test_it_flows_while_any_viewer_looks() -> None:
    desk = Desk()
    desk.look(1, "A", 100.0)
    desk.look(2, "A", 101.0)
    desk.look(1, "B", 102.0)
    desk.tick(200.0)
    assert desk.groups() == {"A", "B"}


def test_only_so_many_symbols_linger_and_the_one_left_first_goes() -> None:
    desk = Desk()
    for n in range(4):
        desk.look(1, f"S{n}", 100.0 + 2 * n)
    assert desk.groups() == {"S1", "S2", "S3"}


def test_another_interval_brings_its_stream_and_the_old_one_lingers() -> None:
    desk = Desk()
    desk.look(1, "A", 100.0, ("book", "1m"))
    desk.look(1, "A", 102.0, ("book", "5m"))
    assert desk.flowing == {("A", "book"), ("A", "1m"), ("A", "5m")}
    desk.tick(102.0 + LINGER_S)
    assert desk.flowing == {("A", "book"), ("A", "5m")}


def test_the_deadline_is_that_of_the_next_move() -> None:
    desk = Desk()
    assert desk.focuses.deadline() is None
    desk.look(1, "A", 100.0)
    assert desk.focuses.deadline() is None
    desk.look(1, "B", 100.5)
    assert desk.focuses.deadline() == 100.5 + DWELL_S
    desk.tick(100.5 + DWELL_S)
    assert desk.focuses.deadline() == 100.5 + LINGER_S


looks = st.tuples(
    st.integers(0, 3), st.none() | st.sampled_from("ABCDEFGH"), st.floats(0, 3), st.sampled_from(["1m", "5m"])
)


@given(st.lists(looks, max_size=60))
def test_whatever_viewers_do_what_they_stay_at_flows_and_all_ends_when_they_leave(
    story: list[tuple[int, str | None, float, str]],
) -> None:
    desk, now, seen = Desk(), 100.0, dict[int, str | None]()
    for viewer, group, passed, thing in story:
        now += passed
        desk.tick(now)
        desk.look(viewer, group, now, ("book", thing))
        seen[viewer] = group
        wanted = {each for each in seen.values() if each is not None}
        assert len(desk.groups() - wanted) <= LINGERING
    desk.tick(now + DWELL_S)
    assert {each for each in seen.values() if each is not None} <= desk.groups()
    for viewer in seen:
        desk.look(viewer, None, now + 1)
    desk.tick(now + 1 + LINGER_S)
    assert desk.flowing == desk.shown == set()
    assert desk.focuses.deadline() is None
