"""`make soak`: ten minutes. `make soak ARGS="--minutes 1 --seed 7"`: shorter, other faults."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from bntui.clock import SystemClock
from bntui.drill.caretaker import Caretaker
from bntui.errors import BntuiError
from bntui.paths import CONFIG_DIR_VARIABLE, STATE_DIR_VARIABLE
from tests.soak.judge import rendered
from tests.soak.measure import Gone, measurable
from tests.soak.run import Outcome, Plan, run
from tests.soak.trouble import SCRIPTS


def main(words: list[str]) -> int:
    """Soak, print the table; 1 where anything grew or went wrong, 3 where this machine cannot tell."""
    parser = argparse.ArgumentParser("make soak", description="Load and random faults; does anything grow?")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--symbols", type=int, default=300)
    parser.add_argument("--rate", type=float, default=5_000.0, help="messages a second")
    given = parser.parse_args(words)
    if given.minutes < 0.5:
        parser.error("half a minute is the least that can be judged")
    if not measurable():
        print("This machine has no /proc, from which the soak reads what processes take.", file=sys.stderr)
        return 3
    plan = Plan(given.minutes, given.seed, given.symbols, given.rate)
    print(
        f"{plan.minutes:g} minutes of {plan.rate:.0f} msg/s on {plan.symbols} symbols, "
        f"{len(SCRIPTS)} kinds of faults, seed {plan.seed} …",
        file=sys.stderr,
    )
    with Caretaker() as caretaker, TemporaryDirectory(prefix="bntui-soak-") as name:
        caretaker.folder(Path(name))
        # Whoever wants to keep the logs names a folder for them.
        os.environ.setdefault(STATE_DIR_VARIABLE, str(Path(name) / "state"))
        os.environ[CONFIG_DIR_VARIABLE] = str(Path(name) / "config")
        try:
            outcome = asyncio.run(_run(plan))
        except ExceptionGroup as errors:
            if not isinstance(error := _first(errors), BntuiError | Gone | TimeoutError | httpx.HTTPError):
                raise
            print(f"The soak broke off: {str(error) or 'what it waited for did not come'}.", file=sys.stderr)
            return 1
    print(_told(outcome))
    return 1 if outcome.wrong else 0


async def _run(plan: Plan) -> Outcome:
    """Ends on SIGTERM as on Ctrl+C: in order."""
    me = asyncio.current_task()
    assert me is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    return await run(plan, SystemClock())


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _told(outcome: Outcome) -> str:
    seconds = sum(outcome.grades.values()) or 1
    shares = ", ".join(f"{grade} {100 * count / seconds:.0f} %" for grade, count in outcome.grades.items())
    played = ", ".join(f"{name} {count}" for name, count in sorted(outcome.played.items()))
    live = "never" if outcome.recovered_s is None else f"{outcome.recovered_s:.0f} s after the last fault"
    typical, most = median(outcome.rates), max(outcome.rates)
    said = [
        rendered(outcome.found),
        "",
        f"messages/s  {outcome.rate:.0f} (mean), {typical:.0f} (median), {most:.0f} (most)",
        f"faults      {outcome.played.total()}: {played}",
        f"verdicts    {shares}",
        f"live again  {live}",
        f"connections {outcome.attempts} attempts",
        "",
    ]
    return "\n".join([*said, *(outcome.wrong or ["flat"])])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except asyncio.CancelledError:  # SIGTERM
        sys.exit(143)
