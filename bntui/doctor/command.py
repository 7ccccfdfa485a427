"""`bntui doctor`: looks at everything, at once where it can, and within a time that is bounded.

It spends what it must of the IP's budgets: for each market that the user has a use for two requests of the
least weight and one connection attempt. Hosts beside those are only knocked at.
"""

from __future__ import annotations

import asyncio
import locale
import os
import sys
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from bntui import paths
from bntui.asking import RunningEngine
from bntui.clock import Clock
from bntui.commandoptions import DoctorOptions
from bntui.config import Settings
from bntui.doctor import findings as made
from bntui.doctor.cells import widths
from bntui.doctor.exchange import Answer, ask_rest, shake_hands
from bntui.doctor.findings import Finding, ok, skipped, unreached, unusable, warn
from bntui.doctor.network import Patience, latency, place_of, way_to
from bntui.doctor.places import check_attempts, check_folder, check_keys, check_settings
from bntui.doctor.running import check_engine
from bntui.doctor.terminal import check_terminal
from bntui.errors import StateFolderError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.credentials import Account, Credentials
from bntui.feed.proxy import ProxyUnusable, host_and_port, is_here, is_proxied, proxy_for, shown
from bntui.keycheck import GOOD, UNREACHED, WARNED, check
from bntui.model.markets import Market
from bntui.model.views import BudgetView
from bntui.venue.places import Endpoints
from bntui.world import World

STEP_S = 5.0
"""No step is waited for longer: a host that needs more is no use for watching a market."""

KEYS_S = 20.0
"""All questions about keys together."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the settings mean, made by who builds everything."""

    world: World
    accounts: Sequence[Account]
    attempts: Path
    """The file in which attempts are counted."""
    elsewhere: Mapping[Market, Sequence[Endpoints]]
    """Other addresses of each market."""


def run(settings: Settings, options: DoctorOptions, see: Callable[[], Seen], clock: Clock) -> int:
    """Look at everything, print, and return the exit code. `see` is asked only where settings can be read."""
    found = local(settings, options, clock)
    if options.trouble:
        found.append(skipped("exchange", "", "nobody is asked before it is certain which exchange is meant"))
    else:
        found += asyncio.run(distant(settings, see(), clock))
    if options.json:
        print(orjson.dumps(made.report(found)).decode())  # noqa: T201
    else:
        print("\n".join(made.lines(found)))  # noqa: T201
    return made.exit_code(found)


def local(settings: Settings, options: DoctorOptions, clock: Clock) -> list[Finding]:
    """What needs no network."""
    if options.trouble:
        found = [
            unusable("settings", "", options.trouble, options.trouble_fix or "See `bntui config check`.")
        ]
    else:
        found = check_settings(settings, paths.config_file())
    found.append(check_folder(lambda: paths.state_dir(settings.profile)))
    # Cells are asked of the terminal only where somebody sits at it: the question is written there.
    here = not options.json and all(s is not None and s.isatty() for s in (sys.stdin, sys.stdout))
    size = os.get_terminal_size(sys.stdout.fileno()) if here else None
    cells = widths(sys.stdin.fileno(), sys.stdout.fileno(), clock) if here else {}
    encoding = locale.getpreferredencoding(False)
    return [*found, *check_terminal(os.environ, encoding, size and (size.columns, size.lines), cells)]


async def distant(settings: Settings, seen: Seen, clock: Clock) -> list[Finding]:
    """The engine, then the way to the exchange and what it says, then how far away everything is."""
    the_world = seen.world
    limits = the_world.limits
    attempts = AttemptsFile(
        seen.attempts,
        AttemptLimit(int(limits.own_attempts), int(limits.connection_attempts_window_s * 1000)),
        clock,
    )
    patience = Patience(min(STEP_S, limits.own_open_timeout_s), clock)
    engine, budget = await _engine(settings, the_world, clock)
    found = [engine, check_attempts(attempts, limits), *check_keys(seen.accounts)]
    silence = _asked_for_silence(budget, clock)
    used = {settings.market, *(account.market for account in seen.accounts)}
    if settings.overridden:
        used = set(the_world.markets)
    markets = [market for market in the_world.markets if market in used]
    proxies = await _proxies(the_world, patience)
    found += proxies
    proxies_open = not any(finding.code for finding in proxies)
    said = await asyncio.gather(
        *(_market(the_world, market, attempts, patience, silence, proxies_open) for market in markets)
    )
    found += [finding for each in said for finding in each.findings]
    if any(each.left_alone for each in said):
        silence = "the exchange asks to be left alone"
    found += await _keys(the_world, seen.accounts, clock, silence)
    gone = {finding.subject for finding in found if finding.check in ("dns", "tcp") and finding.code}
    return [*found, *await _latencies(seen, patience, gone)]


async def _engine(settings: Settings, the_world: World, clock: Clock) -> tuple[Finding, BudgetView | None]:
    try:
        socket = paths.socket_path(paths.asked_state_dir(settings.profile))
    except StateFolderError as error:
        return unusable("engine", "", error.message, error.hint), None
    return await check_engine(RunningEngine(socket, the_world.hello, the_world.limits), clock)


def _asked_for_silence(budget: BudgetView | None, clock: Clock) -> str:
    """Why the exchange must not be asked now, as the running engine knows; empty: it may."""
    until_ms = None if budget is None else budget.rest_blocked_until_ms
    if budget is None or until_ms is None or until_ms <= clock.wall_ms():
        return ""
    return (
        f"{budget.rest_block_reason}; it asks to be left alone for {(until_ms - clock.wall_ms()) // 1000} s"
    )


