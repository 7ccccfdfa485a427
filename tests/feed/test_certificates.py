"""Certificates are read once, when a connection needs them, and where the user says."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from bntui.feed.certificates import trusted_by_rest, trusted_by_streams

AWAY, HERE = "https://api.binance.com", "https://127.0.0.1:8443"


def names_of(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


def test_all_connections_of_a_kind_share_what_was_read() -> None:
    assert trusted_by_streams() is trusted_by_streams()
    assert trusted_by_rest(AWAY) is trusted_by_rest("https://fapi.binance.com")


def test_every_connection_is_checked() -> None:
    for context in (trusted_by_streams(), trusted_by_rest(AWAY), trusted_by_rest("http://127.0.0.1")):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname


def test_an_address_without_tls_reads_nothing() -> None:
    assert names_of(trusted_by_rest("http://127.0.0.1:8080")) == 0


def test_certificates_that_the_user_names_are_the_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = trusted_by_rest(AWAY), trusted_by_streams()
    (tmp_path / "own.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    assert trusted_by_streams() is not usual[1]
    with pytest.raises(ssl.SSLError):
        trusted_by_rest(AWAY)
    assert names_of(trusted_by_rest(HERE)) > 0, "what runs here is no business of theirs"
