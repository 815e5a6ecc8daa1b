"""Quadrants where the intervals allow one, else borderline or too few."""

import pytest

from feedback.insights.quadrants import quadrant

GREAT, POOR, UNCLEAR, UNKNOWN = (75.0, 90.0), (40.0, 74.9), (70.0, 80.0), (None, None)


@pytest.mark.parametrize(
    ("service", "experience", "label", "advice"),
    [
        (GREAT, GREAT, "great_great", "keep"),
        (GREAT, POOR, "great_poor", "trap"),
        (POOR, GREAT, "poor_great", "at_risk"),
        (POOR, POOR, "poor_poor", "start_with_service"),
        (UNCLEAR, GREAT, "borderline", "borderline"),
        (POOR, UNCLEAR, "borderline", "borderline"),
        (UNKNOWN, GREAT, "borderline", "borderline"),
    ],
)
def test_quadrant_intervals_decide(service, experience, label, advice):
    cell = quadrant(service, experience, 30)
    assert (cell.label, cell.advice, cell.drawn) == (label, advice, "full")


@pytest.mark.parametrize(("n_pairs", "drawn"), [(4, "nothing"), (5, "hollow"), (29, "hollow")])
def test_quadrant_few_pairs_have_no_label(n_pairs, drawn):
    cell = quadrant(GREAT, POOR, n_pairs)
    assert (cell.label, cell.drawn) == ("too_few", drawn)


def test_quadrant_touching_the_threshold_from_below_is_not_poor():
    assert quadrant((60.0, 75.0), GREAT, 100).label == "borderline"


def test_quadrant_own_thresholds_are_used_and_told():
    cell = quadrant((70.0, 72.0), (40.0, 49.0), 50, service_threshold=70, experience_threshold=50)
    assert (cell.label, cell.service_threshold, cell.experience_threshold) == ("great_poor", 70.0, 50.0)