async def _proxies(the_world: World, patience: Patience) -> list[Finding]:
    """Which proxies there are, and whether they can be reached."""
    named: dict[str, None] = {}
    for _, endpoints in the_world.markets.values():
        for url in (endpoints.rest, endpoints.streams):
            try:
                proxy = proxy_for(url, endpoints.proxy)
            except ProxyUnusable as error:
                fix = "bntui reaches for nothing around it: mend the address, or --proxy none."
                return [unusable("proxy", "", str(error), fix)]
            if proxy is not None:
                named[proxy] = None
    if not named:
        return [ok("proxy", "", "none: connections go straight to the exchange")]
    found: list[Finding] = []
    for proxy in named:
        way = await way_to(proxy, patience)
        wrong = [finding for finding in way.findings if finding.code]
        found += wrong
        if way.open:
            found.append(ok("proxy", shown(proxy), "takes connections", way.ms))
        else:
            fix = "Mend --proxy, or the variables that end in _PROXY; --proxy none goes around it."
            found.append(unreached("proxy", shown(proxy), "it cannot be reached", fix))
    return found


async def _market(
    the_world: World,
    market: Market,
    attempts: AttemptsFile,
    patience: Patience,
    silence: str,
    proxies_open: bool,
) -> Answer:
    """The way to a market's hosts, and what they say; not asked any further where a step fails."""
    venue, endpoints = the_world.markets[market]
    found: list[Finding] = []
    opened: dict[str, bool] = {}
    for url in (endpoints.rest, endpoints.streams):
        if is_proxied(url, endpoints.proxy):
            opened[url] = proxies_open
            continue
        way = await way_to(url, patience)
        found += way.findings
        opened[url] = way.open
    if silence:
        found += [
            skipped(*each, silence)
            for each in (("rest", place_of(endpoints.rest)), ("handshake", place_of(endpoints.streams)))
        ]
        return Answer(tuple(found), False)
    left_alone = False
    if opened[endpoints.rest]:
        answer = await ask_rest(venue, endpoints, patience)
        found += answer.findings
        left_alone = answer.left_alone
    else:
        found.append(skipped("rest", place_of(endpoints.rest), "the way to it is not open"))
    if left_alone:
        found.append(skipped("handshake", place_of(endpoints.streams), "the exchange asks to be left alone"))
    elif opened[endpoints.streams]:
        found.append(await shake_hands(venue, endpoints, attempts, patience))
    else:
        found.append(skipped("handshake", place_of(endpoints.streams), "the way to it is not open"))
    return Answer(tuple(found), not left_alone, left_alone)


async def _keys(the_world: World, accounts: Sequence[Account], clock: Clock, silence: str) -> list[Finding]:
    """What the exchange thinks of each account's key."""
    usable = [account for account in accounts if isinstance(account, Credentials)]
    if not usable:
        return []
    if silence:
        return [skipped("permissions", "", silence)]
    found: list[Finding] = []
    try:
        async with asyncio.timeout(KEYS_S):
            for name in dict.fromkeys(account.name for account in usable):
                said: list[str] = []
                code = await check(the_world, [a for a in usable if a.name == name], clock, said.append)
                found.append(_permissions(name, code, "; ".join(" ".join(line.split()) for line in said[1:])))
    except TimeoutError:
        fix = "`bntui keys check` asks again, without haste."
        found.append(warn("permissions", "", f"no answer within {KEYS_S:g} s", fix))
    return found


def _permissions(name: str, code: int, said: str) -> Finding:
    if code == GOOD:
        return ok("permissions", name, said)
    if code == WARNED:
        fix = "Change the key at the exchange: reading alone, and only from this machine's IP."
        return warn("permissions", name, said, fix)
    if code == UNREACHED:
        return unreached("permissions", name, said, "See what is said of REST.")
    fix = (
        "See at the exchange that the key exists, may read, and allows this machine's IP. Where it is gone, "
        f"or the secret is another key's: bntui keys remove {name}; bntui keys add {name}"
    )
    return unusable("permissions", name, said, fix)


async def _latencies(seen: Seen, patience: Patience, gone: Container[str]) -> list[Finding]:
    """How far away every host is, nearest first, so that a region can be chosen; those that are gone have
    been told of. Where no host answers, each of them says nothing: it is this machine that is cut off."""
    urls: dict[str, None] = {}
    for market, (_, usual) in seen.world.markets.items():
        for endpoints in (usual, *seen.elsewhere.get(market, ())):
            for url in (endpoints.rest, endpoints.streams, endpoints.ws_api):
                if not url or is_here(url) or is_proxied(url, usual.proxy):
                    continue
                if host_and_port(url)[0] not in gone and place_of(url) not in gone:
                    urls[url] = None
    found = await asyncio.gather(*(latency(url, patience) for url in urls))
    by_place = {finding.subject: finding for finding in found}
    if len(by_place) > 1 and all(finding.ms is None for finding in found):
        fix = (
            "The network of this machine, or its resolver, is what to look at: `ip route`, /etc/resolv.conf."
        )
        return [warn("latency", "", f"none of {len(by_place)} other hosts can be reached", fix)]
    return sorted(by_place.values(), key=lambda each: (each.ms is None, each.ms or 0.0, each.subject))
