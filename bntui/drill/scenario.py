"""A drill as it is written: a TOML file with a market, limits, a timeline, and what must be seen and lost.

about = "One sentence for people."     starts = "live" (second 0 is the first LIVE) or "cold"
seconds = 20                           tail = ["trade"] (and "quote", "book", "candle", "fill")
[market]    name, symbols, rate, seed, watch
[limits]    any entry of the limits table, scaled where real times are long
[switches]  any switch of the exchange
[account]   method, fills_per_s and key of an account that trades meanwhile
[[step]]    at, say, and `fault` with its words, or `do` with its words
[[expect]]  verdict, stream, book, agreement, link, outage, card, gap, viewer, exchange, account or recovery,
            each with its words
[lost]      trades = "nothing", "told" or { SYMBOL = number }; refilled; of own fills
            recovered, and fills = "nothing", "some" or "everything"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from bntui.demo import key_variables
from bntui.drill.accounts import AccountExpected, RecoveryExpected, TradingAccount
from bntui.drill.counted import (
    AgreementExpected,
    CardExpected,
    ExchangeExpected,
    GapExpected,
    LinkExpected,
    OutageExpected,
)
from bntui.drill.expect import BookExpected, Expectation, StreamExpected, VerdictExpected, ViewerExpected
from bntui.drill.lost import Lost
from bntui.drill.steps import ORDERS, Fault, Order, Step
from bntui.drill.tables import BadScenario, Table
from bntui.errors import UsageError
from bntui.model.markets import Market, SymbolKey
from bntui.sim.faults import read_fault
from bntui.sim.faultwords import BadFault
from bntui.sim.listings import names as names_of
from bntui.sim.switches import Switches
from bntui.venue.markets import venue
from bntui.words import nearest

LONGEST_S = 600.0
"""No drill may last longer."""

UNSHOWN = frozenset({"book", "candle"})
"""Kinds of lines that no row of the watchlist needs: they flow where symbols are named."""

_DATED = re.compile(r".+_[0-9]{6}")
"""A contract with an expiry."""

MOST_DATED = 10
"""A market lists fewer contracts with an expiry."""

MOST_SYMBOLS = 1_000
MOST_RATE = 10_000.0

EXPECTATIONS: Mapping[str, Callable[[Table], Expectation]] = MappingProxyType(
    {
        "verdict": VerdictExpected.read,
        "stream": StreamExpected.read,
        "book": BookExpected.read,
        "agreement": AgreementExpected.read,
        "link": LinkExpected.read,
        "outage": OutageExpected.read,
        "card": CardExpected.read,
        "gap": GapExpected.read,
        "viewer": ViewerExpected.read,
        "exchange": ExchangeExpected.read,
        "account": AccountExpected.read,
        "recovery": RecoveryExpected.read,
    }
)
"""What can be expected, by the key that says so."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One drill."""

    name: str
    about: str
    """One sentence for people."""
    seconds: float
    """How long it lasts."""
    cold: bool
    """Second 0 is the start of the engine, not its first LIVE; what is done at 0 is done before it."""
    tail: tuple[str, ...]
    market: Market
    symbols: tuple[str, ...]
    """Listed by the exchange."""
    rate: float
    seed: int
    watch: tuple[SymbolKey, ...]
    limits: Mapping[str, float]
    switches: tuple[tuple[str, str], ...]
    """Of the exchange, as words."""
    steps: Sequence[Step]
    expected: Sequence[Expectation]
    lost: Lost
    account: TradingAccount | None = None
    """Trades while the drill runs; None: nobody does."""

    def listed(self, now_ms: int) -> int:
        """How many symbols an exchange lists at least that lists these: contracts that expire, which no drill
        uses, stand between them."""
        wanted, most = {*self.symbols}, len(self.symbols) + MOST_DATED
        numbers = range(len(self.symbols), most)
        return next((n for n in numbers if wanted <= {*names_of(self.market, n, now_ms)}), most)

    def keys_for_engine(self) -> dict[str, str]:
        """Variables with the key of the account that trades, where one does."""
        return key_variables(self.seed, self.account.key) if self.account is not None else {}

    @property
    def tailed(self) -> tuple[SymbolKey, ...]:
        """The symbols whose tail is read: named where their books are to flow, else those that do anyway."""
        return self.watch if UNSHOWN & {*self.tail} else ()

    @property
    def needs_process(self) -> bool:
        """Whether something is done to the engine that only a process of its own can bear."""
        return any(isinstance(step.act, Order) and step.act.on_process for step in self.steps)

    @property
    def needs_clock(self) -> bool:
        """Whether something is done to the engine's clock, which only an engine in this process bears."""
        return any(isinstance(step.act, Order) and step.act.on_clock for step in self.steps)

    @property
    def expects_breaches(self) -> bool:
        """Whether the scenario itself says how many rules of the exchange are broken."""
        return self._counts("breaches")

    @property
    def expects_astray(self) -> bool:
        """Whether the scenario itself says how many streams are asked for on a wrong path."""
        return self._counts("astray")

    def _counts(self, what: str) -> bool:
        return any(isinstance(each, ExchangeExpected) and each.what == what for each in self.expected)


