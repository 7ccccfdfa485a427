"""The way to a host, step by step: its name, a TCP connection, TLS. None of it asks the exchange for
anything: it costs neither request weight nor one of the connection attempts that are counted."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bntui.clock import Clock
from bntui.doctor.findings import Finding, ok, skipped, unreached, warn
from bntui.feed.proxy import host_and_port

ADDRESSES_TRIED = 4
"""Of one name; enough to go from addresses of IPv6 that lead nowhere to one that does."""

SECURE = ("https://", "wss://")

Address = tuple[socket.AddressFamily, str]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each step may take, by which clock."""

    seconds: float
    clock: Clock


@dataclass(frozen=True, slots=True)
class Way:
    """What the steps to a host came to."""

    findings: tuple[Finding, ...]
    open: bool
    """All of them worked: whoever speaks for the exchange can be asked."""
    ms: float | None = None
    """How long a TCP connection takes to open: one way there and back."""


def place_of(url: str) -> str:
    """An address for people: host and port."""
    host, port = host_and_port(url)
    return f"{host}:{port}"


async def way_to(url: str, patience: Patience, tls: ssl.SSLContext | None = None) -> Way:
    """Look a name up, connect, and shake hands for TLS; stop at the first step that fails."""
    host, port = host_and_port(url)
    place = place_of(url)
    found = await _resolved(host, port, patience)
    if not isinstance(found, list):
        return Way((found,), False)
    findings = [_name_finding(host, found)]
    began = patience.clock.monotonic()
    connected, failures = await _connected(found, port, patience)
    ms = (patience.clock.monotonic() - began) * 1000
    if connected is None:
        findings.append(unreached("tcp", place, failures[-1], _TCP_FIXES.get(failures[-1], _tcp_fix(port))))
        return Way(tuple(findings), False)
    findings.append(_tcp_finding(place, failures, ms))
    if not url.startswith(SECURE):
        connected.close()
        return Way((*findings, skipped("tls", place, "not encrypted")), True, ms)
    shaken = await _shaken(connected, host, place, patience, tls or ssl.create_default_context())
    return Way((*findings, shaken), not shaken.code, ms)


async def latency(url: str, patience: Patience) -> Finding:
    """How far away a host is, by how long a TCP connection to it takes to open."""
    host, port = host_and_port(url)
    place = place_of(url)
    found = await _resolved(host, port, patience)
    if not isinstance(found, list):
        return warn("latency", place, found.said, _ONE_OF_MANY)
    began = patience.clock.monotonic()
    connected, failures = await _connected(found, port, patience)
    if connected is None:
        return warn("latency", place, failures[-1], _ONE_OF_MANY)
    connected.close()
    address = connected_to(found, failures)
    return ok("latency", place, f"at {address}", (patience.clock.monotonic() - began) * 1000)


def connected_to(found: Sequence[Address], failures: Sequence[str]) -> str:
    """The address that was the first to answer, where so many before it did not."""
    return found[len(failures)][1]


_ONE_OF_MANY = "Only those need it who name it, or who have lost the others: see whether a firewall drops it."

_REFUSED = "connection refused"
_NO_WAY = "there is no way to it"
_TCP_FIXES = {
    _REFUSED: "Nobody listens there: check --rest-url and --stream-url, and firewalls that reject.",
    _NO_WAY: "This machine has no way out to that network: check `ip route` and the network's state.",
}


def _tcp_fix(port: int) -> str:
    return (
        f"A firewall drops it: let TCP out to port {port}. Streams of Spot are on port 443 as well: "
        "--stream-url spot=wss://stream.binance.com:443"
    )


def _name_finding(host: str, found: Sequence[Address]) -> Finding:
    if _is_address(host):
        return skipped("dns", host, "an address, no name")
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return ok("dns", host, f"is {found[0][1]}{more}")


