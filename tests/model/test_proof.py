"""Which accounts' fills can be trusted to come."""

from __future__ import annotations

import pytest

from bntui.model.proof import NO_ACCOUNTS, Proof, prove, unproven_words
from bntui.model.states import RecoveryState, UserStreamState
from tests.model.account_samples import FUTURES, MAIN, a_recovery, a_user_stream

NOW, FIRST_S = 100.0, 20.0


def proof_of(*states: UserStreamState, since: float = NOW) -> Proof:
    return prove([a_user_stream(state, since=since) for state in states], [], NOW, FIRST_S)


def test_without_accounts_there_is_nothing_to_prove() -> None:
    assert prove([], [], NOW, FIRST_S) == NO_ACCOUNTS


def test_a_live_stream_proves_its_account() -> None:
    assert proof_of(UserStreamState.LIVE) == Proof(configured=1)


@pytest.mark.parametrize("state", [UserStreamState.DOWN, UserStreamState.REFUSED, UserStreamState.NO_KEY])
def test_any_other_state_leaves_it_unproven_from_its_first_moment(state: UserStreamState) -> None:
    assert len(proof_of(state).unproven) == 1


def test_a_stream_that_starts_has_its_time_and_no_longer() -> None:
    assert len(proof_of(UserStreamState.STARTING, since=NOW - FIRST_S).starting) == 1
    assert len(proof_of(UserStreamState.STARTING, since=NOW - FIRST_S - 0.1).unproven) == 1


def test_the_account_that_is_unproven_for_longest_speaks() -> None:
    found = prove(
        [
            a_user_stream(UserStreamState.DOWN, "later", since=NOW - 1),
            a_user_stream(UserStreamState.DOWN, "first", since=NOW - 70, owner=FUTURES),
        ],
        [],
        NOW,
        FIRST_S,
    )
    assert unproven_words(found, NOW) == "on fills of main.usdm, main.spot for 1m10s: first"


def test_a_look_for_safetys_sake_changes_nothing_until_it_finds_that_something_is_missing() -> None:
    routine = a_recovery(RecoveryState.RUNNING, routine=True)
    after_a_loss = a_recovery(RecoveryState.RUNNING)
    short = a_recovery(RecoveryState.INCOMPLETE, "trades of X", routine=True)
    whole = a_recovery(RecoveryState.COMPLETE)
    found = prove([], [routine, after_a_loss, short, whole], NOW, FIRST_S)
    assert (found.recovering, found.incomplete) == ((after_a_loss,), (short,))
    assert MAIN.label in found.incomplete[0].owner.label
