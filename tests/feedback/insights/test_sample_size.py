"""Answers for a margin: the published values."""

import pytest

from feedback.insights.sample_size import answers_for, answers_for_nps


def test_answers_for_a_mean_known_values() -> None:
    assert [answers_for(margin) for margin in (5, 3, 2)] == [62, 171, 385]


def test_answers_for_an_nps_known_values() -> None:
    assert [answers_for_nps(margin) for margin in (10, 5)] == [235, 938]


@pytest.mark.parametrize(("margin", "spread"), [(0, 20), (5, 0), (-1, 20)])
def test_answers_for_nothing_is_refused(margin: float, spread: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        answers_for(margin, spread)
