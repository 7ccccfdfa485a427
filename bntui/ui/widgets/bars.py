"""The line at the top of every screen, and the one at its bottom."""

from __future__ import annotations

from collections.abc import Sequence

from bntui.model.states import Grade
from bntui.model.views import VerdictView
from bntui.ui.format import clean, duration, utc
from bntui.ui.keys import Key, shown
from bntui.ui.tables.states import GRADE_GLYPHS
from bntui.ui.widgets.lines import Line, Lines, Part, part_width, spread

CHIPS = {Grade.LIVE: "chip-live", Grade.DEGRADED: "chip-degraded", Grade.BLIND: "chip-blind"}

SENTENCE_CELLS = 44
"""Cells that the verdict's sentence gets before the environment is shown beside it."""

CLOCK = "%H:%M:%S UTC"


def headline(verdict: VerdictView) -> tuple[str, str]:
    """The words in capitals with which the sentence begins, and the rest of it.

    A sentence that begins with no such word gets the grade's own.
    """
    words = clean(verdict.sentence).split(" ")
    count = 0
    while count < len(words) and words[count].rstrip(":").isalpha() and words[count].isupper():
        count += 1
        if words[count - 1].endswith(":"):
            break
    head = " ".join(words[:count]).rstrip(":")
    return head or verdict.grade.upper(), " ".join(words[count:])


def verdict_chip(verdict: VerdictView) -> Line:
    """The verdict's first words, marked by glyph, colour and inversion."""
    return ((f" {GRADE_GLYPHS[verdict.grade]} {headline(verdict)[0]} ", CHIPS[verdict.grade]),)


def verdict_line(verdict: VerdictView, held_s: float, environment: str, wall_ms: int, width: int) -> Line:
    """The answer to «am I blind?», where, and when: `✖ BLIND`, the sentence, environment, UTC."""
    chip = verdict_chip(verdict)
    sentence = headline(verdict)[1]
    if verdict.grade is not Grade.BLIND:
        sentence = f"{sentence} · for {duration(held_s)}"
    clock = utc(wall_ms, CLOCK)
    right: list[Part] = [(f"{clock} ", "title")]
    room = width - part_width([*chip, *right]) - 2
    named = clean(environment)
    wanted = min(part_width([(sentence, "")]), SENTENCE_CELLS)
    if named and room - part_width([(named, "")]) - 4 >= wanted:
        right.insert(0, (f"{named}  ", "title"))
    return spread((*chip, (f" {sentence}", "strong")), right, width)


def tabs(titles: Sequence[str], active: str) -> Line:
    """The screens with the keys that open them; the open one stands out."""
    parts: list[Part] = []
    for number, title in enumerate(titles, 1):
        text = f" {number} {title} "
        parts.append((text, "chip-tab") if title == active else (text, "title"))
    return tuple(parts)


def key_line(keys: Sequence[Key], width: int) -> Line:
    """Keys with what they do; only whole ones, as many as fit."""
    parts: list[Part] = []
    for key in keys:
        name = shown(key.keys.split(",")[0])
        more: list[Part] = [("  ", "")] if parts else []
        more += [(name, "key"), (f" {key.label}", "title")]
        if key.label and part_width([*parts, *more]) <= width:
            parts += more
    return tuple(parts)


def message_part(text: str, bad: bool) -> Part:
    """A message as it stands in the bottom line; a bad one is marked by more than colour."""
    return (f"! {clean(text)}", "blind") if bad else (clean(text), "live")


class Bar(Lines):
    """One line at an edge of the screen."""
