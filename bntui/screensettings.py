"""The `keys` and `watchlists` tables of the settings file: what is wrong is named and passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence, Sequence

from bntui.config import Origin
from bntui.preferences import LISTED_MOST, LISTS_MOST, NamedList
from bntui.schema import FILE_KEYS
from bntui.settingvalues import columns_of, texts_of
from bntui.venue.binance.names import is_symbol_text
from bntui.words import nearest, sentence

ALL = "all"
"""What the list of all symbols is called; no other list can have the name."""

LIST_NAME_CELLS = 24
"""Characters of a watchlist's name at most: it stands in the bottom line."""

_LIST_KEYS = ("symbols", "columns")

Section = Mapping[str, tuple[object, Callable[..., str]]]
"""A table's entries, each with what names places in it for people."""


def meant(key: str, known: Sequence[str]) -> str:
    """The end of a message about a key that a table does not have: what was meant, or where it belongs.

    In TOML a setting behind a table's head belongs to that table, which is easily overlooked.
    """
    belongs = f"; {key} belongs to the file itself, above its first [table]" if key in FILE_KEYS else ""
    return nearest(key, known) or belongs


def read_keys(
    section: Section, warnings: MutableSequence[str], origins: MutableMapping[str, Origin]
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Keys by action, and where the file says so: `keys.move.down` to a place.

    Whether there is such an action and such a key, the screen knows.
    """
    keys: dict[str, tuple[str, ...]] = {}
    places: dict[str, str] = {}
    for name, (raw, place_of) in section.items():
        for path, value in _leaves((name,), raw):
            action = ".".join(path)
            if action in keys:
                continue
            place = place_of("keys", *path)
            if action in FILE_KEYS:
                warnings.append(f"{place}: no action is called so{meant(action, ())}.")
                continue
            try:
                keys[action] = texts_of(value)
            except ValueError as error:
                warnings.append(sentence(f"{place}: {error}"))
            else:
                places[f"keys.{action}"] = place
                origins[f"keys.{action}"] = Origin(" ".join(keys[action]) or "none", place)
    return keys, places


def _leaves(path: tuple[str, ...], raw: object) -> Iterable[tuple[tuple[str, ...], object]]:
    """`move.down = "x"` is a table in a table; `"move.down" = "x"` is none, and means the same."""
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            yield from _leaves((*path, str(name)), value)
    else:
        yield path, raw


def read_lists(
    section: Section, warnings: MutableSequence[str], origins: MutableMapping[str, Origin]
) -> tuple[NamedList, ...]:
    """The named watchlists, in the file's order."""
    lists: list[NamedList] = []
    for name, (raw, place_of) in section.items():
        try:
            lists.append(_list(name, raw, place_of, warnings, origins))
        except ValueError as error:
            warnings.append(sentence(f"{place_of('watchlists', name)}: {error}"))
    if len(lists) > LISTS_MOST:
        warnings.append(f"Of {len(lists)} watchlists the first {LISTS_MOST} are shown.")
    return tuple(lists[:LISTS_MOST])


def _list(
    name: str,
    raw: object,
    place_of: Callable[..., str],
    warnings: MutableSequence[str],
    origins: MutableMapping[str, Origin],
) -> NamedList:
    """One named watchlist. Raises ValueError where it cannot be one at all."""
    if not (0 < len(name) <= LIST_NAME_CELLS and name.isprintable()) or name == ALL:
        raise ValueError(
            f"no list can be called so: {ALL} has all symbols, {LIST_NAME_CELLS} letters are most"
        )
    table = raw if isinstance(raw, Mapping) else {"symbols": raw}
    read: dict[str, tuple[str, ...]] = {}
    for key, value in table.items():
        place = (
            place_of("watchlists", name, key) if isinstance(raw, Mapping) else place_of("watchlists", name)
        )
        try:
            if key not in _LIST_KEYS:
                raise ValueError(f"a watchlist has no such key{meant(key, _LIST_KEYS)}")
            read[key] = columns_of(value) if key == "columns" else texts_of(value)
        except ValueError as error:
            warnings.append(sentence(f"{place}: {error}"))
            continue
        origins[f"watchlists.{name}.{key}"] = Origin(" ".join(read[key]), place)
        if key == "symbols":
            wrong = [word for word in read[key] if not is_symbol_text(word)]
            warnings += [f"{place}: {word!r} is no symbol; Binance writes BTCUSDT." for word in wrong]
            read[key] = tuple(word for word in read[key] if word not in wrong)[:LISTED_MOST]
    return NamedList(name, read.get("symbols", ()), read.get("columns", ()))
