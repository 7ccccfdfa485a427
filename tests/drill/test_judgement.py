"""How a drill went, for people and for programs."""

from __future__ import annotations

import json

from bntui.drill.expect import Finding
from bntui.drill.judgement import Judgement, Moment, as_json, as_row, as_story, total

GOOD = Judgement(
    "half-open",
    "Nothing comes.",
    12.34,
    [Finding("an outage", True, "1: no answer")],
    [Moment(2.04, "It freezes."), Moment(5.0, "BLIND on 1")],
    [["Connection 1 was lost.", "bntui closed it itself."]],
)
BAD = Judgement("ban", "Banned.", 3.0, [Finding("LIVE", True, "LIVE"), Finding("2 attempts", False, "9")], [])


def test_a_drill_passes_when_everything_is_as_expected() -> None:
    assert GOOD.passed
    assert not BAD.passed
    assert BAD.failed == [BAD.findings[1]]
    assert not Judgement("empty", "", 0.0, [], []).passed, "a drill that judges nothing proves nothing"


def test_a_program_gets_one_object_in_a_line() -> None:
    text = as_json(GOOD)
    assert "\n" not in text
    assert json.loads(text) == {
        "drill": "half-open",
        "passed": True,
        "about": "Nothing comes.",
        "seconds": 12.3,
        "expectations": [{"expected": "an outage", "passed": True, "seen": "1: no answer"}],
        "story": [{"second": 2.0, "text": "It freezes."}, {"second": 5.0, "text": "BLIND on 1"}],
        "incidents": [["Connection 1 was lost.", "bntui closed it itself."]],
    }


def test_a_row_of_the_table_names_what_failed() -> None:
    assert as_row(GOOD) == ["passed  half-open                     12.3 s  1 of 1 as expected"]
    assert as_row(BAD) == [
        "FAILED  ban                            3.0 s  1 of 2 as expected",
        "        expected: 2 attempts",
        "            seen: 9",
    ]


def test_a_single_drill_is_told_in_full() -> None:
    assert as_story(GOOD) == [
        "     2.0 s  It freezes.",
        "     5.0 s  BLIND on 1",
        "",
        "  Connection 1 was lost.",
        "  bntui closed it itself.",
        "",
        "  yes  an outage",
        "       seen: 1: no answer",
        "",
        "passed  half-open                     12.3 s  1 of 1 as expected",
    ]


def test_the_last_line_counts() -> None:
    assert total([GOOD, BAD], 71.6) == "1 of 2 drills passed in 72 s"


def test_a_drill_that_failed_on_a_busy_machine_says_so() -> None:
    late = Judgement("ban", "Banned.", 3.0, [Finding("2 attempts", False, "9")], [], late_s=2.1)
    assert as_row(late)[1] == "        This machine was busy: the drill itself stood still for 2.1 s."
