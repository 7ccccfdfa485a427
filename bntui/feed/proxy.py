"""Which proxy a connection goes through: one rule for REST, streams and the WebSocket API.

    addresses of this machine          never one
    `proxy` of the settings            that one; `none`: none, whatever the environment says
    NO_PROXY names the host            none
    https, wss                         HTTPS_PROXY, else ALL_PROXY
    http, ws                           HTTP_PROXY, else ALL_PROXY

The libraries have rules of their own, which differ: left to them, ALL_PROXY would carry REST and leave the
streams to go around it. macOS keeps proxies in its settings too; those count where no variable is set.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

NO_PROXY_AT_ALL = "none"
"""What stands for a proxy in the settings where none is wanted, though the environment names one."""

SCHEMES = ("http", "https", "socks5", "socks5h")
"""The kinds of proxies that REST and websockets both can use."""

_NEVER_PROXIED = "localhost"
_SECURE = ("https", "wss")
_USUAL_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "socks5": 1080, "socks5h": 1080}


class ProxyUnusable(ValueError):
    """A proxy is named that cannot be used. To go around it would tell the exchange what it is to hide."""


def is_here(url: str) -> bool:
    """Whether the address is of this machine. A proxy stands elsewhere and could not reach it."""
    host = urlsplit(url).hostname or ""
    if host == _NEVER_PROXIED or host.endswith(f".{_NEVER_PROXIED}"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(url: str, configured: str = "") -> str | None:
    """The proxy for an address, None for none; `configured` is what the settings say, empty for nothing.

    Raises ProxyUnusable, in words, for one that cannot be used.
    """
    if configured == NO_PROXY_AT_ALL or is_here(url):
        return None
    if configured:
        return _usable(configured)
    parts = urlsplit(url)
    if proxy_bypass(f"{parts.hostname or ''}:{parts.port or _USUAL_PORTS.get(parts.scheme, 0)}"):
        return None
    named = getproxies()
    for kind in ("https" if parts.scheme in _SECURE else "http", "all", "socks"):
        if text := named.get(kind, ""):
            # macOS writes its SOCKS proxy as an http address.
            return _usable(f"socks5h://{text.partition('://')[2] or text}" if kind == "socks" else text)
    return None


def is_proxied(url: str, configured: str = "") -> bool:
    """Whether a proxy is named for an address, be it one that can be used or not."""
    try:
        return proxy_for(url, configured) is not None
    except ProxyUnusable:
        return True


def shown(proxy: str) -> str:
    """A proxy for people: without the name and password that its address may hold."""
    host, port = host_and_port(proxy)
    return f"{urlsplit(proxy).scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def host_and_port(url: str) -> tuple[str, int]:
    """Where an address is reached; the port is the usual one of its scheme where it names none."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _USUAL_PORTS.get(parts.scheme, _USUAL_PORTS["https"])


def _usable(text: str) -> str:
    """The address as both libraries understand it. The text may hold a password: no error repeats it."""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname, parts.port or _USUAL_PORTS.get(parts.scheme)
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.scheme not in SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise ProxyUnusable(
            f"a proxy is set that cannot be used (known are {known}); "
            "look at --proxy and the variables that end in _PROXY"
        )
    # Names are left to the proxy, by every library: a name that is asked of this machine's resolver tells.
    scheme = "socks5h" if parts.scheme == "socks5" else parts.scheme
    credentials, at, _ = parts.netloc.rpartition("@")
    inside = f"[{host}]" if ":" in host else host
    return urlunsplit((scheme, f"{credentials}{at}{inside}:{port}", "", "", ""))
