"""The engine of the profile: is there one, does it answer, and does it see?"""

from __future__ import annotations

from bntui.asking import RunningEngine, conversation, look
from bntui.clock import Clock
from bntui.doctor.findings import Finding, bad, ok, skipped, warn
from bntui.errors import ConnectError, EngineRefused, ProtocolError
from bntui.model.states import Grade
from bntui.model.verdict import ExitCode
from bntui.model.views import BudgetView
from bntui.wire.mirror import Mirror

NO_ENGINE = "`bntui` starts one with its screen; `bntui engine` one that stays."


async def check_engine(running: RunningEngine, clock: Clock) -> tuple[Finding, BudgetView | None]:
    """What the running engine says, and what it knows of the IP's budgets."""
    mirror = Mirror(running.limits.own_engine_silence_s)
    try:
        async with conversation(running, NO_ENGINE) as carrier:
            await look(carrier, mirror, clock, running.limits)
    except EngineRefused as refusal:
        return bad("engine", "", refusal.message, refusal.hint), None
    except ConnectError as error:
        if error.hint == NO_ENGINE:
            return skipped("engine", "", "none runs on this profile", NO_ENGINE), None
        return bad("engine", "", error.message, error.hint, ExitCode.BLIND), None
    except ProtocolError as error:
        fix = "Something else holds its socket, or it is of another version: end it and start again."
        return bad("engine", "", f"it answers with something odd: {error.message}", fix, ExitCode.BLIND), None
    verdict = mirror.verdict(clock.monotonic())
    said = f"runs, and says: {verdict.sentence}"
    why = verdict.suspect or "`bntui status` says more; the incidents on the screen say since when."
    match verdict.grade:
        case Grade.LIVE:
            found = ok("engine", "", said)
        case Grade.DEGRADED:
            found = warn("engine", "", said, why)
        case Grade.BLIND:
            found = bad("engine", "", said, why, ExitCode.BLIND)
    return found, mirror.budget
