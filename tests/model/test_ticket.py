"""The sums of a day, and the Markdown that goes into a ticket."""

from __future__ import annotations

import re

import pytest

from bntui.feed.core.failures import describe_close
from bntui.model.incident import card
from bntui.model.ticket import MARKDOWN_CARDS, markdown, sums
from tests.model.incidents import BEGAN_MS, HOSTILE, LATER_MS, closed, hole, incident, ongoing, silence


def test_sums_count_two_connections_that_are_dark_at_once_only_once() -> None:
    first = incident(blind_s=20.0)
    second = incident(ended_ms=BEGAN_MS + 30_000, blind_s=20.0, missing=4, refilled=1)
    apart = incident(ended_ms=BEGAN_MS + 100_000, blind_s=5.0)
    change = incident(planned=True, blind_s=0.0)
    total = sums([second, apart, change, first], LATER_MS)
    assert (total.losses, total.planned, total.ongoing) == (3, 1, 0)
    assert total.blind_s == pytest.approx(35.0)
    assert total.parts == ["3 losses", "1 planned change", "blind for 35s", "4 trades missing, 1 refilled"]


def test_sums_of_what_lasts_grow() -> None:
    assert sums([ongoing()], BEGAN_MS + 7_000).blind_s == 7
    assert sums([ongoing()], BEGAN_MS + 7_000).ongoing == 1


def test_sums_name_what_there_is() -> None:
    assert sums([], LATER_MS).parts == ["no loss"]
    assert sums([incident(planned=True, blind_s=0.0)], LATER_MS).parts == ["no loss", "1 planned change"]


def test_silences_are_counted_beside_losses() -> None:
    total = sums([incident(), silence(), silence(ended_ms=None), hole()], LATER_MS)
    assert (total.losses, total.silences, total.holes, total.ongoing) == (1, 2, 1, 1)
    assert total.parts[:3] == ["1 loss", "2 silences", "1 hole"]
    assert sums([hole()], LATER_MS).blind_s == 0


# Markdown


def test_a_silence_is_no_loss_in_its_title() -> None:
    assert "connection 3 (spot): streams silent\n" in markdown([silence()], "", LATER_MS)
    assert "connection 3 (spot): trades missing\n" in markdown([hole()], "", LATER_MS)
    lasts = silence(ended_ms=None, blind_s=None)
    assert "connection 3 (spot): streams silent still\n" in markdown([lasts], "", LATER_MS)


def test_one_incident_as_markdown() -> None:
    shown = markdown([incident()], "binance main", LATER_MS).splitlines()
    assert shown[:2] == ["### 2025-12-31 23:59:00 UTC, connection 3 (spot): lost (binance main)", ""]
    assert [line.removeprefix("- ") for line in shown[2:]] == card(incident(), LATER_MS)


def test_a_day_as_markdown_has_its_sums_and_every_card_the_newest_first() -> None:
    newer = incident(id=8, began_ms=BEGAN_MS + 30_000, planned=True, blind_s=0.0)
    shown = markdown([incident(), newer], "", LATER_MS)
    heads = [line for line in shown.splitlines() if line.startswith("#")]
    assert heads == [
        "## Connections on 2025-12-31, UTC",
        "### 23:59:30, connection 3 (spot): planned change",
        "### 23:59:00, connection 3 (spot): lost",
    ]
    assert "\n1 loss, 1 planned change, blind for 20s.\n" in shown


def test_several_days_stand_under_their_dates() -> None:
    shown = markdown([incident(), ongoing(id=8, began_ms=LATER_MS)], "", LATER_MS + 5_000)
    assert re.findall(r"^## .*", shown, flags=re.MULTILINE) == [
        "## Connections on 2026-01-01, UTC",
        "## Connections on 2025-12-31, UTC",
    ]
    assert ": not back yet\n" in shown


def test_more_than_a_terminal_takes_is_counted_and_left_out() -> None:
    rows = [incident(id=n, began_ms=BEGAN_MS - n * 1_000) for n in range(MARKDOWN_CARDS + 5)]
    shown = markdown(rows, "", LATER_MS)
    assert shown.count("\n### ") == MARKDOWN_CARDS
    assert "And 5 older ones, which are left out here." in shown
    assert f"{MARKDOWN_CARDS + 5} losses" in shown
    longest = incident(
        cause=describe_close(1008, "*" * 123, False), close_code=1008, closed_by="server", hit="*" * 300
    )
    assert len(markdown([longest] * 100, "", LATER_MS).encode()) < 70_000


def test_nothing_as_markdown_is_nothing() -> None:
    assert markdown([], "demo", LATER_MS) == ""


def test_markdown_shows_text_of_the_exchange_as_it_is() -> None:
    shown = markdown([closed(1008, HOSTILE, hit="A_B *quotes*")], "my_profile *x*", LATER_MS)
    assert r"\[bold\]x\[/\] \[2J \# \<b\>y\</b\> \*z\* \`c\` \| http\://evil.example \@all \_u\_" in shown
    assert r"A\_B \*quotes\*" in shown
    assert r"(my\_profile \*x\*)" in shown
    assert not re.search(r"(?<!\\)[<>*`|\[\]@]", shown)
