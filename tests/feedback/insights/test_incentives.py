"""Incentives: one-sided metrics alone are warned of, beside a balancing one not."""

import pytest

from feedback.insights.incentives import misaligned, paid_alone


@pytest.mark.parametrize(
    ("paid", "alone"),
    [
        ({"aht"}, ("aht",)),
        ({"own_score", "calls_per_hour"}, ("calls_per_hour", "own_score")),
        ({"aht", "recontact"}, ()),
        ({"aht", "team_score"}, ("aht",)),
        ({"fcr"}, ()),
        (set(), ()),
    ],
)
def test_paid_alone_unless_something_asks_whether_it_was_solved(paid: set[str], alone: tuple[str, ...]) -> None:
    assert paid_alone(paid) == alone


def test_misaligned_handling_time_against_a_faster_journey() -> None:
    assert misaligned({"elapsed_days"}, {"aht"}) == ("aht",)
    assert misaligned({"a->b", "aht"}, set()) == ("aht",)
    assert misaligned({"experience"}, {"aht"}) == ()
