"""Long work shows that it is alive, and ends where the listener says so."""

from collections.abc import Callable

import numpy as np
import pytest

from feedback.insights.alive import heard_by, tick
from feedback.insights.importance import share_intervals
from feedback.insights.intervals import clustered_mean
from feedback.insights.logistic import logistic
from feedback.insights.trends import change_point


class EndedError(Exception):
    pass


X = np.random.default_rng(1).normal(size=(60, 2))
LOOPS: dict[str, Callable[[], object]] = {
    "bootstrap": lambda: share_intervals(X[:, 0], X, [0, 1], None, 1),
    "permutations": lambda: change_point(X[:, 0]),
    "logistic": lambda: logistic((X[:, 0] > 0).astype(np.float64), X[:, 1:]),
    "clustered mean": lambda: clustered_mean(X[:, 0]),
}


@pytest.mark.parametrize("name", list(LOOPS))
def test_tick_in_a_long_loop_ends_it(name: str) -> None:
    def ended() -> None:
        raise EndedError

    with pytest.raises(EndedError), heard_by(ended):
        LOOPS[name]()


def test_heard_by_ends_with_its_block() -> None:
    heard: list[int] = []
    with heard_by(lambda: heard.append(1)):
        tick()
    tick()
    assert heard == [1]
