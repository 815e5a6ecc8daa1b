"""Small cells: states, and that no hidden cell can be worked out."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.comparison import paired_gap
from feedback.insights.quadrants import quadrant
from feedback.insights.shares import wilson
from feedback.insights.suppression import (
    agent_shown,
    cell_state,
    comments_shown,
    complementary,
    raise_small_cell,
    small_cell,
    withheld,
)

cells = st.lists(st.integers(0, 30), min_size=1, max_size=8)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=4)
)


@pytest.mark.parametrize(
    ("n", "state"), [(0, "hidden"), (4, "hidden"), (5, "indicative"), (29, "indicative"), (30, "shown")]
)
def test_cell_state_limits(n, state):
    assert cell_state(n) == state


def test_limit_can_only_go_up():
    with pytest.raises(ValueError, match="SMALL_CELL is 4: numbers of fewer than 5 customers are always hidden"):
        raise_small_cell(4)
    assert small_cell() == 5


@pytest.fixture
def twelve() -> Iterator[None]:
    before = raise_small_cell(12)
    yield
    raise_small_cell(before)


def test_raised_limit_is_that_of_everything(twelve):
    assert (cell_state(11), cell_state(12)) == ("hidden", "indicative")
    assert (comments_shown(11), comments_shown(12)) == (False, True)
    assert (agent_shown(20, 11), agent_shown(20, 12)) == (False, True)
    assert complementary([8, 15, 40]) == (True, True, False)


def test_comments_and_agents_need_more():
    assert (comments_shown(9), comments_shown(10)) == (False, True)
    assert (agent_shown(20, 10), agent_shown(19, 10), agent_shown(20, 9)) == (True, False, False)


def test_withheld_numbers_are_gone_and_the_label_stays():
    gap = withheld(paired_gap([90, 80, 70], [50, 60, 40], [1, 2, 3], [1, 1, 2]))
    assert (gap.gap, gap.lo, gap.weighted, gap.n_pairs, gap.customers) == (None, None, None, 0, 0)
    assert (gap.finding, gap.label, gap.warnings) == (False, "not_enough", ("not_enough",))


def test_withheld_share_and_quadrant():
    share = withheld(wilson(2, 3))
    assert (share.share, share.lo, share.hi, share.k, share.n) == (None, None, None, 0, 0)
    assert withheld(quadrant((80.0, 90.0), (80.0, 90.0), 3)).label == "too_few"


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([3, 20, 40], (True, True, False)),
        ([2, 2, 40, 50], (True, True, True, False)),
        ([3, 4, 40], (True, True, False)),
        ([0, 3, 40], (False, True, True)),
        ([3], (True,)),
        ([3, 0], (True, False)),
        ([10, 20], (False, False)),
    ],
)
def test_complementary_hides_a_second_cell(counts, hidden):
    assert complementary(counts) == hidden


@settings(max_examples=100)
@given(cells)
def test_complementary_hidden_cells_have_cover(counts):
    hidden = [n for n, h in zip(counts, complementary(counts), strict=True) if h]
    everybody = [n for n in counts if n > 0]
    covered = len(hidden) >= 2 and sum(hidden) >= 5
    assert not hidden or covered or sorted(hidden) == sorted(everybody)
