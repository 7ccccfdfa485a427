"""How drills went, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from bntui.drill.expect import Finding

NAME_COLUMNS = 28

LATE_S = 0.5
"""A drill that could not look on for so long at a time may fail by that alone."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that was done, or that the top line said."""

    second: float
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a drill went."""

    name: str
    about: str
    seconds: float
    findings: Sequence[Finding]
    story: Sequence[Moment]
    cards: Sequence[Sequence[str]] = ()
    """The incidents as the screen tells them, the oldest first, each in its sentences."""

    late_s: float = 0.0
    """How long the drill itself could not look on at worst, since the machine was busy."""

    @property
    def passed(self) -> bool:
        """Whether everything was seen that must be, and nothing lost that must not."""
        return bool(self.findings) and all(finding.passed for finding in self.findings)

    @property
    def failed(self) -> list[Finding]:
        """What was not as it should be."""
        return [finding for finding in self.findings if not finding.passed]


def as_json(judgement: Judgement) -> str:
    """One JSON object in a line."""
    return orjson.dumps(
        {
            "drill": judgement.name,
            "passed": judgement.passed,
            "about": judgement.about,
            "seconds": round(judgement.seconds, 1),
            "expectations": [
                {"expected": each.expected, "passed": each.passed, "seen": each.seen}
                for each in judgement.findings
            ],
            "story": [{"second": round(each.second, 1), "text": each.text} for each in judgement.story],
            "incidents": list(judgement.cards),
        }
    ).decode()


def as_row(judgement: Judgement) -> list[str]:
    """A line of the table, and below it what was not as it should be."""
    word = "passed" if judgement.passed else "FAILED"
    total = len(judgement.findings)
    lines = [
        f"{word}  {judgement.name:<{NAME_COLUMNS}} {judgement.seconds:5.1f} s  "
        f"{total - len(judgement.failed)} of {total} as expected"
    ]
    if judgement.failed and judgement.late_s >= LATE_S:
        lines.append(
            f"        This machine was busy: the drill itself stood still for {judgement.late_s:.1f} s."
        )
    for finding in judgement.failed:
        lines += [f"        expected: {finding.expected}", f"            seen: {finding.seen}"]
    return lines


def as_story(judgement: Judgement) -> list[str]:
    """One drill in full: what was done and said, what the history tells of it, and every expectation."""
    lines = [f"  {moment.second:6.1f} s  {moment.text}" for moment in judgement.story]
    lines.append("")
    for card in judgement.cards:
        lines += [*(f"  {sentence}" for sentence in card), ""]
    for finding in judgement.findings:
        word = "yes" if finding.passed else "NO "
        lines += [f"  {word}  {finding.expected}", f"       seen: {finding.seen}"]
    return [*lines, "", *as_row(judgement)[:1]]


def total(judgements: Sequence[Judgement], seconds: float) -> str:
    """The last line of the table."""
    passed = sum(judgement.passed for judgement in judgements)
    return f"{passed} of {len(judgements)} drills passed in {seconds:.0f} s"
