"""The table of metrics, and the dashboard that lives on it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bntui.metrics.table import BY_NAME, METRICS
from tests.architecture import ROOT

DASHBOARD: dict[str, Any] = json.loads((ROOT / "docs" / "grafana.json").read_text(encoding="utf-8"))


def expressions() -> Iterator[str]:
    """What the dashboard asks for."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def asked() -> set[str]:
    """The metrics that it asks for."""
    return {name for each in expressions() for name in re.findall(r"\bbntui_\w+", each)}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_each_metric_is_named_and_explained(metric: Any) -> None:
    assert re.fullmatch("bntui_[a-z_]+", metric.name)
    assert metric.about.endswith(".")
    assert metric.counts is metric.name.endswith("_total")


def test_each_name_stands_once() -> None:
    assert len(BY_NAME) == len(METRICS)


def test_nothing_private_is_among_the_labels() -> None:
    known = {"shard", "market", "state", "grade", "kind", "account", "liquidity", "pool", "symbol", "stream"}
    assert {label for metric in METRICS for label in metric.labels} == known | {
        "version",
        "environment",
        "what",
    }


def test_the_dashboard_asks_for_nothing_that_is_not_served() -> None:
    assert asked() - BY_NAME.keys() == set()


def test_the_dashboard_shows_what_matters() -> None:
    for part in ("verdict", "engine_up", "shard_", "streams", "lag", "gap_trades", "fills", "budget"):
        wanted = {"budget": "connection_attempts"}.get(part, part)
        assert [name for name in asked() if wanted in name], part


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_the_dashboard_groups_and_filters_by_labels_that_there_are(expression: str) -> None:
    names = re.findall(r"\bbntui_\w+", expression)
    there = {label for name in names for label in BY_NAME[name].labels}
    used = {
        label for inside in re.findall(r"\b(?:by|on) \(([^)]*)\)", expression) for label in inside.split(", ")
    }
    used |= set(re.findall(r"[{,](\w+)=", expression))
    assert used <= there


def test_what_counts_is_shown_as_a_rate_and_what_does_not_is_not() -> None:
    for expression in expressions():
        for name in re.findall(r"\bbntui_\w+", expression):
            inside = re.search(rf"\b(?:increase|rate)\({name}(?:{{[^}}]*}})?\[", expression)
            assert bool(inside) is BY_NAME[name].counts, expression


def test_each_panel_has_a_place_of_its_own_and_names_no_source() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
        assert panel.get("datasource", {"uid": "${datasource}"})["uid"] == "${datasource}"
