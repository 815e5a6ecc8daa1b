"""Doubts about scales: each told with its facts, and not told without reason."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import numpy as np
import pytest

from feedback.insights.scale_sanity import (
    QuestionFormat,
    computed_from_parts,
    format_doubts,
    half_range,
    out_of_range,
    scale_changed,
    straight_lining,
)
from feedback.insights.scores import Scale

FIVE, TEN = Scale(1, 5), Scale(1, 10)
RNG = np.random.default_rng(8)


def months(first: int, last: int, each: int) -> list[str]:
    return [f"2024-{month:02}" for month in range(first, last + 1) for _ in range(each)]


def test_format_doubts_same_question_about_two_objects_is_fine():
    service = QuestionFormat(FIVE, "Overall, how satisfied were you with {this contact}?", ("bad", "good"))
    whole = QuestionFormat(FIVE, "overall, how satisfied  were you with {the whole of it}?", ("bad", "good"))
    assert format_doubts(service, whole) == []


def test_format_doubts_different_points():
    doubts = format_doubts(QuestionFormat(FIVE), QuestionFormat(Scale(0, 10)))
    assert [(d.code, d.fact("service"), d.fact("experience")) for d in doubts] == [("different_scales", "1-5", "0-10")]


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (QuestionFormat(Scale(1, 5, reversed=True), "How was {it}?", ("a", "b")), "direction"),
        (QuestionFormat(FIVE, "How quick was {it}?", ("a", "b")), "stem"),
        (QuestionFormat(FIVE, "How was {it}?", ("a", "c")), "labels"),
    ],
)
def test_format_doubts_different_questions(other, kind):
    doubts = format_doubts(QuestionFormat(FIVE, "How was {that}?", ("a", "b")), other)
    assert [(d.code, d.kind) for d in doubts] == [("different_questions", kind)]


def test_format_doubts_unknown_stem_claims_nothing():
    assert format_doubts(QuestionFormat(FIVE), QuestionFormat(FIVE, "How was it?", ("a",))) == []


def test_fact_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        out_of_range([9], FIVE).fact("month")


def test_out_of_range_counts_them():
    doubt = out_of_range([1, 5, 6, 0, None], FIVE)
    assert (doubt.code, doubt.kind) == ("scale_suspect", "out_of_range")
    assert doubt.facts == (("n", 4), ("outside", 2), ("lowest", 0.0), ("highest", 6.0))


def test_out_of_range_all_inside_is_none():
    assert out_of_range([1, 5, None], FIVE) is None


def test_half_range_declared_ten_answered_five():
    doubt = half_range([*([1, 2, 3, 4, 5] * 40), 6], TEN)
    assert (doubt.kind, doubt.fact("n")) == ("half_range", 201)
    assert doubt.fact("share") == pytest.approx(200 / 201)


@pytest.mark.parametrize("values", [[1, 2, 3, 4, 5] * 39, [1, 2, 3, 4, 5, 9] * 40])
def test_half_range_few_answers_or_full_use_is_none(values):
    assert half_range(values, TEN) is None


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0] * 300, Scale(0, 1)),
        ([1] * 300, Scale(1, 4)),
        ([1, 2] * 150, Scale(1, 5, reversed=True)),
        ([0, 1, 2] * 100, Scale(-5, 5)),
    ],
)
def test_half_range_of_few_points_or_beyond_the_middle_is_none(values, scale):
    assert half_range(values, scale) is None


def test_half_range_below_zero_is_judged_by_the_middle():
    assert half_range([-5, -3, -1] * 100, Scale(-5, 5)) is not None


def test_scale_changed_of_yes_and_no_is_never_claimed():
    values = [*([0.0] * 300), *([0.0, 1.0] * 150)]
    assert scale_changed(values, months(1, 6, 50) + months(7, 12, 50), Scale(0, 1)) is None
    assert scale_changed(values, months(1, 6, 50) + months(7, 12, 50)) is not None


def test_scale_changed_becomes_wider():
    values = np.concatenate([RNG.integers(1, 6, 300), RNG.integers(1, 11, 300)])
    doubt = scale_changed(values, months(1, 6, 50) + months(7, 12, 50))
    assert (doubt.code, doubt.kind, doubt.fact("period")) == ("scale_changed", "wider", "2024-07")
    assert (doubt.fact("old_maximum"), doubt.fact("new_maximum"), doubt.fact("n_before")) == (5.0, 10.0, 300)


def test_scale_changed_late_in_a_month_is_seen():
    values = np.concatenate([np.tile([1, 2, 3, 4, 5], 60), [10, *([3] * 49)], np.tile([2, 4, 6, 8, 10], 20)])
    doubt = scale_changed(values, months(1, 7, 50) + ["2024-08"] * 100)
    assert (doubt.fact("period"), doubt.fact("old_maximum")) == ("2024-07", 5.0)


def test_scale_changed_becomes_narrower():
    values = np.concatenate([np.tile([2, 4, 6, 8, 10], 60), np.tile([1, 2, 3, 4, 5], 60)])
    doubt = scale_changed(values, months(1, 6, 50) + months(7, 12, 50))
    assert (doubt.kind, doubt.fact("period")) == ("narrower", "2024-07")
    assert (doubt.fact("old_maximum"), doubt.fact("new_maximum")) == (10.0, 5.0)


def test_scale_changed_lower_scores_on_the_same_scale_are_no_break():
    values = np.concatenate([np.tile([7, 8, 9, 10], 75), np.tile([5, 7, 8, 9], 75)])
    assert scale_changed(values, months(1, 6, 50) + months(7, 12, 50)) is None


def test_scale_changed_few_early_answers_prove_nothing():
    values = [*([8] * 10), *([8] * 9 + [10]) * 15]
    assert scale_changed(values, ["2024-01"] * 10 + ["2024-02"] * 150) is None


def test_scale_changed_steady_answers_never_alarm():
    alarms = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values = np.round(rng.normal(7, 2, 600).clip(0, 10))
        alarms += scale_changed(values, months(1, 12, 50)) is not None
    assert alarms == 0


def test_scale_changed_nothing_to_compare_is_none():
    assert scale_changed([], []) is None
    assert scale_changed([1, 5], ["2024-01", "2024-01"]) is None


def test_scale_changed_lengths_must_agree():
    with pytest.raises(ValueError, match="one label per value"):
        scale_changed([1, 2], ["2024-01"])


def test_computed_from_parts_mean_is_caught():
    parts = RNG.integers(1, 6, (3, 100)).astype(float)
    doubt = computed_from_parts(parts.mean(axis=0), list(parts))
    assert (doubt.code, doubt.fact("n"), doubt.fact("parts")) == ("overall_computed_from_parts", 100, 3)
    assert doubt.fact("r2") == pytest.approx(1.0)


def test_computed_from_parts_real_answer_is_fine():
    parts = RNG.integers(1, 6, (3, 100)).astype(float)
    assert computed_from_parts(parts.mean(axis=0) + RNG.normal(0, 1, 100), list(parts)) is None


def test_computed_from_parts_too_little_is_not_judged():
    assert computed_from_parts([1.0, 2.0], [[1.0, 2.0]]) is None
    assert computed_from_parts([3.0] * 60, [list(range(60))]) is None
    assert computed_from_parts([1.0], []) is None


def test_straight_lining_counts_full_rows_only():
    doubt = straight_lining(np.array([[50] * 5, [50, 50, 50, 50, 75], [50, 50, 50, 50, np.nan]]))
    assert (doubt.code, doubt.facts) == ("straight_lining", (("k", 1), ("n", 2), ("share", 0.5)))


def test_straight_lining_nobody_is_none():
    assert straight_lining(np.array([[1, 2, 3, 4, 5]])) is None
    assert straight_lining(np.array([[1, 1, 1]])) is None


def test_straight_lining_flat_input_is_refused():
    with pytest.raises(ValueError, match="respondents, items"):
        straight_lining([1.0, 2.0])
