"""`bntui trust` and `bntui wait`: may a symbol be trusted? Asked where bots ask, of the same engine."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bntui.asking import ATTACH_HINT, HANGS_HINT
from bntui.clock import Clock
from bntui.commandoptions import TrustOptions, WaitOptions
from bntui.config import Settings
from bntui.engine.trustserver import TrustPlace
from bntui.errors import ConnectError, EngineRefused, UsageError
from bntui.model.markets import SymbolKey
from bntui.model.text import escaped, span
from bntui.model.trust import EXIT_CODE_OF_TRUST, Trust
from bntui.model.verdict import ExitCode

ANSWER_WAIT_S = 2.0
"""An engine that has not answered by then does not."""

MOST_ANSWER_BYTES = 1 << 20

ASK_EVERY_S = 0.1
"""How often who waits asks: a dip that is shorter may be missed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and who must answer it."""

    socket: Path
    line: str
    environment: str
    """What the engine must say that it serves; empty: whatever it is."""


def gate_place(settings: Settings, usual: Path, *, private: bool) -> TrustPlace:
    """Where an engine lets bots ask: beside its own socket, or where the user said.

    A private engine, such as a demo's, never stands where bots look for the real one. Raises UsageError for
    a group that could not reach the socket.
    """
    if private:
        return TrustPlace(usual)
    if settings.trust_socket is not None:
        return TrustPlace(settings.trust_socket, settings.trust_group, unlocked=True)
    if settings.trust_group:
        raise UsageError(
            f"The group {settings.trust_group} cannot reach {usual}: the state folder is closed to others.",
            "Name a place outside of it: --trust-socket /run/bntui/trust.sock.",
        )
    return TrustPlace(usual)


def question(keys: Sequence[SymbolKey], max_age_s: float | None, accounts: bool) -> str:
    """The line that asks."""
    words = [key.full for key in keys]
    words += [f"max_age={max_age_s:g}"] if max_age_s is not None else []
    words += [] if accounts else ["accounts=no"]
    return " ".join(words)


async def answer_to(asked: Asked) -> dict[str, Any]:
    """What the engine says now. Raises ConnectError where none does, EngineRefused where another one does."""
    try:
        async with asyncio.timeout(ANSWER_WAIT_S):
            reader, writer = await asyncio.open_unix_connection(asked.socket, limit=MOST_ANSWER_BYTES)
            try:
                writer.write(f"{asked.line}\n".encode())
                line = await reader.readline()
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
        answer: Any = orjson.loads(line or b"null")
    except TimeoutError:
        raise ConnectError("The engine does not answer.", HANGS_HINT) from None
    except (OSError, ValueError) as error:
        why = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        raise ConnectError(f"No engine answers at {asked.socket}{why}.", ATTACH_HINT) from None
    if not isinstance(answer, dict):
        raise ConnectError("The engine closed the connection.", "It has ended, or is ending.")
    served = answer.get("environment", "")
    if asked.environment and served and served != asked.environment:
        raise EngineRefused(
            f"The running engine serves {served}, this command asks for {asked.environment}.",
            "Use another --profile for another exchange.",
        )
    told = answer.get("symbols")
    if isinstance(told, dict):
        # The question named the market of each; people and scripts write Spot's symbols without.
        answer["symbols"] = {str(word).removesuffix(".spot"): each for word, each in told.items()}
    return answer


def trust_in(answer: dict[str, Any]) -> Trust:
    """The worst of the answer; what cannot be read is no trust."""
    with suppress(ValueError):
        return Trust(answer.get("trust", ""))
    return Trust.BLIND


def lines(answer: dict[str, Any]) -> list[str]:
    """The answer for people, one line a symbol."""
    out = [f"blind: {answer['error']}"] if answer.get("error") else []
    for word, told in answer.get("symbols", {}).items():
        age_s = told["age_s"]
        aged = "" if age_s is None else f", quote {span(age_s) if age_s >= 1 else f'{age_s:.2f}s'} old"
        why = f": {told['reason']}" if told["reason"] else ""
        out.append(f"{word} {told['trust']}{aged}{why}")
    return [escaped(line) for line in out]


async def trust(asked: Asked, options: TrustOptions) -> int:
    """Ask once and print; the exit code is that of the worst symbol."""
    answer = await answer_to(asked)
    _print([orjson.dumps(answer).decode()] if options.json else lines(answer))
    return EXIT_CODE_OF_TRUST[trust_in(answer)]


async def wait(asked: Asked, options: WaitOptions, clock: Clock) -> int:
    """Wait until every symbol was trusted for so long without a break, as far as looks show it.

    An engine that is not there may come. When time is up, the exit code says what is in the way.
    """
    began = clock.monotonic()
    trusted_since: float | None = None
    before = ""
    while True:
        now = clock.monotonic()
        try:
            answer = await answer_to(asked)
        except EngineRefused:
            raise
        except ConnectError as error:
            said, code, trusted = error.message, int(ExitCode.CONNECT), False
        else:
            worst = trust_in(answer)
            code, trusted = int(EXIT_CODE_OF_TRUST[worst]), worst is Trust.OK
            bad = [told for told in answer.get("symbols", {}).values() if told["trust"] != Trust.OK]
            said = "" if trusted else answer.get("error") or "; ".join(told["reason"] for told in bad)
        if not trusted:
            trusted_since = None
            if said != before:
                sys.stderr.write(f"bntui: {escaped(str(said))}\n")
        elif trusted_since is None:
            trusted_since = now
        before = said
        now = clock.monotonic()
        if trusted_since is not None and now - trusted_since >= options.for_s:
            _print(lines(answer))
            return int(ExitCode.LIVE)
        if options.timeout_s is not None and now - began >= options.timeout_s:
            return code if code else int(ExitCode.DEGRADED)
        await asyncio.sleep(ASK_EVERY_S)


def _print(out: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in out))
    sys.stdout.flush()
