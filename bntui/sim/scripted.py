"""A scripted account: it comes to life when it is asked for first, with a day behind it, and then trades.

Two with the same seed, number and script, at markets that move in the same steps, do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Protocol

from bntui.sim.accounts import Sink, Unsubscribe
from bntui.sim.announcer import Announcer
from bntui.sim.broker import Broker, Keeper
from bntui.sim.market import Listed
from bntui.sim.pasttrades import PastTrades
from bntui.sim.script import Script
from bntui.sim.trader import Chore, Trader

Answers = Callable[[str, Mapping[str, str]], object]
"""Answers a call by its name and parameters. Raises Refused."""


class Purse(Keeper, Protocol):
    """What keeps an account's money, and does by itself what is due by the clock."""

    def deposit(self, asset: str, amount: Decimal, now_us: int) -> None:
        """Something is paid in, or out. Raises ValueError where there is too little."""
        ...

    def squeeze(self, now_us: int) -> None:
        """Bring the account near liquidation. Raises ValueError where it cannot be."""
        ...

    def due(self, now_us: int) -> None:
        """Book what falls due at this moment, such as funding."""
        ...


class Habits(Protocol):
    """What an account does on its market beside trading."""

    @property
    def chores(self) -> Sequence[Chore]:
        """What the trader does now and then."""
        ...

    def advance(self) -> None:
        """Do what is due by now."""
        ...


class ScriptedAccount:
    """One account on one market."""

    def __init__(
        self,
        announcer: Announcer,
        broker: Broker,
        purse: Purse,
        answers: Answers,
        listed: Sequence[Listed],
        habits: Habits,
        script: Script,
        number: int,
        rng: Random,
    ) -> None:
        """`listed`: what it trades; `number`: which account it is, from 0 on."""
        self.announcer = announcer
        """Who tells its events."""
        self.broker = broker
        """Who carries its orders."""
        self.purse = purse
        """What keeps its money."""
        self._answers = answers
        self._listed = listed
        self._script = script
        self._habits = habits
        self._past = PastTrades(broker, purse, number, rng)
        self.trader = Trader(broker, purse, listed, script, rng, habits.chores, broker.market.moment_us)
        """Who trades it; his pace may be changed."""
        self._alive = False

    def __repr__(self) -> str:
        return f"<ScriptedAccount {self.broker!r} {'alive' if self._alive else 'asleep'}>"

    def subscribe(self, sink: Sink) -> Unsubscribe:
        """Tell of every event from now on, in order."""
        self._begin()
        return self.announcer.join(sink)

    def watch(self, sink: Sink) -> Unsubscribe:
        """The same, without bringing it to life."""
        return self.announcer.join(sink)

    def rest(self, name: str, params: Mapping[str, str]) -> object:
        """Answer a call as plain values that JSON can hold. Raises Refused."""
        self._begin()
        return self._answers(name, params)

    def advance(self) -> None:
        """Let everything happen that is due by now. The market has moved on already."""
        if self._alive:
            now_us = self.broker.market.moment_us
            self.trader.advance(now_us)
            self.purse.due(now_us)
            self._habits.advance()

    def deposit(self, asset: str, amount: Decimal) -> None:
        """Pay something in, or out where it is negative. Raises ValueError where there is too little."""
        self._begin()
        self.purse.deposit(asset, amount, self.broker.market.moment_us)

    def squeeze(self) -> None:
        """Bring it near liquidation, so that the exchange warns. Raises ValueError where it cannot be."""
        self._begin()
        self.purse.squeeze(self.broker.market.moment_us)

    def _begin(self) -> None:
        if self._alive:
            return
        self._alive = True
        market = self.broker.market
        now_us = market.moment_us
        self.announcer.silent = True
        self._past.make(self._listed, self._script.past_fills, now_us, self.purse.due)
        self.announcer.silent = False
        symbols = frozenset(pair.symbol for pair, _ in self._listed)
        market.wanted_elsewhere.append(lambda: symbols)
        for symbol in symbols:
            market.wake(symbol)
