"""Money and outcomes: commercial link, recovery, Simpson, peak-end, alerts, scorecard."""

import numpy as np
import pytest

from feedback.insights.alerts import AlertFacts, Owner, alerts_due, loop, owner_of, reopens
from feedback.insights.commercial import Link, commercial_link, score_bands, separated, value_at_stake
from feedback.insights.intervals import Difference
from feedback.insights.peak_end import peak_end, summaries
from feedback.insights.recovery import expected_recovery, recovery, reliability
from feedback.insights.scorecard import (
    BLOCKS,
    BlockName,
    Tile,
    scorecard,
)
from feedback.insights.scores import Bounds
from feedback.insights.simpson import standardised_difference

NAN = float("nan")


def customers(seed=1, n=1500):
    rng = np.random.default_rng(seed)
    e, s = np.clip(rng.normal(65, 18, n), 0, 100), rng.normal(80, 10, n)
    retained = (rng.random(n) < 1 / (1 + np.exp(1.2 - 0.035 * (e - 50)))).astype(float)
    return retained, e, s, np.exp(4 + 0.006 * e + rng.normal(0, 0.5, n))


def test_commercial_link_experience_counts_and_service_does_not():
    retained, e, s, spend = customers()
    found = commercial_link(retained, [("experience", e), ("service", s)], spend=spend)
    experience, service = found.links
    assert (experience.finding, experience.effect.value) == (True, pytest.approx(0.075, abs=0.02))
    assert experience.odds_ratio.value == pytest.approx(np.exp(0.35), abs=0.15)
    assert (service.finding, found.warnings) == (False, ())
    assert found.spend_per_10.value == pytest.approx(6.18, abs=1.5)
    assert found.spend_per_10.lo < found.spend_per_10.value < found.spend_per_10.hi


def test_commercial_link_too_perfect_is_refused_with_the_table():
    _, e, s, _ = customers()
    found = commercial_link((e > 60).astype(float), [("experience", e), ("service", s)])
    assert (found.links, found.warnings) == ((), ("separation",))
    assert found.bands[0].retained.share == 0.0
    assert separated(found.bands) is True


@pytest.mark.parametrize(("n", "groups", "warning"), [(40, 40, "not_enough"), (300, 11, "few_customers")])
def test_commercial_link_little_data_is_refused(n, groups, warning):
    retained, e, s, _ = (column[:n] for column in customers())
    found = commercial_link(retained, [("experience", e), ("service", s)], np.arange(n) % groups)
    assert (found.links, found.warnings) == ((), (warning,))


def test_commercial_link_constant_score_cannot_be_computed():
    retained, e, _, _ = customers()
    found = commercial_link(retained, [("experience", e), ("service", np.full(1500, 80.0))])
    assert found.warnings == ("cannot_be_computed",)


def test_score_bands_by_hand():
    bands = score_bands([0, 19, 20, 100, NAN], [1, 0, 1, 1, 1], [10, 20, 30, 40, 50])
    assert [(b.low, b.high, b.retained.k, b.retained.n) for b in bands] == [
        (0, 20, 1, 2),
        (20, 40, 1, 1),
        (80, 100, 1, 1),
    ]
    assert [b.spend.value for b in bands] == [15.0, 30.0, 40.0]


def test_value_at_stake_is_a_range_or_nothing():
    link = Link("experience", Bounds(1.4, 1.3, 1.5), Bounds(0.08, 0.06, 0.1), 0.001, 0.001, gate=True, finding=True)
    stake = value_at_stake(link, 1000, 50)
    assert (stake.value, stake.low, stake.high) == (4000, 3000, 5000)
    assert (
        value_at_stake(
            Link("e", link.odds_ratio, Bounds(0.08, None, None), None, None, gate=False, finding=False), 1, 1
        )
        is None
    )


def test_expected_recovery_published_value():
    assert expected_recovery(0.7, 75, 60) == pytest.approx(4.5)


def test_reliability_by_hand_and_its_ends():
    assert reliability([10, 20, 30], [5, 5, 5]) == pytest.approx(1 - 25 / 100)
    assert (reliability([10, 10], [1, 1]), reliability([10, 11], [9, 9]), reliability([5], [1])) == (0.0, 0.0, 0.0)


def test_recovery_is_taken_off_and_doubted():
    change = Difference(8.0, 2.0, 14.0, 3.0, 100.0, 0.009)
    means, errors = [60.0, 70.0, 80.0, 90.0], [4.0] * 4
    found = recovery(change, means, errors, [1, 0, 0, 0])
    assert found.corrected.value == pytest.approx(8 - found.expected)
    assert (found.expected, found.state) == (pytest.approx(15 * 16 / (500 / 3)), "chance_recovery")
    assert recovery(change, means, errors, [1, 0, 0, 0], compared=True).state == "shown"
    assert recovery(change, means, errors, [0, 0, 0, 0]) is None


def test_simpson_equal_mix_gives_no_warning():
    warned = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        strata = np.where(rng.random(400) < 0.5, "a", "b")
        y = 70 + 10 * (strata == "a") + rng.normal(0, 10, 400)
        warned += standardised_difference(y, (rng.random(400) < 0.5).astype(float), strata.tolist()).warning
    assert warned <= 3


