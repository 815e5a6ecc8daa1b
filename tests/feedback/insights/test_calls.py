"""The order of contacts: the same whatever order they come in, also where they differ in something else only."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.calls import Calls, Names

ROWS = st.lists(st.tuples(*[st.integers(0, 1)] * 7), min_size=1, max_size=10)


def calls(rows: list[tuple[int, ...]]) -> Calls:
    columns = np.array(rows, dtype=np.int64).T
    reason, agent, channel = (Names(("a", "b"), column.astype(np.int16)) for column in columns[1:4])
    return Calls(columns[0], reason, agent, channel, columns[4], columns[4] + columns[5], columns[6].astype(np.float64))


@settings(max_examples=100, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_is_that_of_the_contents_not_of_the_rows(rows, random):
    shuffled = random.sample(rows, len(rows))
    ordered = [[some[place] for place in calls(some).order().tolist()] for some in (rows, shuffled)]
    assert ordered[0] == ordered[1]
    assert [(row[0], row[1], row[4]) for row in ordered[0]] == sorted((row[0], row[1], row[4]) for row in rows)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_with_a_column_beside_is_that_of_all_contents(rows, random):
    full = [(*row, n % 3) for n, row in enumerate(rows)]
    shuffled = random.sample(full, len(full))
    ordered = []
    for some in (full, shuffled):
        beside = np.array([row[7] for row in some])
        ordered.append([some[place] for place in calls([row[:7] for row in some]).order(beside).tolist()])
    assert ordered[0] == ordered[1]
