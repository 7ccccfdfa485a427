"""A rule that is written wrongly is refused with its line: an alert that does not exist tells nobody."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bntui.alertrules import BUILT_IN, AlertRule
from bntui.alertsettings import RULES_MOST
from bntui.errors import UsageError
from bntui.model.alerts import AlertKind
from bntui.model.markets import Market, SymbolKey
from bntui.secret import Secret
from bntui.sources import Flags, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings file would be."""
    return tmp_path / "config.toml"


def rules(file: Path, text: str, flags: Flags | None = None, **environ: str) -> tuple[AlertRule, ...]:
    file.write_text(text)
    settings, warnings = load(flags or {}, environ, file)
    assert warnings == ()
    return settings.alerts


def rule(file: Path, text: str, **environ: str) -> AlertRule:
    """The one rule of a file, beside what is built in."""
    return rules(file, f"[[alerts]]\n{text}", None, **environ)[-1]


def test_without_a_word_there_is_what_is_built_in(file: Path) -> None:
    assert rules(file, "") == BUILT_IN


def test_a_rule_says_everything(file: Path) -> None:
    found = rule(
        file,
        'name = "btc-low"\nkind = "price_below"\nvalue = 60000.10\nclear = "60500"\n'
        'symbols = ["btcusdt", "ETHUSDT.usdm"]\nfor = "5s"\ncool_down = "10m"\nrepeat = "1h"\n'
        'tell_over = true\nbell = false\ndesktop = "osc777"\ncommand = ["notify", "{text}"]\nwebhook = "https://h.example/x"',
    )
    assert found == AlertRule(
        "btc-low",
        AlertKind.PRICE_BELOW,
        Decimal("60000.1"),
        Decimal(60_500),
        (SymbolKey(Market.SPOT, "BTCUSDT"), SymbolKey(Market.USDM, "ETHUSDT")),
        0.0,
        5.0,
        600.0,
        3_600.0,
        True,
        False,
        "osc777",
        ("notify", "{text}"),
        Secret("https://h.example/x"),
        f"{file}:1: alerts.1",
    )


def test_what_it_does_not_say_is_sensible(file: Path) -> None:
    found = rule(file, 'kind = "change"\nvalue = 5')
    assert (found.name, found.over_s, found.bell, found.desktop) == ("change", 300.0, True, "")
    assert found.clear == 4
    assert rule(file, 'kind = "price_above"\nvalue = 1000').clear == 999
    assert rule(file, 'kind = "price_below"\nvalue = 1000').clear == 1001
    assert rule(file, 'kind = "fill"').cool_down_s == 10.0
    assert rule(file, 'kind = "reconnects"').over_s == 3_600.0


def test_symbols_without_a_market_are_of_that_of_the_run(file: Path) -> None:
    text = '[[alerts]]\nkind = "age"\nvalue = 30\nsymbols = ["BTCUSDT"]'
    assert rules(file, text, {"market": "usdm"})[-1].symbols == (SymbolKey(Market.USDM, "BTCUSDT"),)


def test_what_is_built_in_can_be_replaced_and_put_out(file: Path) -> None:
    (mine,) = rules(file, '[[alerts]]\nname = "blind"\nkind = "blind"\nfor = "30s"')
    assert (mine.for_s, mine.place) == (30.0, f"{file}:1: alerts.1")
    assert rules(file, '[[alerts]]\nname = "blind"\nenabled = false') == ()


def test_a_rule_that_is_put_out_does_not_hold(file: Path) -> None:
    assert rules(file, '[[alerts]]\nkind = "fill"\nenabled = false') == BUILT_IN


def test_a_profile_has_its_own_rules(file: Path) -> None:
    text = '[[alerts]]\nkind = "fill"\n[profiles.test]\n[[profiles.test.alerts]]\nkind = "margin"'
    assert [one.name for one in rules(file, text)] == ["blind", "fill"]
    found = rules(file, text, {"profile": "test"})
    assert [one.name for one in found] == ["blind", "margin"]
    assert found[-1].place == f"{file}:4: profiles.test.alerts.1"


