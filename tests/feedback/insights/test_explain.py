"""The explanation: blocks, one family, points at stake, doubts; waits and promises as predictors."""

import numpy as np
import pytest

from feedback.insights.drivers import Predictor
from feedback.insights.explain import explained, promise_kept, stake_of_gap, wait_predictor
from feedback.insights.pairwise import pairwise_correlations, pairwise_shares
from feedback.insights.touchpoints import gap_by_length, no_bad_step, worst_touchpoint

NAN = float("nan")


def data(seed=1, n=500):
    rng = np.random.default_rng(seed)
    slow = rng.lognormal(1, 0.6, n)
    steps = rng.integers(4, 8, n).astype(float)
    clarity = 100 - 8 * slow + rng.normal(0, 15, n)
    service = rng.normal(90, 5, n)
    e = 70 - 3 * slow - 4 * (steps - 4) + 0.15 * clarity + rng.normal(0, 8, n)
    records = [
        Predictor("service", service, service=True, by_design=True),
        wait_predictor("wait:a->b", slow, reference=1.0),
        Predictor("steps", steps, block="steps", reference=4.0),
    ]
    return e, records, [Predictor("clarity", clarity, block="clarity", by_design=True)], service


def test_explained_stated_ratings_stand_in_a_second_block():
    e, records, stated, _ = data()
    alone, both = explained(e, records), explained(e, records, stated)
    assert [item.code for item in both.stated] == ["clarity"]
    assert [item.slope for item in both.records.items] == [item.slope for item in alone.records.items]
    assert both.stated_r2 > both.records.r2
    # One family: three tests instead of two.
    assert both.records.items[1].q == pytest.approx(min(1.0, both.records.items[1].p * 3), rel=1)
    assert (alone.stated, alone.stated_r2) == ((), None)


def test_explained_names_the_largest_effect_first():
    e, records, stated, _ = data()
    found = explained(e, records, stated)
    assert found.named[0] == found.strongest == "wait:a->b"
    assert set(found.named) >= {"wait:a->b", "steps"}
    assert found.dose[0].score > found.dose[-1].score


def test_explained_blocks_add_up():
    e, records, stated, _ = data()
    found = explained(e, records, stated).records
    assert sum(block.share for block in found.blocks) == pytest.approx(1)
    assert [block.block for block in found.blocks] == ["service", "waits", "steps"]


def test_stake_of_gap_adds_up():
    e, records, _, service = data()
    gap = float((service - e).mean())
    found = explained(e, records)
    stake = stake_of_gap(found.records.items, gap)
    assert stake.explained == pytest.approx(-sum(i.at_stake.value for i in found.records.items if i.at_stake))
    assert stake.explained + stake.not_explained == pytest.approx(gap)
    assert stake_of_gap(found.records.items[:1], gap) is None


def test_explained_curve_is_told_for_named_drivers():
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 10, 400)
    bent = explained(90 - 0.8 * x**2 + rng.normal(0, 5, 400), [Predictor("x", x)])
    straight = explained(90 - 5 * x + rng.normal(0, 5, 400), [Predictor("x", x)])
    assert (bent.bent, straight.bent) == (("x",), ())


def test_explained_service_share_is_at_least_where_stages_are_missing():
    e, records, _, _ = data()
    assert [explained(e, records, partial_service=p).service_at_least for p in (True, False)] == [True, False]


def test_explained_too_little_is_empty():
    e, records, stated, _ = data(n=40)
    found = explained(e, records, stated)
    assert (found.records.warnings, found.named, found.strongest, found.dose) == (("not_enough",), (), None, ())


def test_wait_predictor_with_a_promise_is_the_excess():
    days = np.arange(100.0)
    found = wait_predictor("wait:a->b", days, promised=10)
    assert (found.reference, found.block) == (0.0, "waits")
    assert list(found.values[:12]) == [0] * 11 + [1]
    assert found.values[-1] == pytest.approx(np.percentile(days, 95) - 10)


def test_promise_kept_by_hand():
    waits = np.array([[1.0, 5.0, NAN], [3.0, 1.0, 1.0], [NAN, NAN, 9.0]])
    assert list(promise_kept(waits, [2.0, 2.0, NAN])) == pytest.approx([0.5, 0.5, NAN], nan_ok=True)


def test_pairwise_complete_data_is_plain_lmg():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 3))
    y = x @ [3.0, 1.0, 0.0] + rng.normal(size=300)
    found = pairwise_shares(y, x)
    assert pairwise_correlations(np.column_stack([x, y])) == pytest.approx(np.corrcoef(np.column_stack([x, y]).T))
    assert (found.fewest, sum(found.shares)) == (300, pytest.approx(1))
    assert found.shares[0] > found.shares[1] > found.shares[2]


def test_pairwise_needs_fifty_joint_answers():
    x = np.random.default_rng(2).normal(size=(100, 2))
    x[:51, 0] = NAN
    assert (pairwise_shares(x[:, 1], x).shares, pairwise_shares(x[:, 1], x).fewest) == ((), 49)


def test_worst_touchpoint_by_hand():
    scores = np.array([[90.0, 40.0], [95.0, 90.0], [80.0, NAN], [NAN, NAN], [30.0, 20.0]] * 10)
    e = [40.0, 90.0, 70.0, 10.0, 20.0] * 10
    found = worst_touchpoint(scores, e)
    assert [(band.n, band.score) for band in found.bands] == [(20, 30.0), (0, None), (10, 70.0), (10, 90.0)]
    assert (found.detractors_one_bad.share, found.detractors_none_bad.share) == (1.0, 0.0)
    assert found.difference.value == pytest.approx(-40)


def test_gap_by_length_grows_with_steps():
    rng = np.random.default_rng(3)
    steps = rng.integers(2, 9, 300)
    e = 90 - 5 * steps + rng.normal(0, 5, 300)
    found = gap_by_length(np.full(300, 90.0), e, steps.astype(float), np.array(steps * 2.0, dtype=np.float64))
    assert [(b.low, b.high) for b in found.bands] == [(1, 3), (4, 5), (6, None)]
    assert found.bands[0].score < found.bands[1].score < found.bands[2].score
    assert (found.per_step.slope, found.per_day.slope) == (pytest.approx(5, abs=0.5), pytest.approx(2.5, abs=0.3))
    assert gap_by_length([90.0] * 5, [60.0] * 5, [1.0, 2, 3, 4, 5]).per_step is None


def test_no_bad_step_beside_compounding():
    scores = np.full((100, 5), 90.0)
    scores[:5] = 10.0
    found = no_bad_step(scores)
    assert (found.observed.share, found.if_independent) == (0.95, pytest.approx(0.95**5))
