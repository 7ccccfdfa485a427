"""What the program says and exits with follows from what was found."""

from __future__ import annotations

from bntui.doctor.findings import (
    SAME_FIX,
    Outcome,
    bad,
    exit_code,
    lines,
    ok,
    report,
    skipped,
    unreached,
    unusable,
    warn,
)
from tests.support.pages import named_in

GOOD = ok("dns", "api.exchange.test", "is 10.0.0.1", 1.26)
POOR = warn("clock", "", "400 ms behind", "set it")
BLIND = bad("engine", "", "blind", "look", 2)
KEYLESS = unusable("keys", "main.spot", "no key", "add one")
CUT_OFF = unreached("tcp", "api.exchange.test:443", "refused", "open it")


def test_the_worst_finding_decides_the_exit_code() -> None:
    assert exit_code([]) == 0
    assert exit_code([GOOD, skipped("tls", "", "not encrypted", "nothing")]) == 0
    found = [GOOD]
    for finding, code in ((POOR, 1), (BLIND, 2), (KEYLESS, 3), (CUT_OFF, 4)):
        found.append(finding)
        assert exit_code(found) == code
        assert exit_code(reversed(found)) == code


def test_each_finding_is_a_line_with_what_mends_it_below() -> None:
    assert lines([GOOD, CUT_OFF, POOR]) == [
        "ok       dns    api.exchange.test: is 10.0.0.1 (1 ms)",
        "bad      tcp    api.exchange.test:443: refused",
        "                → open it",
        "warn     clock  400 ms behind",
        "                → set it",
        "",
        "1 bad, 1 to be better.",
    ]
    assert lines([GOOD])[-1] == "All is well."


def test_what_mends_two_things_after_one_another_is_said_once() -> None:
    other = unreached("handshake", "stream.exchange.test", "refused", "open it")
    said = lines([CUT_OFF, GOOD, other, POOR, CUT_OFF])
    fixes = [line.partition("→ ")[2] for line in said if "→" in line]
    assert fixes == ["open it", SAME_FIX, "set it", "open it"]


def test_text_from_outside_steers_no_terminal() -> None:
    (line, *_) = lines([ok("dns", "a\x1b[2J", "is\nb")])
    assert line.isprintable()


def test_the_object_says_the_same() -> None:
    told = report([GOOD, POOR])
    assert (told["outcome"], told["exit_code"]) == (Outcome.WARN, 1)
    assert told["checks"][0] == {
        "check": "dns",
        "subject": "api.exchange.test",
        "outcome": "ok",
        "said": "is 10.0.0.1",
        "fix": "",
        "ms": 1.3,
    }
    assert told.keys() | told["checks"][0].keys() <= named_in("incidents.md")
    assert report([GOOD])["outcome"] == "ok"
    assert report([POOR, CUT_OFF])["outcome"] == "bad"
