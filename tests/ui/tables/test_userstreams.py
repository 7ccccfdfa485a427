from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.account import Renewal, UserStreamView
from bntui.model.states import UserStreamState
from bntui.ui.tables.userstreams import (
    user_stream_columns,
    user_stream_detail,
    user_stream_note,
    user_stream_page,
)
from bntui.ui.widgets.columns import lay_out
from tests.model.account_samples import FUTURES
from tests.support.accounts import HOSTILE, stream
from tests.support.market import NOW


def cells(row: UserStreamView) -> dict[str, str]:
    return {column.id: column.cell(row, column.width, NOW)[0] for column in user_stream_columns()}


def page(row: UserStreamView) -> list[str]:
    return [text for text, _ in user_stream_page(row, NOW)]


def test_a_live_stream_shows_what_it_lives_on() -> None:
    assert cells(stream()) == {
        "user": "main.spot",
        "state": "● live",
        "opened": "2h00m",
        "renewal": "21h00m",
        "ends": "21h59m",
        "reconnects": "0",
        "event": "4.2s executionReport",
        "proof": "12s session.subscriptions answered",
        "method": "signature",
    }
    assert user_stream_note(stream(), NOW) is None


def test_what_never_came_is_said() -> None:
    shown = cells(stream(opened_at=None, renewal_at=None, expires_at=None, event_at=None, proof_at=None))
    assert {shown[name] for name in ("opened", "renewal", "ends")} == {"—"}
    assert {shown[name] for name in ("event", "proof")} == {"none yet"}


@pytest.mark.parametrize("state", [state for state in UserStreamState if state is not UserStreamState.LIVE])
def test_one_that_is_not_live_says_why_and_what_to_do_in_place_of_its_times(state: UserStreamState) -> None:
    row = stream(state=state, reason="Invalid API-key (-2015).", hint="check the key")
    note = user_stream_note(row, NOW)
    assert note is not None
    assert note[0] == "Invalid API-key (-2015). check the key"
    silent = user_stream_note(replace(row, reason="", hint=""), NOW)
    assert silent is not None
    assert silent[0]


def test_the_line_below_tells_the_newest_renewal_and_whether_it_failed() -> None:
    row = stream(FUTURES, renewals=[Renewal(0, "key kept alive", "HTTP 503")])
    said = " · ".join(text for text, _ in user_stream_detail(row, NOW))
    assert "main.usdm · live for 2h00m" in said
    assert "by listen key" in said
    assert "00:00:00 UTC key kept alive FAILED: HTTP 503" in said


def test_the_page_tells_all_renewals_the_newest_first() -> None:
    lines = page(stream())
    at = lines.index("Renewals, the newest first (UTC):")
    assert lines[at + 1 :] == [
        "01-01 02:04:25  key kept alive",
        "01-01 02:04:05  key kept alive FAILED: HTTP 503, tried again in 20s",
        "01-01 01:04:05  subscribed",
    ]
    assert "Next renewal in: 21h00m" in lines
    assert page(stream(renewals=[]))[-1] == "No renewal so far."


def test_the_page_tells_why_and_what_to_do() -> None:
    lines = page(stream(state=UserStreamState.REFUSED, reason="-2015", hint="check it"))
    assert lines[1:3] == ["Why: -2015", "To do: check it"]
    assert "Why: not proven yet" in page(stream(state=UserStreamState.STARTING))


def test_text_of_the_exchange_is_data() -> None:
    row = stream(
        state=UserStreamState.DOWN,
        reason=HOSTILE,
        hint=HOSTILE,
        event_kind=HOSTILE,
        proof=HOSTILE,
        host=HOSTILE,
        method=HOSTILE,
        renewals=[Renewal(0, HOSTILE, HOSTILE)],
    )
    said = "".join([*cells(row).values(), *page(row), *(t for t, _ in user_stream_detail(row, NOW))])
    assert "\x1b" not in said


def test_at_80_columns_events_and_proofs_have_their_place() -> None:
    slots = lay_out(user_stream_columns(), 79)
    assert {"renewal", "event", "proof", "reconnects"} <= {slot.column.id for slot in slots}
    assert slots[-1].end <= 79
