"""What a status says of own accounts."""

from __future__ import annotations

from dataclasses import replace

from bntui.engine.account_status import account_lines, account_report
from bntui.model.states import RecoveryState, UserStreamState
from tests.model.account_samples import a_recovery, a_user_stream

NOW = 1_000.0
PROVEN = replace(
    a_user_stream(UserStreamState.LIVE, since=400.0),
    opened_at=400.0,
    expires_at=86_800.0,
    renewal_at=83_200.0,
    event_at=990.0,
    event_kind="executionReport",
    proof_at=970.0,
    proof="session.subscriptions",
)


def test_times_go_out_as_spans() -> None:
    told = account_report(PROVEN, None, NOW)
    assert (told["account"], told["market"], told["state"]) == ("main", "spot", "live")
    assert (told["proof_age_s"], told["event_age_s"], told["renewal_in_s"]) == (30.0, 10.0, 82_200.0)
    assert told["recovery"] is None
    assert not [name for name in told if name.endswith("_at")]


def test_a_line_says_when_and_by_what_an_account_was_proven() -> None:
    (line,) = account_lines([PROVEN], [], NOW)
    assert line == (
        "  fills of main.spot by signature: live, proven 30s ago by session.subscriptions, "
        "last event executionReport 10s ago, renewed in 22h50m"
    )


def test_what_is_wrong_comes_with_what_to_do_and_what_may_be_missing() -> None:
    refused = replace(a_user_stream(UserStreamState.REFUSED, "-2015 Invalid API-key"), hint="Check the key.")
    told = account_lines([refused], [a_recovery(RecoveryState.INCOMPLETE, "trades of BTCUSDT")], NOW)
    assert told == [
        "  fills of main.spot by signature: refused (-2015 Invalid API-key), never proven, no event yet",
        "    Check the key.",
        "    recovery incomplete: trades of BTCUSDT, checked account, open orders, 0 fills recovered",
    ]
