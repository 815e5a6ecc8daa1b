"""Conditions as a tree of groups and comparisons and back: the same meaning, or not shown at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.logic import Context, holds
from surveys.logic.tree import Group, Row, condition_of, tree_of
from surveys.question_kinds import RawValue

YES = {"question": "a", "op": "eq", "value": 1}


@pytest.mark.parametrize(
    ("condition", "parts"),
    [
        (None, ()),
        ({}, ()),
        ({"question": "a", "is": "yes"}, (Row("a", "eq", "yes"),)),
        ({"question": "a", "at_least": 7.0}, (Row("a", "ge", "7"),)),
        ({"question": "a", "in": ["x", "y, z", 'q"']}, (Row("a", "in", 'x, "y, z", "q"""'),)),
        ({"customer": "attr.tier", "op": "eq", "value": "retail"}, (Row("customer.attr.tier", "eq", "retail"),)),
        ({"question": "a", "at_least": 1, "at_most": 2}, (Row("a", "ge", "1"), Row("a", "le", "2"))),
        ({"all": [YES, {"any": [YES, YES]}]}, (Row("a", "eq", "1"), Group("any", (Row("a", "eq", "1"),) * 2))),
    ],
)
def test_condition_shown_as_all_of_its_parts(condition, parts):
    assert tree_of(condition) == Group("all", parts)


@pytest.mark.parametrize(
    ("condition", "tree"),
    [
        ({"not": YES}, Group("none", (Row("a", "eq", "1"),))),
        ({"not": {"any": [YES, YES]}}, Group("none", (Row("a", "eq", "1"),) * 2)),
        ({"not": {"all": [YES, YES]}}, Group("not_all", (Row("a", "eq", "1"),) * 2)),
        ({"not": {"not": YES}}, Group("none", (Group("none", (Row("a", "eq", "1"),)),))),
    ],
)
def test_not_is_a_word_of_its_group(condition, tree):
    assert tree_of(condition) == tree
    assert condition_of(tree) == condition


@pytest.mark.parametrize("condition", ["words", {"is": 1}, {"all": []}, {"all": [YES], "any": [YES]}, {"not": 1}])
def test_what_is_no_condition_is_not_shown(condition):
    assert tree_of(condition) is None


def test_rows_make_the_shortest_condition():
    assert condition_of(Group("all", (Row("a", "eq", "3"),))) == {"question": "a", "op": "eq", "value": 3}
    assert condition_of(Group()) is None
    assert condition_of(Group("any", (Row("a", "not_answered"), Row("b", "in", 'x, 2, "y, z"')))) == {
        "any": [{"question": "a", "op": "not_answered"}, {"question": "b", "op": "in", "value": ["x", 2, "y, z"]}]
    }


rows = st.builds(Row, st.sampled_from("ab"), st.sampled_from(["eq", "ne", "ge", "le"]), st.sampled_from("123"))
numbers = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3).map(lambda n: RawValue(number=float(n))))
words = st.sampled_from(["all", "any", "none", "not_all"])


def groups(parts: st.SearchStrategy[Row | Group]) -> st.SearchStrategy[Group]:
    return st.builds(Group, words, st.lists(parts, min_size=1, max_size=3).map(tuple))


trees = groups(st.recursive(rows, groups, max_leaves=12))


@given(trees, numbers)
def test_trees_mean_what_they_say_and_come_back(tree, answers):
    condition = condition_of(tree)
    assert holds(condition, answers, Context()) is _true(tree, answers)
    alone = len(tree.parts) == 1 and isinstance(tree.parts[0], Row) and tree.word in ("all", "any")
    assert tree_of(condition) == (Group("all", tree.parts) if alone else tree)


def _true(part, answers):
    if isinstance(part, Row):
        return _compared(part, answers)
    found = [_true(each, answers) for each in part.parts]
    return {"all": all(found), "any": any(found), "none": not any(found), "not_all": not all(found)}[part.word]


def _compared(row, answers):
    if row.about not in answers:
        return False
    mine, other = answers[row.about].number, float(row.value)
    return {"eq": mine == other, "ne": mine != other, "ge": mine >= other, "le": mine <= other}[row.op]