def names() -> list[str]:
    """The drills that there are."""
    return sorted(file.name.removesuffix(".toml") for file in _folder().iterdir() if _is_scenario(file.name))


def load(name: str) -> Scenario:
    """A drill by its name, or from a file of the user's own. Raises UsageError in words."""
    try:
        if _is_scenario(name):
            return parse(Path(name).stem, Path(name).read_text(encoding="utf-8"))
        known = names()
        if name not in known:
            raise UsageError(
                f"There is no drill {name}{nearest(name, known)}.", "`bntui drill --list` names all."
            )
        return parse(name, _folder().joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    except BadScenario as error:
        raise UsageError(f"The drill {name} cannot be played: {error}.") from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"The drill {name} cannot be read: {why}.") from None


def _folder() -> resources.abc.Traversable:
    return resources.files("bntui.sim") / "scenarios"


def _is_scenario(name: str) -> bool:
    return name.endswith(".toml")


def parse(name: str, text: str) -> Scenario:
    """Read a scenario. Raises BadScenario, in words, for whatever is not as it should be."""
    try:
        top = Table(tomllib.loads(text), "")
    except tomllib.TOMLDecodeError as error:
        raise BadScenario(f"it is no TOML: {error}") from None
    market, limits = top.table("market"), top.table("limits")
    name_of_market = Market(market.choice("name", tuple(Market), Market.SPOT))
    symbols = _symbols(market, name_of_market)
    scenario = Scenario(
        name=name,
        about=top.text("about"),
        seconds=top.number("seconds", least=1),
        cold=top.choice("starts", ("live", "cold"), "live") == "cold",
        tail=_tail(top),
        market=name_of_market,
        symbols=symbols,
        rate=min(MOST_RATE, market.number("rate", 100, least=1)),
        seed=round(market.number("seed", 1)),
        watch=_watch(market, name_of_market, symbols),
        limits=_limits(limits, name_of_market),
        switches=_switches(top.table("switches")),
        steps=[_step(table) for table in top.tables("step", "step")],
        expected=[_expectation(table) for table in top.tables("expect", "expectation")],
        lost=Lost.read(lost := top.table("lost")),
        account=TradingAccount.read(top.table("account")) if "account" in top else None,
    )
    for table in (lost, market, top):
        table.finish()
    _check(scenario, top)
    return scenario


def _check(scenario: Scenario, top: Table) -> None:
    if scenario.seconds > LONGEST_S:
        raise top.bad(f"seconds must be at most {LONGEST_S:g}")
    if any(step.at > scenario.seconds for step in scenario.steps):
        raise top.bad("a step comes after the end")
    if scenario.needs_process and scenario.needs_clock:
        raise top.bad("what is done to the engine's process and to its clock does not go together")
    if not scenario.expected:
        raise top.bad("nothing is expected")
    if ("fill" in scenario.tail) is not (scenario.account is not None):
        raise top.bad("an account and a tail of fills go together")


def _tail(top: Table) -> tuple[str, ...]:
    return top.choices("tail", ("trade", "quote", "fill", *sorted(UNSHOWN))) if "tail" in top else ("trade",)


def _symbols(table: Table, market: Market) -> tuple[str, ...]:
    number = round(table.number("symbols", 2, least=1))
    if number > MOST_SYMBOLS:
        raise table.bad(f"symbols must be at most {MOST_SYMBOLS}")
    # Of contracts those that never expire, so that a drill is the same on every day.
    lasting = [name for name in names_of(market, number + MOST_DATED, 0) if not _DATED.fullmatch(name)]
    return tuple(lasting[:number])


def _watch(table: Table, market: Market, symbols: tuple[str, ...]) -> tuple[SymbolKey, ...]:
    watched = table.texts("watch") or symbols
    for symbol in watched:
        if symbol not in symbols:
            raise table.bad(f"watch names {symbol}, which is not among the {len(symbols)} symbols")
    return tuple(SymbolKey(market, symbol) for symbol in watched)


def _limits(table: Table, market: Market) -> Mapping[str, float]:
    limits = {name: table.number(name) for name in table.left()}
    try:
        venue(market, limits)
    except ValueError as error:
        raise table.bad(str(error)) from None
    return limits


def _switches(table: Table) -> tuple[tuple[str, str], ...]:
    words = tuple((name, str(value).lower()) for name, value in table.rest().items())
    try:
        Switches().override(words)
    except ValueError as error:
        raise table.bad(str(error)) from None
    return words


def _step(table: Table) -> Step:
    at, say = table.number("at", least=0), table.text("say")
    act: Fault | Order
    if "fault" in table:
        act = Fault(table.rest())
        try:
            read_fault(act.words)
        except BadFault as error:
            raise table.bad(str(error)) from None
        return Step(at, say, act)
    if "do" not in table:
        raise table.bad("neither fault nor do says what is done")
    act = ORDERS[table.choice("do", tuple(ORDERS))](table)
    table.finish()
    return Step(at, say, act)


def _expectation(table: Table) -> Expectation:
    subjects = [subject for subject in EXPECTATIONS if subject in table]
    if len(subjects) != 1:
        raise table.bad(f"it needs one of {', '.join(EXPECTATIONS)}")
    expectation = EXPECTATIONS[subjects[0]](table)
    table.finish()
    return expectation
