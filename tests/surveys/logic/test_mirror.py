"""Conditions for a browser: what is known is settled, the rest stands as values to look for."""

from typing import Any

import pytest

from surveys.logic.context import Context
from surveys.logic.mirror import NotMirrored, mirrored
from surveys.question_kinds import QuestionSpec, RawValue
from surveys.question_kinds.inputs import inputs_of

NPS = inputs_of(QuestionSpec("nps", "nps", "?", scale_min=0, scale_max=10))
NUMBER = inputs_of(QuestionSpec("number", "number", "?", least=0, most=4, step=0.5))
SOME = inputs_of(QuestionSpec("some", "multi", "?", choices=(("a", "A"), ("b", "B"), ("7", "7")), exclusive=("a",)))
LIVE = {**NPS, **NUMBER, **SOME, "reach": None}
GOLD = {"customer": "segment", "is": "gold"}
LOW = {"question": "nps", "at_most": 2}


def tree(condition: Any) -> Any:
    known = {"before": RawValue(number=1.0)}
    return mirrored(condition, LIVE, known, Context(customer={"segment": "gold"}))


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (None, True),
        (GOLD, True),
        ({"question": "before", "is": "no"}, False),
        ({"question": "unheard", "op": "not_answered"}, True),
        (LOW, ["nps", ["0", "1", "2"]]),
        ({"all": [GOLD, LOW]}, ["nps", ["0", "1", "2"]]),
        ({"all": [{"not": GOLD}, LOW]}, False),
        ({"any": [GOLD, LOW]}, True),
        ({"any": [{"not": GOLD}, LOW]}, ["nps", ["0", "1", "2"]]),
        ({"not": LOW}, ["!", ["nps", ["0", "1", "2"]]]),
        ({"question": "some", "op": "in", "value": ["b", 7.0]}, ["some", ["b", "7"], ["b", "7"], 0, 1000, ("a",)]),
        ({"question": "some", "op": "ge", "value": 5}, ["some", ["7"], [], 0, 1000, ("a",)]),
        ({"question": "number", "op": "gt", "value": "2"}, ["number", "n", ">", 2.0, 0, 4, 0.5]),
        ({"question": "number", "op": "gt", "value": "soon"}, False),
    ],
)
def test_condition_becomes_what_is_left_to_look_for(condition: Any, wanted: Any):
    assert tree(condition) == wanted


@pytest.mark.parametrize("operator", ["answered", "eq"])
def test_what_a_browser_cannot_foresee_is_not_mirrored(operator: str):
    with pytest.raises(NotMirrored):
        tree({"all": [LOW, {"question": "reach", "op": operator, "value": "x"}]})


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("contact", {}), ("ranking", {"choices": (("a", "A"), ("b", "B"))}), ("hidden", {}), ("statement", {}),
     ("single", {"choices": (("a", "A"), ("b", "B")), "other": "b"}), ("scale", {"scale_min": 0, "scale_max": 100})],
)  # fmt: skip
def test_kinds_whose_reading_is_more_than_a_script_should_repeat_have_no_inputs(kind: str, fields: dict[str, Any]):
    assert inputs_of(QuestionSpec("code", kind, "?", **fields)) == {}
