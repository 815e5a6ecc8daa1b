"""What every number passes on its way in and out."""

from typing import Any

import numpy as np
import pytest

from feedback.insights.arrays import checked_weights, cluster_codes, dense, floats, plain


def test_floats_missing_and_infinite_become_nan():
    assert [str(x) for x in floats([1, None, float("inf")])] == ["1.0", "nan", "nan"]


@pytest.mark.parametrize("number", [None, float("nan"), float("inf"), np.float64("nan")])
def test_plain_not_a_number_is_none(number):
    assert plain(number) is None


def test_plain_numpy_number_is_python_float():
    assert type(plain(np.float64(2.5))) is float


def test_cluster_codes_labels_follow_their_order():
    assert cluster_codes(["b", "a", "b"], 3).tolist() == [1, 0, 1]


def test_cluster_codes_none_gives_everyone_his_own():
    assert cluster_codes(None, 3).tolist() == [0, 1, 2]


def test_cluster_codes_wrong_length_is_refused():
    with pytest.raises(ValueError, match="one label per value"):
        cluster_codes([1, 2], 3)


def test_checked_weights_missing_counts_nowhere():
    assert checked_weights([1.0, None], 2).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("weights", "message"), [([1.0, -1.0], "negative"), ([1.0], "one number per value")])
def test_checked_weights_bad_ones_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        checked_weights(weights, 2)


@pytest.mark.parametrize("labels", [[3, 0, 3, 7], [10**15, -4, 10**15], [], ["b", "a", "b"]])
def test_dense_gives_places_in_the_sorted_labels(labels: list[Any]) -> None:
    found = dense(np.array(labels))
    assert found.tolist() == [sorted(set(labels)).index(label) for label in labels]
