"""What came next and what was last before a moment, group by group: sorted once, whatever the number of questions."""

import numpy as np

from feedback.insights.arrays import Floats, Ints


def last_before(groups: Ints, moments: Floats, who: Ints, when: Floats) -> Ints:
    """The place of each group's last moment before some moment, -1 without one; of equal ones that which stands last.

    groups: small numbers from 0, with moments, shape (n,); who, when: what is asked for, shape (m,), who -1: nobody.
    """
    order, keys, span, ranks = _ordered(groups, moments)
    found = np.searchsorted(keys, who * span + np.searchsorted(ranks, when)) - 1
    return _of_group(groups, order, found, who)


def first_after(groups: Ints, moments: Floats, who: Ints, when: Floats) -> Ints:
    """The place of each group's first moment after some moment, -1 without one; of equal ones that which stands first.

    As in `last_before`.
    """
    order, keys, span, ranks = _ordered(groups, moments)
    found = np.searchsorted(keys, who * span + np.searchsorted(ranks, when, side="right"))
    return _of_group(groups, order, found, who)


def _ordered(groups: Ints, moments: Floats) -> tuple[Ints, Ints, int, Floats]:
    """The order by group and moment, a number for each in that order, the numbers a group has, the moments in order."""
    ranks = np.sort(moments)
    span = len(ranks) + 1
    keys = groups * span + np.searchsorted(ranks, moments)
    order = np.argsort(keys, kind="stable")
    return order, keys[order], span, ranks


def _of_group(groups: Ints, order: Ints, found: Ints, who: Ints) -> Ints:
    inside = (who >= 0) & (found >= 0) & (found < len(order))
    place = np.full(len(found), -1, dtype=np.int64)
    place[inside] = order[found[inside]]
    inside[inside] = groups[place[inside]] == who[inside]
    return np.where(inside, place, -1)
