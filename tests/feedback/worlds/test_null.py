"""Worlds without anything in them: over 40 seeds hardly a finding in any family."""

from datetime import timedelta

import numpy as np
import pytest

from feedback.insights.trap import handle_time_traps
from feedback.worlds.contacts import FIRST_DAY, contacts
from feedback.worlds.findings import FAMILIES
from feedback.worlds.world import empty_of_effects

SEEDS = range(10_000, 10_040)
# P(more than 5 of 40) is 1.4 % at a rate of 5 %.
MOST = 5


@pytest.fixture(scope="module")
def worlds():
    return {kind: [empty_of_effects(seed, 0.4, kind) for seed in seeds] for kind, seeds in KINDS.items()}


KINDS = {"null": SEEDS, "null_shocks": SEEDS[:20], "null_confounder": SEEDS[:20]}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_null_worlds_hardly_any_finding(worlds, family):
    found = [FAMILIES[family](world) for world in worlds["null"]]
    assert sum(found) <= MOST


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"change_points"}))
@pytest.mark.parametrize("kind", ["null_shocks", "null_confounder"])
def test_null_worlds_with_shocks_and_confounder(worlds, kind, family):
    found = [FAMILIES[family](world) for world in worlds[kind]]
    # P(more than 3 of 20) is 1.6 % at a rate of 5 %.
    assert sum(found) <= 3


def test_null_agents_are_no_traps():
    found = 0
    for seed in SEEDS:
        calls = contacts(np.random.default_rng(seed), 0.2, null=True)
        result = handle_time_traps(calls.handled(), FIRST_DAY + timedelta(days=189))
        found += any(agent.finding == "trap" for agent in result.agents)
    assert found <= MOST
