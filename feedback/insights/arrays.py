"""Shared array types and the two doors every number passes: in as float64, out as plain Python without NaN."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Months = npt.NDArray[np.datetime64]
FloatsLike = Floats | Sequence[float] | Sequence[float | None]
COUNTED = 8  # times as many numbers as there are labels
CodesLike = npt.NDArray[Any] | Sequence[int] | Sequence[str]


def floats(values: FloatsLike) -> Floats:
    """Any sequence of numbers as a float64 array; None and infinities become NaN (= missing)."""
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def plain(number: float | np.floating[Any] | None) -> float | None:
    """A Python float, or None when there is no finite number: NaN never leaves this package."""
    if number is None or not np.isfinite(number):
        return None
    return float(number)


def cluster_codes(clusters: CodesLike | None, n: int) -> Ints:
    """Codes 0..G-1 of length n, in the sorted order of the labels; every row its own cluster when None is given.

    Raises ValueError when the length is not n, because a shifted cluster column gives wrong intervals silently.
    """
    if clusters is None:
        return np.arange(n, dtype=np.int64)
    labels = np.asarray(clusters)
    if labels.shape != (n,):
        raise ValueError(f"clusters must have one label per value: got {labels.shape}, expected ({n},)")
    return dense(labels)


def dense(labels: npt.NDArray[Any]) -> Ints:
    """Codes 0..G-1 of labels in their sorted order; small whole numbers are counted, which needs no sorting."""
    if labels.dtype.kind == "i" and len(labels) and labels.min() >= 0 and labels.max() <= COUNTED * len(labels):
        there = np.zeros(int(labels.max()) + 1, dtype=bool)
        there[labels] = True
        found: Ints = (np.cumsum(there) - 1)[labels]
        return found
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def checked_weights(weights: FloatsLike, n: int) -> Floats:
    """Weights of length n, missing ones as 0 (they count nowhere).

    Raises ValueError on a negative weight or a wrong length.
    """
    array = floats(weights)
    if array.shape != (n,):
        raise ValueError(f"weights must have one number per value: got {array.shape}, expected ({n},)")
    if bool((array < 0).any()):
        raise ValueError("weights must not be negative")
    return np.nan_to_num(array, nan=0.0)
