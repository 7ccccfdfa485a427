"""Do own fills still arrive? The part of the verdict's facts that concerns accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bntui.model.states import RecoveryState, UserStreamState
from bntui.model.text import span

if TYPE_CHECKING:
    from bntui.model.account import RecoveryView, UserStreamView

NAMED = 2
"""Accounts that a sentence calls by name; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of the streams of own accounts."""

    configured: int = 0
    """Accounts, each market of one for itself."""
    unproven: tuple[UserStreamView, ...] = ()
    """Of which fills may be missing now; the oldest first."""
    starting: tuple[UserStreamView, ...] = ()
    """Those that have just begun, and still have time."""
    recovering: tuple[RecoveryView, ...] = ()
    """Of which it is being asked what happened while nobody listened."""
    incomplete: tuple[RecoveryView, ...] = ()
    """Of which that could not be told whole."""


NO_ACCOUNTS = Proof()
"""Where none is configured."""


def prove(
    streams: Iterable[UserStreamView], recoveries: Iterable[RecoveryView], now: float, first_data_s: float
) -> Proof:
    """Sort accounts by how far their fills can be trusted to come. A stream has `first_data_s` to begin."""
    streams = list(streams)
    starting = [
        stream
        for stream in streams
        if stream.state is UserStreamState.STARTING and now - stream.since <= first_data_s
    ]
    unproven = [
        stream for stream in streams if stream.state is not UserStreamState.LIVE and stream not in starting
    ]
    recoveries = list(recoveries)
    return Proof(
        len(streams),
        tuple(sorted(unproven, key=lambda stream: (stream.since, stream.owner))),
        tuple(starting),
        tuple(r for r in recoveries if r.state is RecoveryState.RUNNING and not r.routine),
        tuple(r for r in recoveries if r.state is RecoveryState.INCOMPLETE),
    )


def unproven_words(proof: Proof, now: float) -> str:
    """`on fills of main.spot for 12s: …`."""
    first = proof.unproven[0]
    lasting = span(now - first.since)
    return f"on fills of {_named(proof.unproven)} for {lasting}: {first.reason or 'not proven'}"


def starting_words(proof: Proof) -> str:
    """`waiting for the user stream of main.spot`."""
    return f"waiting for the user stream of {_named(proof.starting)}"


def recovering_words(proof: Proof) -> str:
    """`asking for what was missed of main.spot`."""
    return f"asking for fills that were missed of {_named(proof.recovering)}"


def incomplete_words(proof: Proof) -> str:
    """`recovery incomplete of main.spot: …`."""
    return f"recovery incomplete of {_named(proof.incomplete)}: {proof.incomplete[0].missing}"


def _named(views: tuple[UserStreamView, ...] | tuple[RecoveryView, ...]) -> str:
    more = len(views) - NAMED
    labels = ", ".join(view.owner.label for view in views[:NAMED])
    return f"{labels} and {more} more" if more > 0 else labels
