"""What a look at one thing came to: a verdict, what was seen, and the line that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bntui.errors import ConnectError, UsageError
from bntui.model.text import escaped
from bntui.model.verdict import ExitCode


class Outcome(StrEnum):
    """The four words of a finding."""

    OK = "ok"
    WARN = "warn"
    """It works, and something about it should be better."""
    BAD = "bad"
    SKIPPED = "skipped"
    """Not looked at, and why; that by itself is no fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look came to."""

    check: str
    """What kind of thing was looked at: `dns`, `tls`, …"""
    subject: str
    """Which one: a host, a folder; empty where there is only one."""
    outcome: Outcome
    said: str
    """What was seen, in words."""
    fix: str = ""
    """What the user can do; empty where nothing is wrong."""
    ms: float | None = None
    """How long it took, where that says something."""
    code: int = 0
    """What the program's exit code is at least because of it."""


def ok(check: str, subject: str, said: str, ms: float | None = None) -> Finding:
    """All is well."""
    return Finding(check, subject, Outcome.OK, said, ms=ms)


def warn(check: str, subject: str, said: str, fix: str, ms: float | None = None) -> Finding:
    """It works, and should be better."""
    return Finding(check, subject, Outcome.WARN, said, fix, ms, ExitCode.DEGRADED)


def bad(check: str, subject: str, said: str, fix: str, code: int = ExitCode.DEGRADED) -> Finding:
    """It does not work. `code`: the exit code that says what kind of thing that is."""
    return Finding(check, subject, Outcome.BAD, said, fix, code=code)


def unreached(check: str, subject: str, said: str, fix: str) -> Finding:
    """The exchange cannot be had because of it."""
    return bad(check, subject, said, fix, ConnectError.exit_code)


def unusable(check: str, subject: str, said: str, fix: str) -> Finding:
    """Settings, keys or folders cannot be used as they are."""
    return bad(check, subject, said, fix, UsageError.exit_code)


def skipped(check: str, subject: str, said: str, fix: str = "") -> Finding:
    """Not looked at."""
    return Finding(check, subject, Outcome.SKIPPED, said, fix)


def exit_code(findings: Iterable[Finding]) -> int:
    """Of the worst: 4 no exchange, 3 settings, keys or folders, 2 the engine is blind, 1 anything else."""
    return max((finding.code for finding in findings), default=0)


SAME_FIX = "the same as above"


def lines(findings: Sequence[Finding]) -> list[str]:
    """For people: a line for each, and below it what mends it, once; at the end how many are wrong."""
    before = ""
    width = max((len(finding.check) for finding in findings), default=0)
    out: list[str] = []
    for each in findings:
        subject = f"{each.subject}: " if each.subject else ""
        took = f" ({each.ms:.0f} ms)" if each.ms is not None else ""
        out.append(f"{each.outcome:<7}  {each.check:<{width}}  {subject}{each.said}{took}")
        if each.fix:
            out.append(f"{'':<7}  {'':<{width}}  → {SAME_FIX if each.fix == before else each.fix}")
            before = each.fix
    wrong = [f for f in findings if f.outcome in (Outcome.WARN, Outcome.BAD)]
    worst = sum(f.outcome is Outcome.BAD for f in wrong)
    out.append("")
    out.append("All is well." if not wrong else f"{worst} bad, {len(wrong) - worst} to be better.")
    # Names and reasons come from the exchange, the resolver and the environment.
    return [escaped(line) for line in out]


def report(findings: Sequence[Finding]) -> dict[str, Any]:
    """The same as plain values."""
    found = {finding.outcome for finding in findings}
    worst = next((o for o in (Outcome.BAD, Outcome.WARN) if o in found), Outcome.OK)
    return {
        "outcome": worst,
        "exit_code": exit_code(findings),
        "checks": [
            {
                "check": each.check,
                "subject": each.subject,
                "outcome": each.outcome,
                "said": each.said,
                "fix": each.fix,
                "ms": None if each.ms is None else round(each.ms, 1),
            }
            for each in findings
        ],
    }
