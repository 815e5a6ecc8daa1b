"""Multiple comparisons: Benjamini-Hochberg q values for one family of tests."""

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """q values in the order given; q(i) = min over k >= i of p(k) m / k, at most 1 (Benjamini & Hochberg 1995).

    A test that was not made (None or NaN) stays None and does not count in m. Raises ValueError outside 0..1.
    """
    tested = [i for i, p in enumerate(p_values) if p is not None and not np.isnan(p)]
    p = np.array([p_values[i] for i in tested], dtype=np.float64)
    if bool(((p < 0) | (p > 1)).any()):
        raise ValueError("p values must lie between 0 and 1")
    q: list[float | None] = [None] * len(p_values)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    running = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    for position, value in zip(order, running, strict=True):
        # p m / k can round to a hair under p when k = m.
        q[tested[position]] = float(max(value, p[position]))
    return q
