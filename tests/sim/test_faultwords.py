"""The words of faults are read strictly, and refused in words."""

from __future__ import annotations

import pytest

from bntui.sim import faultwords as word
from bntui.sim.faultwords import BadFault, Word, read_words


@pytest.mark.parametrize(
    ("known", "value", "complaint"),
    [
        (word.number("seconds", 0, 5), True, "seconds must be a number from 0 to 5"),
        (word.number("seconds", 0, 5), "1", "seconds must be a number"),
        (word.number("seconds", 0, 5), 5.1, "seconds must be a number"),
        (word.number("seconds", 0, 5), float("nan"), "seconds must be a number"),
        (word.whole("status", 400, 599), 451.0, "status must be a whole number from 400 to 599"),
        (word.whole("status", 400, 599), 101, "status must be a whole number"),
        (word.whole("status", 400, 599), True, "status must be a whole number"),
        (word.count(None), 0, "count must be a whole number from 1"),
        (word.REASON, "x" * 124, "reason must be a text of at most 123 bytes"),
        (word.REASON, "é" * 62, "reason must be a text"),
        (word.REASON, 5, "reason must be a text"),
        (word.streams(), [], "streams must be a list of stream names"),
        (word.streams(), "a@trade", "streams must be a list"),
        (word.streams(), [5], "streams must be a list"),
        (word.streams("depth"), ["a@trade"], "streams must be a list of names of depth streams"),
        (word.close_code(1001), 1006, "code must be a close code that can be sent"),
        (word.close_code(1001), 1016, "code must be a close code"),
        (word.close_code(1001), 999, "code must be a close code"),
        (word.close_code(1001), 0, "code must be a close code"),
        (word.close_code(1001, none_too=True), 5, "or 0 for none"),
        (word.CONNECTIONS, 5, "connections must be a list of connection numbers"),
        (word.CONNECTIONS, ["1"], "connections must be a list"),
        (word.choice("as", "text", "null"), "list", "as must be one of text, null"),
        (word.FOR, 0, "for must be a number from 0.001"),
    ],
)
def test_wrong_values_are_refused(known: Word, value: object, complaint: str) -> None:
    with pytest.raises(BadFault, match=complaint):
        read_words([known], {known.name: value})


def test_right_values_are_read() -> None:
    words = read_words(
        [
            *(word.number("seconds", 0, 5), word.whole("status", 400, 599), word.REASON, word.FOR),
            *(word.streams("depth"), word.close_code(1001), word.CONNECTIONS, word.choice("as", "text", "x")),
        ],
        {
            "seconds": 2.5,
            "status": 451,
            "reason": "why",
            "for": 3,
            "streams": ["a@depth", "b@depth20@100ms", "a@depth"],
            "code": 4999,
            "connections": [2],
            "as": "x",
        },
    )
    assert (words.number("seconds"), words.whole("status"), words.text("reason")) == (2.5, 451, "why")
    assert (words.maybe_number("for"), words.whole("code"), words.text("as")) == (3, 4999, "x")
    assert words.streams() == ("a@depth", "b@depth20@100ms")
    assert (words.of_some, words.concerns(2), words.concerns(1)) == (True, True, False)
    assert words.given["streams"] == ["a@depth", "b@depth20@100ms", "a@depth"], "as it was said"
    assert repr(words).startswith("<Words {'seconds': 2.5")


def test_what_is_not_said_has_its_default() -> None:
    words = read_words([word.FOR, word.CONNECTIONS, word.close_code(1001), word.choice("as", "text")], {})
    assert words.maybe_number("for") is None
    assert (words.of_some, words.concerns(77)) == (False, True)
    assert (words.whole("code"), words.text("as"), words.streams(), words.given) == (1001, "text", (), {})
    with pytest.raises(KeyError):
        words.number("for")


def test_nothing_said_on_purpose_is_nothing_said() -> None:
    words = read_words([word.RETRY_AFTER], {"retry_after": None})
    assert words.maybe_whole("retry_after") is None


def test_missing_and_unknown_words_are_named() -> None:
    with pytest.raises(BadFault, match="streams is missing"):
        read_words([word.streams()], {})
    with pytest.raises(BadFault, match="no such word here: a, b; there are: for"):
        read_words([word.FOR], {"b": 1, "a": 1})
    with pytest.raises(BadFault, match="there are: none"):
        read_words([], {"b": 1})


def test_every_word_says_what_it_must_be() -> None:
    assert word.streams("depth").form == "a list of names of depth streams; needed"
    assert word.FOR.form == "a number from 0.001 to 86400"
    assert word.close_code(1001).form == "a close code that can be sent; otherwise 1001"