def test_an_address_can_stand_in_a_variable(file: Path) -> None:
    found = rule(file, 'kind = "fill"\nwebhook = "$MY_HOOK"', MY_HOOK="https://h.example/secret")
    assert found.webhook == Secret("https://h.example/secret")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alerts = 5", ":1: alerts: write [[alerts]], with two brackets"),
        ("[alerts]\nkind = 'fill'", ":1: alerts: write [[alerts]], with two brackets"),
        ("alerts = [5]", ":1: alerts.1: this is a table"),
        ("[[alerts]]\nvalue = 5", ":1: alerts.1: the rule does not say its kind; there are price_above,"),
        ("[[alerts]]\nkind = 'prise_above'", ":2: alerts.1.kind: 'prise_above' is none of"),
        ("[[alerts]]\nkind = 'age'", ":1: alerts.1: the rule does not say its value"),
        ("[[alerts]]\nkind = 'age'\nvalue = 'x'", ":3: alerts.1.value: 'x' is no number"),
        ("[[alerts]]\nkind = 'age'\nvalue = -1", ":3: alerts.1.value: it cannot be -1"),
        ("[[alerts]]\nkind = 'age'\nvalue = inf", ":3: alerts.1.value: it cannot be inf"),
        ("[[alerts]]\nkind = 'age'\nvalue = '1e999'", ":3: alerts.1.value: it cannot be 1e999"),
        ("[[alerts]]\nkind = 'blind'\nvalue = 5", ":3: alerts.1.value: this kind of rule has no value"),
        ("[[alerts]]\nkind = 'fill'\nover = '5m'", ":3: alerts.1.over: fill looks at no span"),
        (
            "[[alerts]]\nkind = 'change'\nvalue = 1\nover = '5d'",
            ":4: alerts.1.over: 5d is not between 1s and 24h",
        ),
        ("[[alerts]]\nkind = 'fill'\nfor = 5", ":3: alerts.1.for: 5 is no text"),
        (
            "[[alerts]]\nkind = 'fill'\nrepeat = '1s'",
            ":3: alerts.1.repeat: it cannot repeat itself more often",
        ),
        (
            "[[alerts]]\nkind = 'fill'\nfro = '5s'",
            ":3: alerts.1.fro: a rule has no such key; did you mean for?",
        ),
        ("[[alerts]]\nkind = 'fill'\nname = 'a b'", ":3: alerts.1.name: 'a b' is no name for a rule"),
        (
            "[[alerts]]\nkind = 'fill'\nsymbols = ['BTC USDT']",
            ":3: alerts.1.symbols: 'BTC USDT' is no symbol",
        ),
        (
            "[[alerts]]\nkind = 'blind'\nsymbols = ['BTCUSDT']",
            ":3: alerts.1.symbols: blind is not about symbols",
        ),
        (
            "[[alerts]]\nkind = 'price_above'\nvalue = 5\nclear = 6",
            ":4: alerts.1.clear: 6 is above the value 5: it would be over while it is wrong",
        ),
        (
            "[[alerts]]\nkind = 'price_below'\nvalue = 5\nclear = 4",
            ":4: alerts.1.clear: 4 is below the value 5",
        ),
        ("[[alerts]]\nkind = 'fill'\ncommand = 'reboot now'", ":3: alerts.1.command: this is a list"),
        ("[[alerts]]\nkind = 'fill'\ncommand = []", ":3: alerts.1.command: it names no program"),
        (
            "[[alerts]]\nkind = 'fill'\ncommand = ['x', '{txt}']",
            ":3: alerts.1.command: an alert has no {txt}; did you mean text?",
        ),
        ("[[alerts]]\nkind = 'fill'\ndesktop = 'osc8'", ":3: alerts.1.desktop: 'osc8' is neither true"),
        ("[[alerts]]\nkind = 'fill'\nbell = 5", ":3: alerts.1.bell: 5 is neither true nor false"),
        ("[[alerts]]\nkind = 'fill'\nwebhook = '$NO'", ":3: alerts.1.webhook: the environment has no such"),
        (
            "[[alerts]]\nkind = 'fill'\n\n[[alerts]]\nkind = 'fill'",
            ":4: alerts.2: there is a rule fill already, at {file}:1: alerts.1",
        ),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(text: str, words: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load({}, {}, file)
    assert caught.value.message.startswith(f"{file}{words.replace('{file}', str(file))}")


@pytest.mark.parametrize(
    "address", ["ftp://h/very-secret", "very-secret", "https://[very-secret", "http:///very-secret"]
)
def test_a_wrong_address_is_not_repeated_in_the_error(address: str, file: Path) -> None:
    file.write_text(f'[[alerts]]\nkind = "fill"\nwebhook = "{address}"')
    with pytest.raises(UsageError, match="this is no address that begins with") as caught:
        load({}, {}, file)
    assert "very-secret" not in str(caught.value)


def test_too_many_rules_are_refused(file: Path) -> None:
    file.write_text("".join(f'[[alerts]]\nkind = "fill"\nname = "f{n}"\n' for n in range(RULES_MOST + 1)))
    with pytest.raises(UsageError, match="101 rules are too many; 100 can be followed"):
        load({}, {}, file)
