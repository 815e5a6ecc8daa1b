"""Packed columns: what comes out is what was put in, to the bit, whatever it is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.queries.packed import Packed

NUMBERS = st.one_of(st.just(np.nan), st.integers(0, 10).map(float), st.floats(0, 100))


@settings(max_examples=100, deadline=None)
@given(st.lists(NUMBERS, max_size=20))
def test_packed_column_comes_back_as_it_was(numbers):
    column = np.array(numbers, dtype=np.float64)
    packed = Packed(len(column))
    packed.put("a", column)
    assert packed["a"].tobytes() == column.tobytes()
    assert packed.has("a") is bool(np.isfinite(column).any())
    assert packed.has("a", np.arange(len(column))[1:]) is bool(np.isfinite(column[1:]).any())


def test_packed_whole_numbers_that_few_have_take_little_room():
    column = np.full(1_000, np.nan)
    column[::10] = 7.0
    packed = Packed(len(column))
    packed.put("a", column)
    held = packed.held["a"]
    assert (held.values.nbytes, held.rows is not None and held.rows.nbytes) == (400, 400)