def test_simpson_strata_of_one_group_are_left_out():
    found = standardised_difference([80, 70, 60, 50, 10, 20], [1, 1, 0, 0, 1, 1], ["a", "a", "a", "a", "b", "b"])
    assert (found.standardised, found.left_out) == (20.0, pytest.approx(1 / 3))
    nothing = standardised_difference([1.0, 2.0], [1, 0], ["a", "b"])
    assert (nothing.standardised, nothing.warning) == (None, False)


def test_summaries_by_hand():
    table = summaries(np.array([[80, 60, 100], [50, NAN, 70], [NAN, NAN, 10]]), complete=False)
    assert table[0] == pytest.approx([80, 60, 100, 80])
    assert table[1] == pytest.approx([60, 50, 70, 60])
    assert bool(np.isnan(table[2]).all())
    assert bool(np.isnan(summaries(np.array([[50, NAN, 70]]))).all())


@pytest.mark.parametrize(("rule", "best"), [("mean", "mean"), ("min_last", "min_last"), ("last", "last")])
def test_peak_end_finds_the_rule_planted(rule, best):
    rng = np.random.default_rng(1)
    scores = rng.uniform(0, 100, (400, 6))
    place = ["mean", "min", "last", "min_last"].index(rule)
    found = peak_end(summaries(scores)[:, place] + rng.normal(0, 3, 400), scores)
    assert (found.best, found.n) == (best, 400)


def test_peak_end_duration_beside_waits():
    rng = np.random.default_rng(1)
    scores, waits = rng.uniform(50, 100, (300, 3)), rng.lognormal(0, 0.6, (300, 2))
    e, other = scores.mean(axis=1) - 3 * waits[:, 0], rng.uniform(0, 5, 300)
    found = peak_end(e, scores, elapsed_days=waits.sum(axis=1) + other, waits=waits)
    assert found.duration.slope == pytest.approx(0, abs=0.8)
    assert peak_end(e, scores, elapsed_days=waits.sum(axis=1), waits=waits).duration is None
    assert peak_end(e[:40], scores[:40]) is None


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        (AlertFacts(nps=6), ("detractor",)),
        (AlertFacts(nps=7), ()),
        (AlertFacts(csat=25.0), ("low_csat",)),
        (AlertFacts(csat=50.0), ()),
        (AlertFacts(ces=100 * 2 / 6), ("high_effort",)),
        (AlertFacts(ces=50.0), ()),
        (AlertFacts(experience=49, stages={"a": 75.0, "b": 90.0}), ("hidden_poor",)),
        (AlertFacts(experience=49, stages={"a": 74.0}), ()),
        (AlertFacts(experience=49), ()),
        (AlertFacts(waits={"a->b": 4.1}, promised={"a->b": 2.0}), ("wait_over_promise",)),
        (AlertFacts(waits={"a->b": 4.0}, promised={"a->b": 2.0}), ()),
        (AlertFacts(waits={"a->b": 9.0}), ()),
        (AlertFacts(contacts=3, concern=True), ("third_contact", "concern")),
        (AlertFacts(), ()),
    ],
)
def test_alerts_due(facts, rules):
    assert alerts_due(facts) == rules


def test_owner_of_stage_transition_or_journey():
    facts = AlertFacts(stages={"a": 90.0, "b": 80.0}, waits={"a->b": 9.0}, promised={"a->b": 2.0})
    assert owner_of(facts, "detractor") == Owner("stage", "b")
    assert owner_of(facts, "wait_over_promise") == owner_of(facts, "hidden_poor") == Owner("transition", "a->b")
    assert owner_of(AlertFacts(), "concern") == Owner("journey", "")


def test_loop_by_hand():
    found = loop([10, 48, 50, NAN], [True, False, True, False], [40, 50, NAN, 30], [60, 60, 70, NAN])
    assert (found.contacted_in_time.k, found.contacted_in_time.n, found.solved.k) == (2, 4, 2)
    assert (found.median_hours, found.rescored.value, found.rescored.n) == (48.0, 15.0, 2)
    assert (reopens(1, 8), reopens(1, 8.1), reopens(2, 1)) == (True, False, False)


def test_scorecard_has_all_blocks_and_no_composite():
    found = scorecard([("end_to_end", Tile("top", "share", 0.75, 0.3, 0.95, 4, target=0.9))])
    assert tuple(block.name for block in found) == BLOCKS
    assert [len(block.tiles) for block in found] == [0, 1, 0, 0, 0, 0, 0, 0]


def test_scorecard_aht_never_stands_alone():
    tiles: list[tuple[BlockName, Tile]] = [
        ("touchpoint_service", Tile(code, "minutes", 9.0, 8.0, 10.0, 40)) for code in ("aht", "tht", "recontact")
    ]
    assert len(scorecard(tiles)[0].tiles) == 3
    with pytest.raises(ValueError, match="aht needs tht and recontact"):
        scorecard(tiles[:2])
    with pytest.raises(ValueError, match="every tile once: aht"):
        scorecard([*tiles, tiles[0]])
