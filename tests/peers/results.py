"""What a client got, what the embedded exchange saw of it, and what is wrong with that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from tests.peers.roster import Peer


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a client was asked for."""

    name: str
    count: int
    """Messages or rows that came."""
    wanted: int = 1
    odd: str = ""
    """The first message that was not as the exchange documents it, or what was raised."""
    silent: str = ""
    """Why it rightly brings nothing."""
    why: str = ""
    """Why it differs, and that this is right."""

    @property
    def note(self) -> str:
        """What there is to say of it."""
        return self.silent or self.why

    @property
    def wrong(self) -> str:
        """What is wrong with it, in words; empty where nothing is."""
        if self.odd:
            return f"{self.name}: {self.odd}"
        if self.silent:
            return f"{self.name} flows, and ought to be silent: {self.silent}" if self.count else ""
        return "" if self.count >= self.wanted else f"{self.name} brought {self.count}, not {self.wanted}"


@dataclass(slots=True)
class Seen:
    """What the embedded exchange saw of a client, out of `/_sim/report`."""

    connections: int = 0
    pings: int = 0
    pongs: int = 0
    stray_pongs: int = 0
    calls: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """REST answers other than 200, by status."""
    breaches: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Seen) -> Seen:
        """What was seen in all."""
        return Seen(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> Seen:
        """Read the report."""
        connections = [*report["connections"]["open"], *report["connections"]["closed"]]
        answers = Counter(report["answers"])
        return cls(
            connections=report["connections"]["total"],
            pings=sum(row["pings_sent"] for row in connections),
            pongs=sum(row["pongs"] for row in connections),
            stray_pongs=sum(row["stray_pongs"] for row in connections),
            calls=answers.total(),
            refused=Counter({status: count for status, count in answers.items() if status != "200"}),
            breaches=Counter(report["breaches"]["by_kind"]),
        )


@dataclass(slots=True)
class Result:
    """How it went with one client."""

    peer: Peer
    told: list[Told] = field(default_factory=list)
    expected: dict[str, str] = field(default_factory=dict)
    """Breaches that the client is known to commit, with why."""
    seen: Seen = field(default_factory=Seen)
    failure: str = ""
    """Why it could not be asked to the end."""
    skipped: str = ""

    @property
    def wrong(self) -> list[str]:
        """Everything that is wrong, in words."""
        found = [self.failure] if self.failure else []
        if not (self.told or self.failure or self.skipped):
            found.append("it was asked for nothing")
        found += [told.wrong for told in self.told if told.wrong]
        for kind, count in self.seen.breaches.items():
            if kind not in self.expected:
                found.append(f"breaks a rule {count} times: {kind}")
        for kind in self.expected:
            if not self.skipped and kind not in self.seen.breaches:
                found.append(f"breaks a rule that the embedded exchange does not hold it to: {kind}")
        found += [f"{count} REST answers were {status}" for status, count in self.seen.refused.items()]
        return found
