"""Random blocks as joined questions."""

import pytest

from surveys.drafting.blocks import joined, with_blocks

FOUR = {"questions": [{"code": code} for code in "abcd"]}


@pytest.mark.parametrize(
    ("joins", "blocks"),
    [("b", [["a", "b"]]), ("bcd", [["a", "b", "c", "d"]]), ("bd", [["a", "b"], ["c", "d"]]), ("ax", None), ("", None)],
)
def test_joined_questions_are_blocks_and_come_back(joins, blocks):
    made = with_blocks({**FOUR, "random_blocks": [["c", "d"]]}, joins)
    assert made.get("random_blocks") == blocks
    assert joined(made) == [code for code in joins if code in "bcd"]
