"""LMG and Johnson against the published figures and by their rules."""

import itertools

import numpy as np
import pytest

from feedback.insights.importance import (
    _correlations_of_draw,
    correlation_matrix,
    johnson,
    lmg,
    share_intervals,
    subset_r2,
)
from tests.feedback.insights.swiss import FERTILITY, PREDICTORS

SWISS = correlation_matrix(FERTILITY, PREDICTORS)


def test_lmg_published_values():
    assert list(lmg(SWISS)) == pytest.approx([0.057091, 0.171173, 0.260135, 0.105570, 0.112766], abs=1e-6)


def test_johnson_published_values():
    assert list(johnson(SWISS)) == pytest.approx([0.048417, 0.154708, 0.271964, 0.114680, 0.116966], abs=1e-6)


@pytest.mark.parametrize("weights", [lmg, johnson])
def test_importance_adds_up_to_r2(weights):
    assert float(weights(SWISS).sum()) == pytest.approx(0.706735, abs=1e-6)


def test_subset_r2_equals_separate_regressions():
    r2 = subset_r2(SWISS, [1] * 5)
    for size in (1, 2, 4):
        for subset in itertools.combinations(range(5), size):
            design = np.column_stack([np.ones(47), PREDICTORS[:, subset]])
            residual = FERTILITY - design @ np.linalg.lstsq(design, FERTILITY, rcond=None)[0]
            expected = 1 - (residual**2).sum() / ((FERTILITY - FERTILITY.mean()) ** 2).sum()
            assert r2[sum(1 << j for j in subset)] == pytest.approx(expected, abs=1e-10)


def test_lmg_grouped_is_shapley_of_the_groups():
    r2 = subset_r2(SWISS, [1] * 5)
    grouped = lmg(SWISS, [2, 3])
    first, second, both = r2[0b00011], r2[0b11100], r2[0b11111]
    assert list(grouped) == pytest.approx([(first + both - second) / 2, (second + both - first) / 2])


def test_lmg_order_of_entry_does_not_matter():
    order = [3, 1, 4, 0, 2]
    turned = lmg(correlation_matrix(FERTILITY, PREDICTORS[:, order]))
    assert list(turned) == pytest.approx(list(lmg(SWISS)[order]))


def test_lmg_twin_columns_share_alike():
    twins = np.column_stack([PREDICTORS[:, 0], PREDICTORS[:, 0], PREDICTORS[:, 1]])
    parts = lmg(correlation_matrix(FERTILITY, twins))
    assert parts[0] == pytest.approx(parts[1])
    pair = lmg(correlation_matrix(FERTILITY, PREDICTORS[:, :2]))
    assert float(parts.sum()) == pytest.approx(float(pair.sum()))


def test_lmg_constant_column_gets_nothing():
    table = np.column_stack([PREDICTORS, np.ones(47)])
    parts = lmg(correlation_matrix(FERTILITY, table))
    assert parts[5] == 0.0
    assert list(parts[:5]) == pytest.approx(list(lmg(SWISS)))


def test_lmg_sixteen_groups_are_refused():
    with pytest.raises(ValueError, match="up to 15 groups, got 16"):
        lmg(np.eye(17))


def test_share_intervals_contain_the_share_and_repeat():
    parts = lmg(SWISS) / lmg(SWISS).sum()
    lower, upper = share_intervals(FERTILITY, PREDICTORS, [1] * 5, None, 4)
    again, _ = share_intervals(FERTILITY, PREDICTORS, [1] * 5, None, 4)
    assert ((lower <= parts) & (parts <= upper)).all()
    assert lower.tobytes() == again.tobytes()


def test_share_intervals_counting_rows_is_drawing_them():
    random = np.random.default_rng(2)
    table = random.normal(size=(300, 5)) * [1, 10, 0.1, 3, 0] + 5
    outcome = table[:, :2].sum(axis=1) + random.normal(size=300)
    codes = np.repeat(np.arange(60), 5)
    picked = random.integers(0, 60, 60)
    drawn = np.concatenate([np.flatnonzero(codes == cluster) for cluster in picked])
    rows = np.vstack([table.T, outcome])
    rows = np.vstack([rows - rows.mean(axis=1, keepdims=True), np.ones(300)])
    times = np.bincount(picked, minlength=60)[codes].astype(np.float64)
    counted = _correlations_of_draw(rows, times, 1e-10 * (rows[:-1] ** 2).mean(axis=1))
    assert counted == pytest.approx(correlation_matrix(outcome[drawn], table[drawn]), abs=1e-12)
