"""What the two futures markets list: perpetuals, and contracts that are delivered at the end of a quarter."""

from __future__ import annotations

import re
from calendar import FRIDAY, monthrange, timegm, weekday
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count, islice
from math import ceil, floor, log10
from time import gmtime

from bntui.sim.instruments import (
    E8,
    Contract,
    Pair,
    Profile,
    dollars_of,
    invented,
    known_assets,
    profile_of,
    quote_dollars,
    shares,
)
from bntui.sim.noise import mix, text_number

PERPETUAL, THIS_QUARTER, NEXT_QUARTER = "PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER"
NEVER_MS = 4_133_404_800_000
"""The day of delivery that exchangeInfo prints of a perpetual."""
_FIRST_LISTED_MS = 1_569_398_400_000
_DELIVERY_HOUR = 8
"""UTC, of the quarter's last Friday (contract rules, read 2026-05-28)."""
_CHEAP = 1e-3
"""Assets of fewer dollars are traded by the thousand."""
_THOUSAND = 1_000
_DOLLARS = {"BTC": 100}
_OTHER_DOLLARS = 10
_DELIVERED = re.compile(r"(.+)_([0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_PERP = "_PERP"


def quarter_ends_ms(now_ms: int) -> tuple[int, int]:
    """When the contracts of this quarter and of the next are delivered."""
    moment = gmtime(now_ms // 1000)
    found: list[int] = []
    for number in count((moment.tm_year * 12 + moment.tm_mon - 1) // 3):
        year, month = divmod(number * 3 + 2, 12)
        day = monthrange(year, month + 1)[1]
        day -= (weekday(year, month + 1, day) - FRIDAY) % 7
        end_ms = timegm((year, month + 1, day, _DELIVERY_HOUR, 0, 0)) * 1000
        if end_ms > now_ms:
            found.append(end_ms)
        if len(found) == 2:
            break
    return found[0], found[1]


def _date(end_ms: int) -> str:
    moment = gmtime(end_ms // 1000)
    return f"{moment.tm_year % 100:02}{moment.tm_mon:02}{moment.tm_mday:02}"


def _perpetuals(quote: str) -> Iterator[str]:
    for asset in known_assets():
        if asset != quote:
            yield f"{_THOUSAND if dollars_of(asset) < _CHEAP else ''}{asset}{quote}"


def usdm_names(number: int, now_ms: int) -> tuple[str, ...]:
    """The first names of USD-M: perpetuals by activity with some deliveries between, then invented ones."""
    this, following = (_date(end_ms) for end_ms in quarter_ends_ms(now_ms))
    names = list(_perpetuals("USDT"))
    names[6:6] = [f"BTCUSDT_{this}"]
    names[9:9] = [f"ETHUSDT_{this}", "BTCUSDC", f"ETHUSDT_{following}"]
    names[16:16] = [f"BTCUSDT_{following}"]
    names += _perpetuals("USDC")
    return _first(number, names, lambda asset: f"{asset}USDT")


def coinm_names(number: int, now_ms: int) -> tuple[str, ...]:
    """The first names of COIN-M."""
    this, following = (_date(end_ms) for end_ms in quarter_ends_ms(now_ms))
    names = [f"{asset}USD{_PERP}" for asset in known_assets() if asset.isascii()]
    names[2:2] = [f"BTCUSD_{this}"]
    names[5:5] = [f"ETHUSD_{this}", f"ETHUSD_{following}"]
    names[9:9] = [f"BTCUSD_{following}"]
    return _first(number, names, lambda asset: f"{asset}USD{_PERP}")


def _first(number: int, names: Sequence[str], more: Callable[[str], str]) -> tuple[str, ...]:
    known = dict.fromkeys(names)
    endless = (more(invented(place)) for place in count(1))
    return tuple(islice(chain(known, (name for name in endless if name not in known)), number))


def contract(symbol: str, now_ms: int, *, coin_margined: bool) -> Pair:
    """What a symbol of a futures market is, told from its name."""
    dated = _DELIVERED.fullmatch(symbol)
    name = dated[1] if dated else symbol.removesuffix(_PERP)
    delivery_ms = _delivery_ms(dated) if dated else NEVER_MS
    quote = "USD" if coin_margined else next((q for q in ("USDT", "USDC") if name.endswith(q)), name[-4:])
    base = name.removesuffix(quote) or name
    units = 1
    if base.startswith(str(_THOUSAND)) and base != str(_THOUSAND):
        units = _THOUSAND
    asset = base.removeprefix(str(_THOUSAND)) if units > 1 else base
    price = dollars_of(asset) * units / quote_dollars(quote)
    tick_places = min(7, max(1, ceil(log10(4_000 / price))))
    finer = 1 if asset == "BTC" else text_number(asset) % 3
    step_places = 0 if coin_margined else min(3, max(0, floor(log10(price) - 1.5)))
    return Pair(
        symbol,
        base,
        quote,
        10 ** (8 - tick_places),
        E8 if coin_margined else 10 ** (8 - step_places),
        price_places=min(8, tick_places + finer),
        quantity_places=step_places,
        contract=Contract(
            coin_margined=coin_margined,
            pair=name,
            kind=_kind(delivery_ms, now_ms),
            margin_asset=base if coin_margined else quote,
            onboard_ms=_FIRST_LISTED_MS + 86_400_000 * (mix(text_number(symbol)) % 1_000),
            delivery_ms=delivery_ms,
            index_symbol=f"{asset}USDT" if coin_margined else f"{asset}{quote}",
            index_units=units,
            dollars=_DOLLARS.get(base, _OTHER_DOLLARS) if coin_margined else 0,
        ),
    )


def _delivery_ms(dated: re.Match[str]) -> int:
    return timegm((2000 + int(dated[2]), int(dated[3]), int(dated[4]), _DELIVERY_HOUR, 0, 0)) * 1000


def _kind(delivery_ms: int, now_ms: int) -> str:
    if delivery_ms == NEVER_MS:
        return PERPETUAL
    return THIS_QUARTER if delivery_ms <= quarter_ends_ms(now_ms)[0] else NEXT_QUARTER


def futures_listing(
    symbols: int | Sequence[str], now_ms: int, *, coin_margined: bool
) -> list[tuple[Pair, Profile]]:
    """Every contract of one futures market, the busiest first. The next quarter of ETH hardly trades."""
    if isinstance(symbols, int):
        names = (coinm_names if coin_margined else usdm_names)(symbols, now_ms)
    else:
        names = tuple(dict.fromkeys(symbols))
    pairs = [contract(name, now_ms, coin_margined=coin_margined) for name in names]
    rare = {pair.symbol for pair in pairs if pair.base == "ETH" and _of(pair).kind == NEXT_QUARTER}
    parts = shares(names, rare)
    return [
        (pair, _profile(pair, rank, parts[rank], rare=pair.symbol in rare)) for rank, pair in enumerate(pairs)
    ]


def _of(pair: Pair) -> Contract:
    assert pair.contract is not None
    return pair.contract


def _profile(pair: Pair, rank: int, share: float, *, rare: bool) -> Profile:
    mine = _of(pair)
    asset = mine.index_symbol.removesuffix("USDT" if mine.coin_margined else pair.quote)
    price = dollars_of(asset) * mine.index_units
    step_value = float(mine.dollars) if mine.dollars else price * pair.step_e8 / E8
    ticks = round(price / quote_dollars(pair.quote) * E8 / pair.tick_e8)
    return profile_of(ticks, step_value, rank, share, rare=rare)
