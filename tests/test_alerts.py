"""`bntui alerts`: what holds and what was told, and a rehearsal that says what did not arrive."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bntui.alertrules import BUILT_IN, AlertRule
from bntui.alerts import FAILED, run
from bntui.clock import ManualClock
from bntui.commandoptions import AlertsOptions
from bntui.errors import UsageError
from bntui.journal import open_journal
from bntui.secret import Secret
from tests.support.alerts import BEGAN_MS, a_rule, an_alert
from tests.support.pages import named_in

LIST, JSON = AlertsOptions("list"), AlertsOptions("list", json=True)


def listed(journal: Path, options: AlertsOptions = LIST, *rules: AlertRule) -> int:
    return run((*BUILT_IN, *rules), journal, options, ManualClock(), os.environ, "binance main")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal with two alerts, one of which lasts."""
    path = tmp_path / "journal.db"
    kept = open_journal(path, BEGAN_MS)
    kept.keep(an_alert(1, ended_ms=BEGAN_MS + 5_000, count=2, sent="webhook delivered", text="a\x1b[2Jb"))
    kept.keep(an_alert(2, rule="blind", text="BLIND", acknowledged_ms=BEGAN_MS, note="known"))
    assert kept.close()
    return path


def test_rules_and_alerts_are_listed_a_line_each(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(journal) == 0
    assert capsys.readouterr().out.splitlines() == [
        "rule blind: blind for 10s; bell (built in)",
        "2026-01-01T00:00:00.000Z over 2026-01-01T00:00:05.000Z btc-low: a\\x1b[2Jb"
        " (told 1, 2 times, webhook delivered)",
        "2026-01-01T00:00:00.000Z lasts blind: BLIND (told 1, acknowledged: known)",
    ]


def test_one_rule_alone(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed(journal, AlertsOptions("list", "blind"), a_rule())
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "rule",
        "2026-01-01T00:00:00.000Z",
    ]
    with pytest.raises(UsageError, match=r"No alert is called blnd; did you mean blind\?"):
        listed(journal, AlertsOptions("list", "blnd"))


def test_as_json_it_is_one_object_without_secrets(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed(journal, JSON, a_rule(webhook=Secret("https://h.example/very-secret")))
    text = capsys.readouterr().out
    told = json.loads(text)
    assert [rule["name"] for rule in told["rules"]] == ["blind", "btc-low"]
    assert told["rules"][1]["tells_by"] == "bell, webhook h.example"
    assert [(alert["id"], alert["note"]) for alert in told["alerts"]] == [(1, ""), (2, "known")]
    assert "very-secret" not in text
    assert {*told, *told["rules"][0], *told["alerts"][0]} <= named_in("alerts.md")


def test_without_a_journal_there_are_the_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(tmp_path / "none.db") == 0
    assert capsys.readouterr().out == "rule blind: blind for 10s; bell (built in)\n"


@contextmanager
def server(status: int) -> Iterator[tuple[str, list[bytes]]]:
    """A web server that answers one request with this status."""
    bodies: list[bytes] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as http:
        thread = threading.Thread(target=http.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/hook", bodies
        thread.join()


def rehearse(*rules: AlertRule) -> int:
    return run(rules, Path("none"), AlertsOptions("test"), ManualClock(), os.environ, "binance main")


def test_a_rehearsal_tells_by_every_way(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "said"
    with server(200) as (address, bodies):
        code = rehearse(a_rule(command=("cp", "/dev/null", str(file)), webhook=Secret(address)))
    assert code == 0
    assert capsys.readouterr().out == "btc-low: command done, webhook delivered\n"
    assert file.exists()
    assert json.loads(bodies[0])["text"] == "bntui: btc-low: this is a test"


def test_what_does_not_arrive_is_said_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with server(404) as (address, _):
        assert rehearse(a_rule(webhook=Secret(address)), a_rule(name="b", command=("/no/such",))) == FAILED
    assert capsys.readouterr().out.splitlines() == [
        "btc-low: webhook failed: HTTP 404",
        "b: command cannot be started: No such file or directory",
    ]


def test_what_only_a_viewer_tells_cannot_be_tried_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse(*BUILT_IN) == 0
    assert capsys.readouterr().out == "blind: nothing to try but in a viewer\n"
