"""Own accounts in `bntui status`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bntui.model.account import RecoveryView, UserStreamView
from bntui.model.states import UserStreamState
from bntui.model.text import counted, span


def account_report(stream: UserStreamView, recovery: RecoveryView | None, now: float) -> dict[str, Any]:
    """One account on one market as plain values; `now` is of the clock that the views' times are of."""
    return {
        "account": stream.owner.account,
        "market": stream.owner.market,
        "method": stream.method,
        "state": stream.state,
        "reason": stream.reason,
        "hint": stream.hint,
        "since_s": _age(stream.since, now),
        "connection_age_s": _age(stream.opened_at, now),
        "event_age_s": _age(stream.event_at, now),
        "event": stream.event_kind,
        "proof_age_s": _age(stream.proof_at, now),
        "proof": stream.proof,
        "renewal_in_s": _left(stream.renewal_at, now),
        "expires_in_s": _left(stream.expires_at, now),
        "reconnects": stream.reconnects,
        "recovery": None
        if recovery is None
        else {
            "state": recovery.state,
            "checked": recovery.checked,
            "missing": recovery.missing,
            "recovered": recovery.recovered,
        },
    }


def account_lines(
    streams: Iterable[UserStreamView], recoveries: Iterable[RecoveryView], now: float
) -> list[str]:
    """The same for people: one line an account, and one for what could not be recovered."""
    found = {recovery.owner: recovery for recovery in recoveries}
    out = []
    for stream in streams:
        why = f" ({stream.reason})" if stream.reason else ""
        event = "no event yet"
        if stream.event_at is not None:
            event = f"last event {stream.event_kind} {span(now - stream.event_at)} ago"
        proof = "never proven"
        if stream.proof_at is not None:
            proof = f"proven {span(now - stream.proof_at)} ago by {stream.proof}"
        renewal = f", renewed in {span(stream.renewal_at - now)}" if stream.renewal_at is not None else ""
        who = f"fills of {stream.owner.label}{f' by {stream.method}' if stream.method else ''}"
        out.append(f"  {who}: {stream.state}{why}, {proof}, {event}{renewal}")
        if stream.state is not UserStreamState.LIVE and stream.hint:
            out.append(f"    {stream.hint}")
        if (recovery := found.get(stream.owner)) is not None:
            missing = f": {recovery.missing}" if recovery.missing else ""
            out.append(
                f"    recovery {recovery.state}{missing}, checked {recovery.checked or 'nothing yet'}, "
                f"{counted(recovery.recovered, 'fill', 'fills')} recovered"
            )
    return out


def _age(at: float | None, now: float) -> float | None:
    return None if at is None else round(max(0.0, now - at), 3)


def _left(at: float | None, now: float) -> float | None:
    return None if at is None else round(at - now, 3)
