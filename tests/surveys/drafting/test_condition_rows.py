"""Conditions as rows of a form and back: the same meaning, or not shown at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.drafting.condition_rows import Row, condition_of, groups_of
from surveys.logic import Context, holds
from surveys.question_kinds import RawValue


@pytest.mark.parametrize(
    ("condition", "groups"),
    [
        (None, []),
        ({}, []),
        ({"question": "a", "is": "yes"}, [[Row("a", "eq", "yes")]]),
        ({"question": "a", "at_least": 7.0}, [[Row("a", "ge", "7")]]),
        ({"question": "a", "in": ["x", "y"]}, [[Row("a", "in", "x, y")]]),
        ({"customer": "segment", "op": "eq", "value": "retail"}, [[Row("customer.segment", "eq", "retail")]]),
        (
            {
                "any": [
                    {"all": [{"question": "a", "is": 1}, {"question": "b", "op": "answered"}]},
                    {"question": "c", "is": 2},
                ]
            },
            [[Row("a", "eq", "1"), Row("b", "answered")], [Row("c", "eq", "2")]],
        ),
    ],
)
def test_condition_shown_as_groups(condition, groups):
    assert groups_of(condition) == groups


@pytest.mark.parametrize(
    "condition",
    [
        {"not": {"question": "a", "is": 1}},
        {"all": [{"any": [{"question": "a", "is": 1}]}]},
        {"question": "a", "at_least": 1, "at_most": 2},
        {"is": 1},
    ],
)
def test_condition_that_rows_cannot_show_is_not_shown(condition):
    assert groups_of(condition) is None


def test_rows_make_the_shortest_condition():
    assert condition_of([[Row("a", "eq", "3")]]) == {"question": "a", "op": "eq", "value": 3}
    assert condition_of([[], []]) is None
    assert condition_of([[Row("a", "not_answered")], [Row("b", "in", "x, 2")]]) == {
        "any": [{"question": "a", "op": "not_answered"}, {"question": "b", "op": "in", "value": ["x", 2]}]
    }


rows = st.builds(Row, st.sampled_from("ab"), st.sampled_from(["eq", "ne", "ge", "le"]), st.sampled_from("123"))
numbers = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3).map(lambda n: RawValue(number=float(n))))


@given(st.lists(st.lists(rows, min_size=1, max_size=3), max_size=3), numbers)
def test_groups_mean_what_they_say_and_come_back(groups, answers):
    condition = condition_of(groups)
    assert groups_of(condition) == groups
    meant = not groups or any(all(_true(row, answers) for row in group) for group in groups)
    assert holds(condition, answers, Context()) is meant


def _true(row, answers):
    if row.about not in answers:
        return False
    mine, other = answers[row.about].number, float(row.value)
    return {"eq": mine == other, "ne": mine != other, "ge": mine >= other, "le": mine <= other}[row.op]
