"""Whose certificates are trusted. To read them takes up to half a second and a megabyte: it is done when a
connection needs them first, and once for all of them.

As the libraries do by themselves, streams go by the system's certificates, and REST by those that come with
httpx; SSL_CERT_FILE and SSL_CERT_DIR name others to both.
"""

from __future__ import annotations

import os
import ssl
from functools import lru_cache

import httpx

from bntui.feed.proxy import is_here

NAMED_KEPT = 8
"""Ways to name certificates that are remembered: a run has one of them, for REST with and without."""


def trusted_by_streams() -> ssl.SSLContext:
    """What connections of streams are checked with."""
    return _of_system(*_named())


def trusted_by_rest(url: str) -> ssl.SSLContext:
    """What requests to an address are checked with; where it has no TLS, one that trusts nobody."""
    if not url.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _of_httpx(not is_here(url), *_named())


def _named() -> tuple[str | None, str | None]:
    return os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")


@lru_cache(maxsize=NAMED_KEPT)
def _of_system(file: str | None, folder: str | None) -> ssl.SSLContext:
    return ssl.create_default_context()


@lru_cache(maxsize=NAMED_KEPT)
def _of_httpx(trust_env: bool, file: str | None, folder: str | None) -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=trust_env)
