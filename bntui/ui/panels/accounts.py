"""How far each own account can be trusted, in a few lines above what is told of it."""

from __future__ import annotations

from collections.abc import Sequence

from bntui.model.account import AccountKey, RecoveryView, UserStreamView
from bntui.model.accounts import Accounts
from bntui.model.states import RecoveryState, UserStreamState
from bntui.ui.format import clean, duration, wrap_evenly
from bntui.ui.news import margin_words
from bntui.ui.tables.own import STREAM_GLYPHS, STREAM_STYLES
from bntui.ui.widgets.lines import Line, Part, cut, faded, join, part_width

BETWEEN: Part = ("   ", "")

IN_PART = "◐"
"""Of a stream that is live, while it is not known that nothing is missing from before."""

_WORST = {
    UserStreamState.REFUSED: 0,
    UserStreamState.NO_KEY: 1,
    UserStreamState.DOWN: 2,
    UserStreamState.STARTING: 3,
    UserStreamState.LIVE: 4,
}


def is_trusted(accounts: Accounts, owner: AccountKey) -> bool:
    """Does what is told of this account follow it now?"""
    stream = accounts.streams.get(owner)
    return stream is not None and stream.state is UserStreamState.LIVE


def is_whole(accounts: Accounts, owner: AccountKey) -> bool:
    """Does it follow it, and is nothing missing from before?"""
    recovery = accounts.recoveries.get(owner)
    known = recovery is not None and recovery.state is RecoveryState.COMPLETE
    return known and is_trusted(accounts, owner)


def recovery_words(recovery: RecoveryView | None, wall_ms: int) -> tuple[str, str]:
    """How far what happened before is known, and its style."""
    if recovery is None:
        return "not compared with REST yet", "waiting"
    ago = duration((wall_ms - recovery.time_ms) / 1000)
    if recovery.state is RecoveryState.COMPLETE:
        return f"compared with REST {ago} ago", "title"
    if recovery.state is RecoveryState.RUNNING:
        return f"recovering for {ago}: {clean(recovery.checked) or 'asking REST'}", "degraded"
    missing = clean(recovery.missing) or "no reason given"
    return f"recovery incomplete: {missing}", "stale"


def account_words(stream: UserStreamView, now: float) -> str:
    """The state of an account's stream, and where it is not live since when, why, and what to do."""
    if stream.state is UserStreamState.LIVE:
        return str(stream.state)
    said = [f"{stream.state} for {duration(now - stream.since)}"]
    said += [text.rstrip(". ") for text in (clean(stream.reason), clean(stream.hint)) if text]
    return ". ".join(said) if len(said) != 2 else ": ".join(said)


def account_lines(
    accounts: Accounts, dark: bool, now: float, wall_ms: int, width: int, most: int
) -> list[Line]:
    """At most so many lines: margin calls, then what is wrong, the worst first, then all that is well in one.

    Where there is no room for all that is to say, each account has one line, so that each is named.
    """
    lines = _lines(accounts, now, wall_ms, width, most)
    if len(lines) > most:
        lines = _lines(accounts, now, wall_ms, width, 1)
    if len(lines) > most:
        more = "  (all of it: 2)"
        lines = [*lines[: most - 1], (*cut(lines[most - 1], width - len(more)), (more, "title"))]
    return [faded(line) for line in lines] if dark else lines


def _lines(accounts: Accounts, now: float, wall_ms: int, width: int, each: int) -> list[Line]:
    """With so many lines at most for each account of which something is wrong."""
    lines: list[Line] = []
    called = margin_words(accounts.positions.values())
    if called:
        lines.append(((" ", ""), (f"✖ {called}", "chip-blind")))
    bad = [key for key in accounts.streams if not is_whole(accounts, key)]
    bad.sort(key=lambda key: (_WORST[accounts.streams[key].state], key))
    for key in bad:
        said = _trouble(accounts.streams[key], accounts.recoveries.get(key), now, wall_ms)
        told = wrap_evenly(said[0], max(width - 2, 1), 2) if each > 1 else (said[0],)
        lines += [cut(((f" {line}", said[1]),), width) for line in told]
    good = [accounts.streams[key] for key in sorted(accounts.streams.keys() - set(bad))]
    if good:
        lines.append(_all_well(good, accounts, wall_ms, width))
    return lines


def _all_well(streams: Sequence[UserStreamView], accounts: Accounts, wall_ms: int, width: int) -> Line:
    """Those of which nothing is wrong, each with its comparison; in little room the oldest one for all."""
    named = [
        (f"{STREAM_GLYPHS[each.state]} {clean(each.owner.label)} {each.state}", "live") for each in streams
    ]
    recoveries = [accounts.recoveries[each.owner] for each in streams]
    line: list[Part] = [(" ", "")]
    for name, recovery in zip(named, recoveries, strict=True):
        line += [name, (f", {recovery_words(recovery, wall_ms)[0]}", "title"), BETWEEN]
    if part_width(line[:-1]) <= width:
        return tuple(line[:-1])
    words = recovery_words(min(recoveries, key=lambda each: each.time_ms), wall_ms)[0]
    return ((" ", ""), *join(named, (" ", "")), (f", {words}", "title"))


def _trouble(stream: UserStreamView, recovery: RecoveryView | None, now: float, wall_ms: int) -> Part:
    """What is wrong with one account, with how far the past is known."""
    label = clean(stream.owner.label)
    words, style = recovery_words(recovery, wall_ms)
    if stream.state is UserStreamState.LIVE:
        return f"{IN_PART} {label} {stream.state}; {words}", style
    glyph, style = STREAM_GLYPHS[stream.state], STREAM_STYLES[stream.state]
    return f"{glyph} {label} {account_words(stream, now)}; {words}", style


def no_account_lines() -> Sequence[Line]:
    """What the screens of own accounts say where none is configured."""
    return [
        (("No account is configured: there is nothing to show here.", "strong"),),
        (("bntui keys add NAME", "key"), (" in a shell adds one;", "title")),
        (("a key that can only read is enough.", "title"),),
    ]
