"""Contenders measured in turn, several rounds of them, and what that says: medians, ratios, goals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.stage import Failed
from tests.peers.environments import NotInstalled, Skipped

Figures = Mapping[str, float]
"""By name; which of them a group shows, and in which unit, is the group's affair."""


@dataclass(frozen=True, slots=True)
class Contender:
    """What is measured: once a round."""

    name: str
    measure: Callable[[], Figures]
    """Raises Failed, Skipped or NotInstalled, in words."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What must hold of the medians."""

    text: str
    figure: Callable[[Mapping[tuple[str, str], float]], float]
    """From medians by contender and figure; KeyError where one could not be measured."""
    most: float | None = None
    least: float | None = None

    def met_by(self, figure: float) -> bool:
        """Does it hold?"""
        return (self.most is None or figure <= self.most) and (self.least is None or figure >= self.least)


@dataclass(frozen=True, slots=True)
class Group:
    """Contenders that are compared with one another in the same rounds."""

    id: str
    """`--only` takes its beginning."""
    title: str
    units: Mapping[str, str]
    """The figures that are shown, and their units."""
    contenders: Sequence[Contender]
    rival: str
    """The contender that each row's ratio is to."""
    goals: Sequence[Goal] = ()
    most_rounds: int | None = None
    """What takes long is not measured more often, however many rounds are asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one contender."""

    contender: str
    figure: str
    unit: str
    median: float
    low: float
    high: float
    ratio: float | None
    """To the rival's, round by round, the median of that; None where there is nothing to compare with."""


@dataclass(slots=True)
class Outcome:
    """What came of a group."""

    group: Group
    lines: list[Line] = field(default_factory=list)
    goals: list[tuple[str, float | None, bool]] = field(default_factory=list)
    """(text, figure, whether it holds)."""
    troubles: dict[str, str] = field(default_factory=dict)
    """Why a contender is not there, by its name."""


def compare(group: Group, rounds: int) -> Outcome:
    """Measure everyone so many times, in turn."""
    outcome = Outcome(group)
    found: dict[tuple[str, str], list[float]] = {}
    rounds = min(rounds, group.most_rounds or rounds)
    for number in range(rounds):
        for contender in group.contenders:
            if contender.name in outcome.troubles:
                continue
            print(f"{group.id}: {contender.name}, {number + 1} of {rounds} …", file=sys.stderr, flush=True)
            try:
                figures = contender.measure()
            except (Failed, Skipped, NotInstalled) as error:
                outcome.troubles[contender.name] = str(error)
                continue
            for name, value in figures.items():
                found.setdefault((contender.name, name), []).append(value)
    for (contender_name, name), values in found.items():
        if name not in group.units:
            continue
        rivals = found.get((group.rival, name), [])
        ratios = [a / b for a, b in zip(values, rivals, strict=False) if b]
        outcome.lines.append(
            Line(
                contender_name,
                name,
                group.units[name],
                median(values),
                min(values),
                max(values),
                median(ratios) if ratios and contender_name != group.rival else None,
            )
        )
    medians = {key: median(values) for key, values in found.items()}
    for goal in group.goals:
        try:
            figure = goal.figure(medians)
        except (KeyError, ValueError):
            outcome.goals.append((goal.text, None, False))
        else:
            outcome.goals.append((goal.text, figure, goal.met_by(figure)))
    return outcome
