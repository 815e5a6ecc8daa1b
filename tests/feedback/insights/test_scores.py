"""Scores of one question against the published figures, by hand and by their rules."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.scores import (
    Scale,
    ces,
    cronbach_alpha,
    csat,
    distribution,
    mean_score,
    nps,
    nps_difference,
    pomp,
    weighted_nps,
)

FIVE, SEVEN, ELEVEN = Scale(1, 5), Scale(1, 7), Scale(0, 10)
scales = st.sampled_from([FIVE, SEVEN, ELEVEN, Scale(1, 5, reversed=True), Scale(-3, 3)])


def answers(promoters: int, passives: int, detractors: int) -> list[float]:
    return [10.0] * promoters + [8.0] * passives + [3.0] * detractors


def test_pomp_known_values():
    found = [
        pomp([8], ELEVEN),
        pomp([4], FIVE),
        pomp([6], SEVEN),
        pomp([2], Scale(1, 5, reversed=True)),
        pomp([6], FIVE),
    ]
    assert np.concatenate(found).tolist() == pytest.approx([80.0, 75.0, 83.33333333333333, 75.0, math.nan], nan_ok=True)


@settings(max_examples=100)
@given(st.lists(st.floats(-20, 20)), scales)
def test_pomp_lies_between_0_and_100_or_is_missing(values, scale):
    scores = pomp(values, scale)
    inside = np.array([scale.minimum <= v <= scale.maximum for v in values], dtype=bool)
    assert np.isfinite(scores).tolist() == inside.tolist()
    assert ((scores[inside] >= 0) & (scores[inside] <= 100)).all()


@settings(max_examples=60)
@given(st.integers(1, 5))
def test_pomp_reversed_twice_is_the_same(value):
    there = pomp([value], Scale(1, 5, reversed=True))[0]
    assert there == pomp([6 - value], FIVE)[0]


def test_scale_without_width_is_refused():
    with pytest.raises(ValueError, match="maximum above its minimum"):
        Scale(5, 5)


def test_mean_score_with_weighted_twin():
    score = mean_score([100, 50, 0, None], ["a", "b", "c", "d"], [2, 1, 1, 5])
    assert (score.score, score.n, score.customers, score.n_eff, score.note) == (50.0, 3, 3, 3.0, None)
    assert score.weighted.value == 62.5
    # Linearised: (2^2 37.5^2 + 12.5^2 + 62.5^2) / 16 * 3/2, t with 2 degrees of freedom.
    half = 4.302652729696142 * math.sqrt((4 * 37.5**2 + 12.5**2 + 62.5**2) / 16 * 1.5)
    assert (score.weighted.lo, score.weighted.hi) == pytest.approx((62.5 - half, 62.5 + half))


def test_mean_score_no_answers_is_none():
    score = mean_score([None], None, [1])
    assert (score.score, score.weighted, score.n) == (None, None, 0)


def test_nps_known_values():
    score = nps(answers(50, 30, 20))
    assert (score.score, score.n, score.promoters, score.passives, score.detractors) == (30.0, 100, 50.0, 30.0, 20.0)
    assert (score.promoter_count, score.passive_count, score.detractor_count) == (50, 30, 20)
    assert (score.se, score.wald.lo, score.wald.hi) == pytest.approx(
        (7.810249675906654, 14.69219192495733, 45.307808075042665), abs=1e-6
    )
    assert (score.lo, score.hi) == pytest.approx((14.051130178761607, 44.20129700570441), abs=1e-6)
    assert score.rankable


def test_nps_all_promoters_is_still_uncertain():
    score = nps([9] * 20)
    assert (score.score, score.wald.lo, score.wald.hi, score.hi) == (100.0, 100.0, 100.0, 100.0)
    assert score.lo == pytest.approx(69.68334402543937, abs=1e-6)


def test_nps_codes_outside_the_scale_are_missing():
    assert nps([10, 11, None, -1, 0]).n == 2


def test_nps_boundaries_of_the_classes():
    score = nps([9, 8, 7, 6])
    assert (score.promoter_count, score.passive_count, score.detractor_count) == (1, 2, 1)


def test_nps_no_answers_is_none():
    score = nps([11], None, [1])
    assert (score.score, score.lo, score.wald, score.weighted, score.rankable) == (None, None, None, None, False)


def test_nps_few_answers_cannot_be_ranked():
    assert not nps([10, 10, 0, 0, 8]).rankable


def test_nps_repeated_customers_widen_it():
    values = answers(10, 10, 10)
    clustered, alone = nps(values, [i // 5 for i in range(30)]), nps(values)
    assert (clustered.score, clustered.n, clustered.customers) == (alone.score, 30, 6)
    assert clustered.se > 1.5 * alone.se


def test_nps_weighted_by_hand():
    score = nps([10, 8, 0], None, [2, 1, 1])
    # 100 (2 - 1) / 4; sum w^2 d^2 = 4 * 75^2 + 25^2 + 125^2; times 3/2 / 16; normal quantile, clipped.
    half = 1.959963984540054 * math.sqrt((4 * 75**2 + 25**2 + 125**2) / 16 * 1.5)
    assert score.weighted.value == 25.0
    assert (score.weighted.lo, score.weighted.hi) == (pytest.approx(max(-100, 25 - half)), min(100, 25 + half))


def test_nps_weighted_large_is_not_clipped():
    score = nps(answers(50, 30, 20), None, [1.0] * 50 + [2.0] * 50)
    y, w = np.array([100.0] * 50 + [0.0] * 30 + [-100.0] * 20), np.array([1.0] * 50 + [2.0] * 50)
    mean = (w * y).sum() / w.sum()
    half = 1.959963984540054 * math.sqrt((w**2 * (y - mean) ** 2).sum() / w.sum() ** 2 * 100 / 99)
    assert (score.weighted.value, score.weighted.lo, score.weighted.hi) == pytest.approx(
        (mean, mean - half, mean + half)
    )


def test_weighted_nps_of_one_class_falls_back_to_the_adjusted_interval():
    twin = weighted_nps(np.array([10.0] * 20), [1.0] * 20)
    assert (twin.value, twin.lo, twin.hi) == (100.0, pytest.approx(69.68334402543937, abs=1e-6), 100.0)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 10), min_size=1, max_size=60))
def test_nps_shown_interval_is_inside_the_scale(values):
    score = nps(values)
    assert -100 <= score.lo < score.hi <= 100
    assert score.promoter_count + score.passive_count + score.detractor_count == score.n == len(values)


def test_nps_difference_adds_the_errors():
    difference = nps_difference(nps(answers(50, 30, 20)), nps(answers(30, 40, 30)))
    se = math.hypot(7.810249675906654, 100 * math.sqrt(0.6 / 100))
    assert (difference.value, difference.se) == pytest.approx((30.0, se))
    assert nps_difference(nps([]), nps([9])).value is None


@pytest.mark.parametrize(
    ("scale", "values", "threshold", "k"),
    [
        (FIVE, [5, 4, 3, 6, None], 4, 2),
        (SEVEN, [7, 6, 5], 6, 2),
        (ELEVEN, [10, 9, 8, 7], 9, 2),
        (Scale(1, 5, reversed=True), [1, 2, 3, 5], 2, 2),
    ],
)
def test_csat_top_two_points(scale, values, threshold, k):
    score = csat(values, scale)
    assert (score.threshold, score.top.k) == (threshold, k)


def test_csat_mean_is_a_second_number():
    score = csat([5, 4, 3, 1], FIVE)
    assert (score.top.share, score.mean.score) == (0.5, 56.25)


@pytest.mark.parametrize("scale", [Scale(0, 1), Scale(0, 100)])
def test_csat_other_scales_are_refused(scale):
    with pytest.raises(ValueError, match="4 to 11 points"):
        csat([1], scale)


def test_ces_two_mean_and_easy_share():
    score = ces([7, 5, 4, 2, 8], SEVEN)
    assert (score.version, score.mean, score.n, score.easy.k) == ("2.0", 4.5, 4, 2)


def test_ces_one_is_reversed_and_apart():
    score = ces([1, 2], Scale(1, 5, reversed=True))
    assert (score.version, score.mean, score.easy) == ("1.0", 4.5, None)


def test_ces_other_scales_are_refused():
    with pytest.raises(ValueError, match="1-7"):
        ces([1], FIVE)


def test_distribution_lists_every_point():
    bars = distribution([1, 1, 5, 6, None], FIVE)
    assert [(bar.value, bar.n) for bar in bars] == [(1.0, 2), (2.0, 0), (3.0, 0), (4.0, 0), (5.0, 1)]
    assert [bar.share for bar in bars] == pytest.approx([2 / 3, 0, 0, 0, 1 / 3])


def test_distribution_of_nothing_has_no_shares():
    assert [bar.share for bar in distribution([], Scale(0, 1))] == [0.0, 0.0]


def test_cronbach_alpha_by_hand():
    # Each item has variance 1; the totals of the three rows are 3, 7 and 8.
    items = [[1, 2, 3], [1, 3, 2], [1, 2, 3]]
    total = np.var([3, 7, 8], ddof=1)
    assert cronbach_alpha(items) == pytest.approx(1.5 * (1 - 3 / total))


@pytest.mark.parametrize("items", [[], [[1, 2, 3], [1, 2, 3]], [[1, 1], [1, 1], [1, 1]], [[2] * 5] * 3])
def test_cronbach_alpha_too_little_is_none(items):
    assert cronbach_alpha(items) is None


def test_mixed_scales_of_one_latent_score_nearly_alike():
    latent = np.random.default_rng(3).normal(72, 15, 8000).clip(0, 100)
    means: list[float] = []
    for scale in (ELEVEN, FIVE, SEVEN):
        steps = scale.points - 1
        means.append(mean_score(pomp(np.round(latent / 100 * steps) + scale.minimum, scale)).score or 0.0)
    assert max(means) - min(means) < 1.5