def _tcp_finding(place: str, failures: Sequence[str], ms: float) -> Finding:
    if failures:
        return warn(
            "tcp",
            place,
            f"{len(failures)} of its addresses do not answer ({failures[0]}), another does",
            "If those are of IPv6, this machine has an IPv6 that leads nowhere: mend it or switch it off.",
            ms,
        )
    return ok("tcp", place, "connects", ms)


async def _resolved(host: str, port: int, patience: Patience) -> list[Address] | Finding:
    """Its addresses, in the order of the system, or that there are none."""
    if _is_address(host):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return [(family, host)]
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()

    def settle(found: list[Address]) -> None:
        if not answer.done():
            answer.set_result(found)

    def ask() -> None:
        found: list[Address] = []
        with suppress(OSError, UnicodeError):
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys((row[0], str(row[4][0])) for row in rows))
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(settle, found)

    # Not the loop's own threads: it would wait at its end for a resolver that never answers.
    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        async with asyncio.timeout(patience.seconds):
            found = await answer
    except TimeoutError:
        return unreached(
            "dns",
            host,
            f"the resolver does not answer within {patience.seconds:g} s",
            f"Look at the servers in /etc/resolv.conf; `getent hosts {host}` must answer at once.",
        )
    if not found:
        return unreached(
            "dns",
            host,
            "the name cannot be resolved",
            f"`getent hosts {host}` must answer: look at /etc/resolv.conf, or at a filter that blocks it.",
        )
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _connected(
    found: Sequence[Address], port: int, patience: Patience
) -> tuple[socket.socket | None, list[str]]:
    """A connection to the first address that takes one, and why those before it did not."""
    failures: list[str] = []
    loop = asyncio.get_running_loop()
    tried = found[:ADDRESSES_TRIED]
    for family, address in tried:
        connecting = socket.socket(family, socket.SOCK_STREAM)
        connecting.setblocking(False)
        try:
            async with asyncio.timeout(patience.seconds / len(tried)):
                await loop.sock_connect(connecting, (address, port))
        except BaseException as error:
            connecting.close()
            if not isinstance(error, OSError):
                raise
            failures.append(_why(error, patience))
        else:
            return connecting, failures
    return None, failures


def _why(error: OSError, patience: Patience) -> str:
    match error:
        case ConnectionRefusedError():
            return _REFUSED
        case TimeoutError():
            return f"no answer within {patience.seconds:g} s"
        case _:
            return _NO_WAY


async def _shaken(
    connected: socket.socket, host: str, place: str, patience: Patience, tls: ssl.SSLContext
) -> Finding:
    """Whether TLS comes about on a connection, which is closed then."""
    loop = asyncio.get_running_loop()
    began = patience.clock.monotonic()
    try:
        async with asyncio.timeout(patience.seconds):
            transport, _ = await loop.create_connection(
                asyncio.Protocol, sock=connected, ssl=tls, server_hostname=host
            )
    except ssl.SSLCertVerificationError as error:
        return unreached(
            "tls", place, f"the certificate is not trusted ({error.verify_message})", _CERTIFICATE_FIX
        )
    except TimeoutError:
        return unreached("tls", place, f"no answer within {patience.seconds:g} s", _TLS_FIX)
    except OSError as error:
        why = error.reason if isinstance(error, ssl.SSLError) and error.reason else "it was cut"
        return unreached("tls", place, f"the handshake failed ({why})", _TLS_FIX)
    finally:
        connected.close()
    version = transport.get_extra_info("ssl_object").version()
    transport.abort()
    return ok("tls", place, str(version), (patience.clock.monotonic() - began) * 1000)


_CERTIFICATE_FIX = (
    "Something in between reads along (a login page, a company's proxy), this machine's clock is wrong "
    "(`date -u`), or its list of authorities is missing (install ca-certificates)."
)
_TLS_FIX = (
    "Something in between lets connections through and TLS not: a firewall that filters by name, a login "
    "page, or a server that is none of the exchange's."
)
