"""What was last before a moment and what came first after it: as looking through all of them finds it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.neighbours import first_after, last_before

SMALL = st.integers(0, 3)
ROWS = st.lists(st.tuples(SMALL, SMALL), max_size=12)
ASKED = st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 4)), max_size=8)


def columns(rows):
    groups, moments = np.array([row[0] for row in rows], dtype=np.int64), np.array([float(row[1]) for row in rows])
    return groups, moments


@settings(max_examples=100, deadline=None)
@given(ROWS, ASKED)
def test_last_before_is_the_last_of_the_latest_moments_before(rows, asked):
    found = last_before(*columns(rows), *columns(asked)).tolist()
    for place, (group, moment) in zip(found, asked, strict=True):
        earlier = [(at, n) for n, (own, at) in enumerate(rows) if own == group and at < moment]
        assert place == (max(earlier)[1] if earlier else -1)


@settings(max_examples=100, deadline=None)
@given(ROWS, ASKED)
def test_first_after_is_the_first_of_the_earliest_moments_after(rows, asked):
    found = first_after(*columns(rows), *columns(asked)).tolist()
    for place, (group, moment) in zip(found, asked, strict=True):
        later = [(at, n) for n, (own, at) in enumerate(rows) if own == group and at > moment]
        assert place == (min(later)[1] if later else -1)
