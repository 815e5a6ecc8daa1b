"""JSON columns as arrays: exactly what the rows hold, whatever the way they are asked."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.queries.keyed import keyed

ROWS = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(0, 10).map(float), min_size=1, max_size=3)),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_keyed_gives_back_the_rows_it_was_made_of(rows):
    assert list(keyed(len(rows), True, {}, enumerate(rows))) == rows


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_keyed_entries_and_means_are_those_of_the_rows(rows):
    table = keyed(len(rows), True, {}, enumerate(rows))
    expected = [(value, place) for place, row in enumerate(rows) for value in row.get("a", [])]
    values, places = table.entries("a")
    assert list(zip(values.tolist(), places.tolist(), strict=True)) == expected
    means = [sum(row["a"]) / len(row["a"]) if "a" in row else None for row in rows]
    assert [None if np.isnan(mean) else mean for mean in table.means("a")] == means


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data())
def test_keyed_take_keeps_some_rows(rows, data):
    keep = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    index = np.flatnonzero(np.array(keep, dtype=bool))
    assert list(keyed(len(rows), True, {}, enumerate(rows)).take(index)) == [rows[place] for place in index]
