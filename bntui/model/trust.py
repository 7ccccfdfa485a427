"""May a bot trust a symbol's data? The answers of the trust gate, and what they mean to scripts."""

from __future__ import annotations

from enum import StrEnum

from bntui.model.states import Grade
from bntui.model.verdict import ExitCode


class Trust(StrEnum):
    """The three answers, in order of badness."""

    OK = "ok"
    """Data flows, or is known to have none to bring, and so are the fills of own accounts."""
    STALE = "stale"
    """Not proven now: just begun, being asked for, being recovered, or older than the asker takes."""
    BLIND = "blind"
    """Something is missing, or may be; or nothing is known."""


TRUST_OF_GRADE = {Grade.LIVE: Trust.OK, Grade.DEGRADED: Trust.STALE, Grade.BLIND: Trust.BLIND}
"""What the verdict over the streams of one symbol means for it."""

EXIT_CODE_OF_TRUST = {
    Trust.OK: ExitCode.LIVE,
    Trust.STALE: ExitCode.DEGRADED,
    Trust.BLIND: ExitCode.BLIND,
}
"""The exit code of `bntui trust`."""

BADNESS_OF_TRUST = {trust: number for number, trust in enumerate(Trust)}
"""Several symbols are as good as the worst of them."""
