"""The line at the top of every screen, and the one at its bottom."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.ui.format import clean, duration, utc, wrap, wrap_evenly
from bntui.ui.keys import Key, shown
from bntui.ui.tables.states import GRADE_GLYPHS
from bntui.ui.widgets.lines import Line, Lines, Part, cut, part_width, spread

CHIPS = {Grade.LIVE: "chip-live", Grade.DEGRADED: "chip-degraded", Grade.BLIND: "chip-blind"}

SENTENCE_CELLS = 44
"""Cells that the verdict's sentence gets before the environment is shown beside it."""

NO_MARKS: Mapping[str, str] = {}
"""Of screens in which nothing is new."""

USUAL_KEYS: Mapping[str, str] = {}
"""Screens are opened by their numbers, but for those that have another key here."""

CLOCK = "%H:%M:%S UTC"

_SPAN = re.compile(r"\b\d+(s|m\d\ds|h\d\dm|d\d\dh)\b")
"""A span of time, as `bntui.model.text.span` writes it."""

_LASTING = re.compile(rf"(^|\s)(for )?{_SPAN.pattern}")


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
    if verdict.grade is Grade.LIVE:
        sentence = f"{sentence} · for {duration(held_s)}"
    elif verdict.grade is Grade.DEGRADED or not _SPAN.search(sentence):
        # In front, where it is not cut off; what blinds mostly tells its own, which may be longer.
        sentence = f"for {duration(held_s)}: {sentence}"
    clock = utc(wall_ms, CLOCK)
    right: list[Part] = [(f"{clock} ", "title")]
    room = width - part_width([*chip, *right]) - 2
    named = clean(environment)
    wanted = min(part_width([(sentence, "")]), SENTENCE_CELLS)
    if named and room - part_width([(named, "")]) - 4 >= wanted:
        right.insert(0, (f"{named}  ", "title"))
    return spread((*chip, (f" {sentence}", "strong")), right, width)


def place_line(verdict: VerdictView, environment: str, wall_ms: int, width: int) -> Line:
    """The verdict in a word, where, and when: above a page that says the rest itself."""
    right = ((f"{clean(environment)}  {utc(wall_ms, CLOCK)} ", "title"),)
    return spread(verdict_chip(verdict), right, width)


def without_span(sentence: str) -> str:
    """The verdict's sentence less how long it has been so, for a place that says that anyway: the spans of
    single streams differ a little from it, and somebody would compare them."""
    head, colon, reason = sentence.partition(":")
    return f"{_LASTING.sub('', head, count=1)}{colon}{reason}"


def frozen_line(held_s: float, wall_ms: int, key: str, width: int) -> Line:
    """That the display stands still, since when, what goes on all the same, and what ends it."""
    words = f"at {utc(wall_ms, CLOCK)} · data goes on · {key} ends this"
    return cut(((f" FROZEN {duration(held_s)} ", "mark"), (f" {words}", "strong")), width)


def suspect_lines(label: Part, text: Part, width: int, most: int) -> tuple[Line, ...]:
    """Whose fault it seems to be, in at most so many lines; what does not fit is cut off as it is drawn."""
    words = label[0] + text[0]
    wrapped = wrap_evenly(words, width - 2) if most > 1 else (words,)
    if len(wrapped) > most:
        full = wrap(words, width - 2)
        wrapped = (*full[: most - 1], " ".join(full[most - 1 :]))
    first, *others = wrapped
    return ((" ", ""), label, (first[len(label[0]) :], text[1])), *(
        ((f" {line}", text[1]),) for line in others
    )


def tabs(
    titles: Mapping[str, str],
    active: str,
    room: int,
    most: int | None = None,
    marks: Mapping[str, str] = NO_MARKS,
    keys: Mapping[str, str] = USUAL_KEYS,
) -> Line:
    """The screens with the keys that open them; the open one stands out, and those with a mark.

    `titles` has a short name for each. Where not all fit the room the others have that; then all have it,
    if that fits at `most`; then the others have only their key. Where that is too much too, only the open
    one is left, and those with a mark.
    """
    mine = {active: f" {active} "} if active in titles else {}
    long = {title: f" {title} " for title in titles}
    short = {title: f" {name}" for title, name in titles.items()}
    opened, bare = f" {titles.get(active, active)} ", dict.fromkeys(titles, "")
    last = room if most is None else most
    for texts, width in (
        (long, room),
        (short | mine, room),
        (short | ({active: opened} if mine else {}), last),
        (bare | mine, last),
    ):
        line = _tabs(texts, active, marks, keys)
        if part_width(line) <= width:
            return line
    return _tabs(bare | mine, active, marks, keys, titles.keys() - marks.keys())


def _tabs(
    texts: Mapping[str, str],
    active: str,
    marks: Mapping[str, str],
    keys: Mapping[str, str],
    left_out: Collection[str] = (),
) -> Line:
    line: list[Part] = []
    for number, (title, text) in enumerate(texts.items(), 1):
        name, mark = f" {keys.get(title, number)}{text}", marks.get(title, "")
        if title == active:
            # Beside a mark, which stands out in the same way, the space is not part of it.
            apart: Line = ((" ", ""), (name[1:], "chip-tab"))
            line += apart if line and line[-1][1] == "mark" else [(name, "chip-tab")]
        elif title in left_out:
            continue
        elif mark:
            line += [(name.rstrip(), "title"), (" ", ""), (mark, "mark")]
            line += [(" ", "")] if text.endswith(" ") else []
        else:
            line.append((name, "title"))
    return tuple(line)


def key_line(keys: Sequence[Key], width: int) -> Line:
    """Keys with what they do; only whole ones, as many as fit."""
    parts: list[Part] = []
    for key in keys:
        if not key.keys:
            continue
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
