"""Columns of the user streams, and what is told of one in words."""

from __future__ import annotations

from bntui.model.account import UserStreamView
from bntui.model.states import UserStreamState
from bntui.ui.format import NONE, age, clean, duration, utc
from bntui.ui.tables.own import STREAM_GLYPHS, STREAM_STYLES
from bntui.ui.tables.states import UNKNOWN
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.lines import Part

NOTE_FROM = "opened"
"""The column from which on a stream that is not live says why."""


def user_stream_columns() -> tuple[Column[UserStreamView], ...]:
    """One row an account on a market."""

    def name(row: UserStreamView, _width: int, _now: float) -> Cell:
        return clean(row.owner.label), "strong"

    def state(row: UserStreamView, _width: int, _now: float) -> Cell:
        return f"{STREAM_GLYPHS[row.state]} {row.state}", STREAM_STYLES[row.state]

    def method(row: UserStreamView, _width: int, _now: float) -> Cell:
        return clean(row.method), "faint"

    def opened(row: UserStreamView, _width: int, now: float) -> Cell:
        return (NONE if row.opened_at is None else duration(now - row.opened_at)), ""

    def renewal(row: UserStreamView, _width: int, now: float) -> Cell:
        return (NONE if row.renewal_at is None else duration(row.renewal_at - now)), ""

    def ends(row: UserStreamView, _width: int, now: float) -> Cell:
        return (NONE if row.expires_at is None else duration(row.expires_at - now)), "faint"

    def event(row: UserStreamView, _width: int, now: float) -> Cell:
        return event_text(row, now), ""

    def proof(row: UserStreamView, _width: int, now: float) -> Cell:
        return proof_text(row, now), ""

    def reconnects(row: UserStreamView, _width: int, _now: float) -> Cell:
        return str(row.reconnects), "degraded" if row.reconnects else "faint"

    return (
        Column("user", "user stream", 14, name, widest=24),
        Column("state", "state", 10, state, in_the_dark=UNKNOWN),
        Column("opened", "up", 6, opened, align="right"),
        Column("renewal", "renews", 6, renewal, align="right"),
        Column("ends", "left", 6, ends, rank=2, align="right"),
        Column("reconnects", "rec", 3, reconnects, align="right"),
        Column("event", "last event", 16, event, widest=32),
        Column("proof", "last proof", 16, proof, rank=1, widest=44),
        Column("method", "method", 13, method, rank=3),
    )


def event_text(row: UserStreamView, now: float) -> str:
    """`4.2s executionReport`."""
    if row.event_at is None:
        return "none yet"
    return f"{age(now - row.event_at)} {clean(row.event_kind)}".rstrip()


def proof_text(row: UserStreamView, now: float) -> str:
    """`12s session.subscriptions answered`."""
    return "none yet" if row.proof_at is None else f"{age(now - row.proof_at)} {clean(row.proof)}".rstrip()


def _ago(at: float | None, what: str, now: float) -> str:
    """`4.2s ago, executionReport`."""
    return "none yet" if at is None else f"{age(now - at)} ago, {clean(what)}".removesuffix(", ")


def user_stream_note(row: UserStreamView, _now: float) -> Cell | None:
    """What stands in place of the times of a stream that is not live: why, and what the user can do."""
    if row.state is UserStreamState.LIVE:
        return None
    said = ". ".join(part.rstrip(". ") for part in (clean(row.reason), clean(row.hint)) if part)
    if not said and row.state is UserStreamState.STARTING:
        said = "not proven yet"
    return said or "no reason given", STREAM_STYLES[row.state]


def user_stream_detail(row: UserStreamView, now: float) -> tuple[Part, ...]:
    """A stream in one line: the most important first."""
    parts: list[Part] = [(clean(row.owner.label), "strong")]
    parts.append((f"{row.state} for {duration(now - row.since)}", STREAM_STYLES[row.state]))
    note = user_stream_note(row, now)
    if note is not None:
        parts.append(note)
    if note is None:
        parts.append((f"event {event_text(row, now)}", ""))
    parts.append((f"proof {proof_text(row, now)}", ""))
    parts.append((f"by {clean(row.method)}", "title"))
    if row.renewals:
        newest = row.renewals[-1]
        failed = f" FAILED: {clean(newest.failure)}" if newest.failure else ""
        parts.append(
            (f"{utc(newest.time_ms)} UTC {clean(newest.what)}{failed}", "stale" if failed else "title")
        )
    if row.host:
        parts.append((clean(row.host), "faint"))
    return tuple(parts)


def user_stream_page(row: UserStreamView, now: float) -> list[Part]:
    """Everything that is known of a stream, a paragraph each; its renewals, the newest first."""
    note = user_stream_note(row, now)
    page: list[Part] = [
        (f"{row.state} for {duration(now - row.since)}, by {clean(row.method)}", STREAM_STYLES[row.state])
    ]
    if row.reason:
        page.append((f"Why: {clean(row.reason)}", ""))
    if row.hint:
        page.append((f"To do: {clean(row.hint)}", "strong"))
    if note is not None and not row.reason and not row.hint:
        page.append((f"Why: {note[0]}", ""))
    page.append((f"Host: {clean(row.host) or NONE}", ""))
    for word, at in (
        ("Connection up for", None if row.opened_at is None else now - row.opened_at),
        ("Next renewal in", None if row.renewal_at is None else row.renewal_at - now),
        ("The exchange ends it in", None if row.expires_at is None else row.expires_at - now),
    ):
        page.append((f"{word}: {NONE if at is None else duration(at)}", ""))
    page.append((f"Last event: {_ago(row.event_at, row.event_kind, now)}", ""))
    page.append((f"Last proof that events would come: {_ago(row.proof_at, row.proof, now)}", ""))
    page.append((f"Reconnects since the engine started: {row.reconnects}", ""))
    page.append(("Renewals, the newest first (UTC):" if row.renewals else "No renewal so far.", "title"))
    for renewal in reversed(row.renewals):
        failed = f" FAILED: {clean(renewal.failure)}" if renewal.failure else ""
        page.append(
            (
                f"{utc(renewal.time_ms, '%m-%d %H:%M:%S')}  {clean(renewal.what)}{failed}",
                "stale" if failed else "",
            )
        )
    return page
