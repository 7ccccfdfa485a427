"""Where the real exchange is not certain, each choice has a name, a default and a reason."""

from __future__ import annotations

import json

import pytest

from bntui.sim.switches import Switches


def test_every_switch_says_what_it_does() -> None:
    rows = json.loads(json.dumps(Switches.table()))
    assert list(rows) == list(Switches().as_json())
    assert all(len(row["does"]) > 20 for row in rows.values())
    assert rows["long_url_status"]["default"] == 414


def test_the_careful_choice_is_the_default() -> None:
    usual = Switches()
    assert usual.nested_errors
    assert usual.unknown_streams_acked, "a client must find out by itself that a stream does not exist"
    assert usual.long_frames_ignored
    assert not usual.empty_pongs_count
    assert (usual.attempts_status, usual.long_url_status) == (429, 414)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("nested_errors", "off", False),
        ("named_errors", "ON", True),
        ("compression", "false", False),
        ("compression", "1", True),
        ("patience", "3", 3),
        ("life_code", "0", 0),
        ("shutdown_lead_s", "5-600", (5.0, 600.0)),
        ("shutdown_lead_s", "2.5", (2.5, 2.5)),
        ("shutdown_lead_s", "off", None),
    ],
)
def test_switches_can_be_set_by_words(name: str, text: str, value: object) -> None:
    assert Switches().override([(name, text)]).as_json()[name] == value


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("nosuch", "1", "there is no switch 'nosuch'; there are nested_errors, "),
        ("compression", "maybe", "compression is either on or off, not 'maybe'"),
        ("patience", "few", "'few' is no number for patience"),
        ("patience", "-1", "patience cannot be -1"),
        ("shutdown_lead_s", "soon", "shutdown_lead_s reads like 5-600 or off, not 'soon'"),
        ("shutdown_lead_s", "9-5", "shutdown_lead_s cannot be 9-5"),
        ("shutdown_lead_s", "nan", "shutdown_lead_s cannot be nan"),
    ],
)
def test_wrong_words_are_refused(name: str, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Switches().override([(name, text)])
