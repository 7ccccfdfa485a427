"""How a user stream stands: what moves it, what is kept of its history, and what is shown."""

from __future__ import annotations

from math import inf

from bntui.feed.core.userstanding import UserStanding
from bntui.model.access import UserMethod
from bntui.model.account import RENEWALS_KEPT, AccountKey
from bntui.model.markets import Market
from bntui.model.states import UserStreamState

OWNER = AccountKey("main", Market.SPOT)


def test_a_proof_makes_it_live_and_says_what_it_was() -> None:
    standing = UserStanding(UserMethod.SIGNATURE)
    standing.proven("listed", 5.0)
    view = standing.view(OWNER, "host", (1.0, 2.0, inf), 7.0, 7_000)
    assert (view.state, view.since, view.proof, view.proof_at) == (UserStreamState.LIVE, 5.0, "listed", 5.0)
    assert (view.opened_at, view.expires_at, view.renewal_at) == (1.0, 2.0, None)
    assert (view.host, view.method, view.owner) == ("host", "signature", OWNER)


def test_no_proof_makes_a_refused_key_good() -> None:
    standing = UserStanding(UserMethod.SIGNATURE)
    standing.move(UserStreamState.REFUSED, "no", "look", 1.0)
    standing.proven("listed", 5.0)
    assert standing.refused
    assert standing.reason == "no"


def test_a_state_begins_once_though_its_reason_changes() -> None:
    standing = UserStanding(UserMethod.LOGON)
    standing.move(UserStreamState.DOWN, "lost", "", 3.0)
    standing.move(UserStreamState.DOWN, "refused", "", 9.0)
    assert (standing.since, standing.reason) == (3.0, "refused")


def test_a_change_is_told_once_and_events_are_none() -> None:
    standing = UserStanding(UserMethod.LOGON)
    standing.told("executionReport", 1.0)
    assert not standing.take_changed()
    standing.note("subscribed", "", 1.0)
    assert standing.take_changed()
    assert not standing.take_changed()
    standing.proven("listed", 2.0)
    assert standing.take_changed()
    standing.proven("listed", 3.0)
    assert not standing.take_changed()


def test_the_oldest_lines_of_the_history_go() -> None:
    standing = UserStanding(UserMethod.LOGON)
    for number in range(RENEWALS_KEPT + 5):
        standing.note(f"line {number}", "", float(number))
    lines = standing.view(OWNER, "", (inf, inf, inf), 100.0, 100_000).renewals
    assert len(lines) == RENEWALS_KEPT
    assert (lines[0].what, lines[0].time_ms) == ("line 5", 5_000)


def test_it_says_in_one_line_how_it_stands() -> None:
    assert repr(UserStanding(UserMethod.LOGON)) == "<UserStanding by logon: STARTING>"
