"""Coverage: funnel sums, who was heard, non-response, collapsing, the silent and the unknown; waits unfinished."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.funnel import Steps, funnel, heard, not_invited, share_bounds
from feedback.insights.kaplan_meier import curve, quantile, within
from feedback.insights.nonresponse import collapsed, coverage, r_indicator, response_chances

NAN = float("nan")


def flags(*places, n=10):
    return np.isin(np.arange(n), places)


STEPS = Steps(flags(*range(8)), flags(*range(6)), flags(*range(5)), flags(0, 1), flags(1, 2, 9))


def test_funnel_by_hand():
    (row,) = funnel(STEPS, [""] * 10)
    counts = (row.runs, row.eligible, row.invited, row.delivered, row.answered_touchpoint, row.answered_end_to_end)
    # Run 9 answered, so it was invited and delivered whatever the logs say.
    assert counts == (10, 9, 7, 6, 2, 3)
    assert (row.response.k, row.response.n, row.invited_share.n) == (3, 6, 9)


@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.booleans()] * 5, st.sampled_from("abc")), min_size=1, max_size=40))
def test_funnel_cells_add_to_the_whole(rows):
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    steps = Steps(*columns[:5])
    (whole,), parts = funnel(steps, [""] * len(rows)), funnel(steps, columns[5].tolist())
    for name in ("runs", "eligible", "invited", "delivered", "answered_touchpoint", "answered_end_to_end"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert whole.runs >= whole.eligible >= whole.invited >= whole.delivered >= whole.answered_end_to_end


def test_heard_counts_add_up():
    rows = heard(flags(0, 1, 2, 3), flags(1, 2, 5), flags(2), ["x"] * 5 + ["y"] * 5)
    first, second = rows
    assert (first.never_contacted, first.never_invited, first.never_answered, first.answered) == (1, 2, 1, 1)
    assert (second.never_contacted, second.never_invited, second.never_answered, second.answered) == (4, 0, 1, 0)
    assert first.answered_share.n == first.customers == 5


def test_not_invited_most_frequent_first():
    assert not_invited({"no_consent": 1, "": 1, "fatigue": 2, "policy": 0}) == (("fatigue", 2), ("no_consent", 1))


def test_share_bounds_by_hand():
    assert share_bounds(30, 50, 100) == (0.3, 0.8)
    with pytest.raises(ValueError, match="k <= n <= population"):
        share_bounds(3, 2, 10)


def test_collapsed_small_classes_join_the_nearest_rate():
    frame = {"a": 1000, "b": 100, "c": 1000, "d": 60}
    answers = {"a": 500, "b": 19, "c": 200, "d": 0}
    assert collapsed(frame, answers) == {"a": "a", "b": "b + c", "c": "b + c", "d": "d"}


def test_r_indicator_by_hand():
    assert r_indicator(np.array([0.4, 0.6])) == pytest.approx(1 - 2 * 0.2 / 2**0.5)
    assert r_indicator(np.full(10, 0.5)) == 1.0


def test_response_chances_equal_the_rates_of_classes():
    dummy = np.repeat([0.0, 1.0], 50)
    answered = np.concatenate([np.arange(50) < 20, np.arange(50) < 35])
    assert list(np.unique(response_chances(answered, dummy[:, None]).round(6))) == [0.4, 0.7]


def frame(seed=1):
    rng = np.random.default_rng(seed)
    classes = ["loud"] * 800 + ["quiet"] * 200
    quiet = np.arange(1000) >= 800
    e = np.where(quiet, 50.0, 80.0) + rng.normal(0, 8, 1000)
    return np.where(rng.random(1000) < np.where(quiet, 0.15, 0.6), e, NAN), classes


def test_coverage_weights_and_names_the_silent():
    e, classes = frame()
    found = coverage(e, classes)
    assert found.weighted.value == pytest.approx(74, abs=2)
    assert (found.silent.name, found.silent.frame_share) == ("quiet", 0.2)
    assert found.silent.difference.value == pytest.approx(-30, abs=5)
    assert (found.n_eff < found.n, found.shift.hi < 0, found.r_indicator < 0.7) == (True, True, True)


def test_coverage_nobody_answered_is_unknown_and_not_imputed():
    e, classes = frame()
    e[800:] = NAN
    found = coverage(e, classes)
    assert (found.unknown, found.unknown_frame, found.silent) == (("quiet",), 200, None)
    assert found.weighted.value == pytest.approx(found.unweighted.value)


def test_coverage_equal_answering_needs_no_weights():
    rng = np.random.default_rng(5)
    e = np.where(rng.random(1000) < 0.5, rng.normal(75, 10, 1000), NAN)
    found = coverage(e, ["a", "b"] * 500)
    assert (found.silent, found.deff) == (None, pytest.approx(1, abs=0.01))
    assert not any(row.finding for row in found.classes)
    assert found.shift.lo < 0 < found.shift.hi


def test_coverage_late_answers_are_held_against_early_ones():
    e, classes = frame()
    late = np.where(np.arange(1000) % 2, 1.0, 0.0)
    found = coverage(e - 10 * late, classes, late=late)
    assert found.late_minus_early.value == pytest.approx(-10, abs=4)


def test_coverage_of_nobody_has_no_numbers():
    found = coverage([NAN] * 30, ["a"] * 30)
    assert (found.unweighted, found.weighted, found.n, found.unknown) == (None, None, 0, ("a",))


DAYS = [1, 2, 2, 3, 4, 4, 5, 6, 8, 9, 10, 12]
ENDED = np.array([1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0], dtype=bool)


def test_curve_equals_lifelines():
    found = curve(DAYS, ENDED)
    assert list(found.waiting) == pytest.approx(
        [0.916667, 0.833333, 0.740741, 0.555556, 0.444444, 0.296296, 0.148148], abs=1e-6
    )
    assert (quantile(found).value, quantile(found).lo, quantile(found).hi) == (6.0, 2.0, 10.0)
    assert within(found, 5) == pytest.approx((1 - 0.555556, 1 - 0.786701, 1 - 0.236900), abs=1e-6)


def test_curve_without_unfinished_is_the_plain_share():
    found = curve([1, 2, 3, 4], np.ones(4, dtype=bool))
    assert (within(found, 2)[0], within(found, 0.5), quantile(found).value) == (0.5, (0.0, 0.0, 0.0), 2.0)


def test_curve_unfinished_waits_make_the_median_longer():
    some = curve([1, 2, 3, 4], np.array([True, True, False, False]))
    assert (quantile(some).value, quantile(some, 0.9).value, some.ended) == (2.0, None, 2)


def test_curve_negative_and_missing_waits_are_left_out():
    assert (curve([-1, None, 2], np.ones(3, dtype=bool)).n, curve([], np.zeros(0, dtype=bool)).times) == (1, ())
