"""Importance against performance: every quadrant, and none where an interval holds its line."""

import pytest

from feedback.insights.priorities import Rated, priorities


def rated(share: float, score: float, half: float = 1.0, share_half: float = 0.05) -> Rated:
    return Rated("a", share, share - share_half, share + share_half, score, score - half, score + half)


@pytest.mark.parametrize(
    ("share", "score", "place"),
    [
        (0.8, 60.0, "concentrate"),
        (0.8, 90.0, "keep_up"),
        (0.2, 60.0, "low_priority"),
        (0.2, 90.0, "overkill"),
        (0.52, 60.0, "borderline"),
        (0.8, 75.5, "borderline"),
    ],
)
def test_place_by_the_mean_importance_and_the_target(share: float, score: float, place: str) -> None:
    found = priorities([rated(share, score), rated(1 - share, 80.0)], 75.0)
    assert found[0].place == place


def test_place_without_an_interval_is_borderline() -> None:
    (found, _other) = priorities([Rated("a", 0.9, None, None, 20.0, 19.0, 21.0), rated(0.1, 80.0)], 75.0)
    assert found.place == "borderline"


def test_place_of_nothing_is_nothing() -> None:
    assert priorities([], 75.0) == ()
