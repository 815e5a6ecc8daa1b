"""Where each answer of a carrier leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.actions.deliver_outcome import BACK_OFF, LONGEST_WAIT, MAX_ATTEMPTS, not_sent, sent, wait_seconds
from surveys.channels.base import PermanentFailure, Receipt, TemporaryFailure, UnknownOutcome


def test_sent_keeps_the_receipt() -> None:
    outcome = sent(Receipt("SM1", 2))
    assert (outcome.state, outcome.provider_id, outcome.segments, outcome.error) == ("sent", "SM1", 2, "")


@pytest.mark.parametrize(
    ("failure", "attempts", "state", "error"),
    [
        (TemporaryFailure("later", "451"), 1, "queued", "451 later"),
        (TemporaryFailure("later", "451"), 5, "queued", "451 later"),
        (TemporaryFailure("later", "451"), 6, "failed", "given up after 6 tries: 451 later"),
        (PermanentFailure("no such user", "550"), 1, "failed", "550 no such user"),
        (UnknownOutcome("cut"), 1, "unknown", "cut"),
        (ValueError("a bug of ours"), 1, "unknown", "ValueError: a bug of ours"),
        (TimeoutError(), 6, "unknown", "TimeoutError:"),
    ],
)
def test_not_sent_by_failure(failure: Exception, attempts: int, state: str, error: str) -> None:
    outcome = not_sent(failure, attempts)
    assert (outcome.state, outcome.error) == (state, error)


@given(st.integers(1, MAX_ATTEMPTS - 1))
def test_wait_seconds_is_the_table_within_a_fifth(attempts: int) -> None:
    base = BACK_OFF[attempts - 1]
    assert base * 0.8 <= wait_seconds(attempts) <= base * 1.2


@given(st.floats(-1e9, 1e12))
def test_wait_seconds_as_told_within_a_day(told: float) -> None:
    assert wait_seconds(1, told) == min(max(told, 0.0), LONGEST_WAIT)
