"""The paired gap, its family, hidden poor, carry-over: by hand, by rule, and on planted data."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.arrays import Floats
from feedback.insights.comparison import (
    carry_over,
    family_p,
    hidden_poor,
    pair_weights,
    paired_gap,
    sign_flip_p,
    with_family,
)
from feedback.insights.quadrants import quadrant
from feedback.insights.run_service import run_scores
from feedback.insights.scores import mean_score

NAN = float("nan")
DIFFERENCES, CUSTOMERS = [20.0, 35.0, 30.0, 38.0, 13.0, 45.0], [1, 1, 2, 2, 3, 4]
sides = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=40)


def many(n: int, gap: float, spread: float = 10.0, seed: int = 5) -> tuple[Floats, Floats]:
    experience = np.random.default_rng(seed).normal(60, spread, n)
    noise = np.random.default_rng(seed + 1).normal(gap, spread, n)
    return experience + noise, experience


def test_paired_gap_tiny_clusters_by_hand():
    gap = paired_gap([50 + d for d in DIFFERENCES], [50.0] * 6, CUSTOMERS)
    assert (gap.gap, gap.lo, gap.hi) == pytest.approx(
        (30.166666666666668, 15.140181461355551, 45.19315187197778), abs=1e-6
    )
    assert (gap.n_pairs, gap.customers, gap.p, gap.p_permutation, gap.label) == (6, 4, None, None, "not_enough")
    assert gap.warnings == ("not_enough",)


def test_paired_gap_uses_pairs_only_and_counts_the_rest():
    gap = paired_gap([90, 80, NAN, 70, NAN], [60, NAN, 50, 60, NAN])
    assert (gap.gap, gap.n_pairs, gap.only_service, gap.only_experience) == (20.0, 2, 1, 1)


def test_paired_gap_weighted_twin():
    gap = paired_gap([90, 80], [60, 70], ["a", "b"], [3, 1])
    assert (gap.gap, gap.weighted.value) == (20.0, 25.0)


def test_paired_gap_nobody_answered_both():
    gap = paired_gap([90, NAN], [NAN, 60], None, [1, 1])
    assert (gap.gap, gap.lo, gap.p, gap.weighted, gap.label) == (None, None, None, None, "not_enough")


def test_paired_gap_sides_of_different_length_are_refused():
    with pytest.raises(ValueError, match="same runs"):
        paired_gap([1, 2], [1])


@pytest.mark.parametrize(
    ("pairs", "customers", "label", "tested", "permuted"),
    [
        (4, 4, "not_enough", False, False),
        (5, 5, "indicative", False, False),
        (11, 11, "indicative", False, False),
        (12, 12, "indicative", True, True),
        (29, 12, "indicative", True, True),
        (30, 11, "few_customers", False, False),
        (30, 12, "shown", True, False),
    ],
)
def test_paired_gap_label_and_tests_by_size(pairs, customers, label, tested, permuted):
    gap = paired_gap(*many(pairs, 10), [i % customers for i in range(pairs)])
    assert (gap.label, gap.p is not None, gap.p_permutation is not None) == (label, tested, permuted)


def test_paired_gap_same_input_same_bytes():
    first, second = (json.dumps(dataclasses.asdict(paired_gap(*many(20, 8), seed=11))) for _ in range(2))
    assert first == second


def test_paired_gap_is_plain_json():
    text = json.dumps(dataclasses.asdict(paired_gap(*many(40, 8), None, [1.0] * 40)), allow_nan=False)
    assert json.loads(text)["n_pairs"] == 40


@settings(max_examples=60)
@given(sides)
def test_paired_gap_swapped_sides_change_the_sign(pairs):
    service, experience = zip(*pairs, strict=True)
    there, back = paired_gap(service, experience), paired_gap(experience, service)
    assert back.gap == pytest.approx(-there.gap, abs=1e-9)
    assert (back.lo is None) == (there.lo is None)
    if there.lo is not None:
        assert (back.lo, back.hi) == pytest.approx((-there.hi, -there.lo), abs=1e-9)
    assert back.p_permutation == there.p_permutation


@settings(max_examples=40)
@given(sides)
def test_paired_gap_constant_weights_equal_none(pairs):
    service, experience = zip(*pairs, strict=True)
    gap = paired_gap(service, experience, None, [2.0] * len(pairs))
    assert gap.weighted.value == pytest.approx(gap.gap, abs=1e-9)
    assert gap.weighted.lo == pytest.approx(gap.lo, abs=1e-6)


def test_sign_flip_p_one_sided_data_is_as_small_as_it_gets():
    assert sign_flip_p([10.0 + i for i in range(25)], None, 1) == 1 / 2000


def test_sign_flip_p_two_customers_cannot_be_significant():
    # Half of the four patterns are as extreme.
    assert sign_flip_p([30] * 10 + [31] * 10, [1] * 10 + [2] * 10, 3) == pytest.approx(0.5, abs=0.05)


def test_sign_flip_p_balanced_is_one():
    assert sign_flip_p([5, -5, 3, -3], None, 1) == 1.0


def test_sign_flip_p_agrees_with_the_t_test():
    gap = paired_gap(*many(28, 4), seed=2)
    assert gap.p_permutation == pytest.approx(gap.p, abs=0.02)


def test_sign_flip_p_without_data_is_none():
    assert sign_flip_p([None]) is None


def test_with_family_judges_over_the_page():
    shapes = [(100, 20, 0.01), (400, 3, 0.04), (8, 40, None), (50, 9, 0.25)]
    page = [dataclasses.replace(paired_gap(*many(n, gap)), p=p, p_permutation=None) for n, gap, p in shapes]
    judged = with_family(page)
    assert [gap.q for gap in judged] == [0.03, 0.06, None, 0.25]
    assert [gap.finding for gap in judged] == [True, False, False, False]


def test_with_family_significant_but_small_is_no_finding():
    gap = with_family([paired_gap(*many(2000, 3))])[0]
    assert (gap.q < 0.001, gap.finding) == (True, False)


def test_with_family_own_smallest_gap():
    small = paired_gap(*many(2000, 3))
    assert [gap.finding for gap in with_family([small], min_gap=2)] == [True]


def test_with_family_takes_the_larger_p():
    gap = dataclasses.replace(paired_gap(*many(40, 10)), p=0.01, p_permutation=0.2)
    assert (family_p(gap), with_family([gap])[0].q, with_family([gap])[0].finding) == (0.2, 0.2, False)


def test_with_family_null_pages_rarely_find_anything():
    found = 0
    for seed in range(200):
        page = [paired_gap(*many(60, 0, seed=1000 * seed + 10 * journey)) for journey in range(5)]
        found += any(gap.q < 0.05 for gap in with_family(page))
    # 5 % of 200 plus 2.33 standard errors (one-sided 1 %).
    assert found <= 17


def test_paired_gap_covers_the_truth_when_customers_repeat():
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        customers = np.repeat(np.arange(60), rng.integers(1, 5, 60))
        own = rng.normal(10, 12, 60)[customers] + rng.normal(0, 6, len(customers))
        gap = paired_gap(70 + own, np.full(len(customers), 70.0), customers)
        covered += gap.lo <= 10 <= gap.hi
    assert covered >= 180


def test_hidden_poor_below_fifty_by_hand():
    share = hidden_poor([75, 80, 90, 74, NAN, 95], [49, 50, 90, 10, 10, NAN])
    assert (share.k, share.n, share.share) == (1, 3, 1 / 3)


def test_hidden_poor_detractors_by_hand():
    # Answers 6, 7 and 2 of 0-10 behind three good services.
    share = hidden_poor([75, 80, 90, 60], [60, 70, 20, 0], "detractor")
    assert (share.k, share.n) == (2, 3)


def test_hidden_poor_nobody_served_well_is_none():
    assert hidden_poor([50], [10]).share is None


def test_hidden_poor_complete_runs_only():
    runs = run_scores(np.array([[100, 80, 75], [100, NAN, 75], [100, 80, 50]]), "complete")
    assert hidden_poor(runs.lowest, [40, 40, 40]).n == 1


def test_carry_over_by_hand():
    carried = carry_over([70, 80, 60, 62, 64], [1, 1, 0, 0, 0])
    assert (carried.both.value, carried.only.value, carried.n_both, carried.n_only) == (75.0, 62.0, 2, 3)
    assert carried.difference.value == 13.0


def test_carry_over_nobody_asked_one_way():
    carried = carry_over([70, 80], [1, 1])
    assert (carried.only, carried.n_only, carried.difference.value) == (None, 0, None)


def test_pair_weights_inverse_probability_where_all_are_known():
    weights, source = pair_weights([0.5, 0.25, None], [1.0, 1.0, None])
    assert (weights.tolist(), source) == ([2.0, 4.0, 0.0], "pair_probability")


@pytest.mark.parametrize("probability", [None, [0.5, None]])
def test_pair_weights_never_mix_two_kinds(probability):
    weights, source = pair_weights(probability, [3.0, 1.0])
    assert (weights.tolist(), source) == ([3.0, 1.0], "end_to_end")


def test_story_five_interactions():
    runs = run_scores(np.array([[95, 90, 95, 90, 95]] * 60))
    gap = paired_gap(runs.service, [60.0] * 60)
    service, experience = mean_score(runs.service), mean_score([60.0] * 60)
    cell = quadrant((service.lo, service.hi), (experience.lo, experience.hi), gap.n_pairs)
    assert (service.score, gap.gap, gap.lo, gap.hi, gap.note) == (93.0, 33.0, 33.0, 33.0, "no_variation")
    assert (cell.label, cell.advice, with_family([gap])[0].finding) == ("great_poor", "trap", True)


def test_story_restaurant_only_the_table_is_service():
    kinds = [
        "non_service",
        "non_service",
        "non_service",
        "wait",
        "service",
        "non_service",
        "non_service",
        "non_service",
    ]
    scores = np.array([[80, 75, 30, 40, 85, 50, 35, 25]] * 60)
    runs = run_scores(scores[:, [kind == "service" for kind in kinds]])
    gap = paired_gap(runs.service, [42.0] * 60)
    assert (runs.service[0], gap.gap) == (85.0, 43.0)


def test_planted_world_of_good_stages_and_a_poor_journey_is_a_trap():
    rng = np.random.default_rng(17)
    own = rng.normal(0, 6, 350)[np.arange(500) % 350]
    latent = 91.5 + 0.7 * own[:, None] + rng.normal(0, 9, (500, 5))
    stages = np.round(latent.clip(0, 100) / 10) * 10
    stages[rng.random((500, 5)).argsort(axis=1) >= 2] = NAN
    experience = np.round((60 + 0.7 * own + rng.normal(0, 15, 500)).clip(0, 100) / 10) * 10
    runs = run_scores(stages)
    gap = with_family([paired_gap(runs.service, experience, np.arange(500) % 350)])[0]
    service, whole = mean_score(runs.service), mean_score(experience)
    assert gap.gap == pytest.approx(31.5, abs=3.5)
    assert gap.finding
    assert quadrant((service.lo, service.hi), (whole.lo, whole.hi), gap.n_pairs).label == "great_poor"
