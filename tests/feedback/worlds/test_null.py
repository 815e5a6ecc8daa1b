"""Worlds without anything in them: hardly a finding in any family, nor on pages read month after month for a year."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pytest

from feedback.insights.trap import handle_time_traps
from feedback.worlds.contacts import FIRST_DAY, contacts
from feedback.worlds.findings import FAMILIES, page_findings
from feedback.worlds.world import NULL_WORLDS, empty_of_effects

SEEDS = range(10_000, 10_040)
# At a rate of 5 % P(more than 5 of 40) is 1.4 %, P(more than 3 of 20) 1.6 %.
MOST = {40: 5, 20: 3}
WORLDS = {"null": SEEDS, "null_shocks": SEEDS[:20], "null_confounder": SEEDS[:20]}
# What the first 20 seeds give, exactly: a change of it is a change of the method.
EXACT = {
    "null": {10012: ["drivers"], 10015: ["drivers"], 10017: ["themes"], 10018: ["drivers"]},
    "null_shocks": {10003: ["themes"], 10012: ["drivers"], 10014: ["drivers"], 10018: ["change_points"]},
    "null_confounder": {10009: ["segments"], 10010: ["drivers"], 10012: ["drivers"], 10019: ["segments"]},
}
PAGE_SEEDS, PAGES = SEEDS[:8], 40
Found = Mapping[str, Mapping[int, list[str]]]


def found_in(seed: int, kind: str) -> list[str]:
    world = empty_of_effects(seed, 0.4, kind)
    return [name for name, finds in FAMILIES.items() if finds(world)]


@pytest.fixture(scope="module")
def found() -> Found:
    """The families with any finding, by kind of world and seed."""
    return {kind: {seed: found_in(seed, kind) for seed in seeds} for kind, seeds in WORLDS.items()}


@pytest.mark.parametrize("kind", sorted(NULL_WORLDS))
def test_null_worlds_hardly_any_finding_in_any_family(found: Found, kind: str) -> None:
    counts = Counter(name for names in found[kind].values() for name in names)
    assert {name: n for name, n in counts.items() if n > MOST[len(WORLDS[kind])]} == {}


@pytest.mark.parametrize("kind", sorted(NULL_WORLDS))
def test_null_worlds_of_twenty_seeds_give_what_is_stored(found: Found, kind: str) -> None:
    assert {seed: names for seed, names in found[kind].items() if names and seed in SEEDS[:20]} == EXACT[kind]


def test_null_families_are_those_of_the_method() -> None:
    tested = ["before_after", "change_points", "commercial", "drivers", "gap", "segments", "themes"]
    assert sorted(FAMILIES) == tested


@pytest.mark.parametrize("kind", sorted(NULL_WORLDS))
def test_null_pages_of_all_families_over_twelve_looks(kind: str) -> None:
    # The product's rule and permutations on half the runs: 8 worlds of five pages, so the limit of 40.
    pages = [names for seed in PAGE_SEEDS for names in page_findings(empty_of_effects(seed, 0.5, kind)).values()]
    assert len(pages) == PAGES
    assert sum(bool(names) for names in pages) <= MOST[PAGES]


def test_null_agents_are_no_traps() -> None:
    traps = 0
    for seed in SEEDS:
        calls = contacts(np.random.default_rng(seed), 0.2, null=True)
        result = handle_time_traps(calls.handled(), FIRST_DAY + timedelta(days=189))
        traps += any(agent.finding for agent in result.agents)
    assert traps <= MOST[len(SEEDS)]
