"""Quotas: who takes a place."""

from surveys.logic import Context
from surveys.logic.quotas import limits, match, quota_named
from surveys.question_kinds import RawValue

ASKED = {
    "questions": [{"code": "size", "kind": "single", "choices": [{"code": "s"}, {"code": "l"}]}],
    "quotas": [
        {"code": "small", "limit": 2, "if": {"question": "size", "is": "s"}},
        {"code": "gold", "limit": 5, "if": {"customer": "segment", "op": "eq", "value": "gold"}, "action": "close"},
        {"code": "everybody", "limit": 100},
    ],
}


def test_match_names_every_quota_whose_condition_holds() -> None:
    gold = Context(customer={"segment": "gold"})
    assert match(ASKED, {"size": RawValue(choices=("s",))}, gold) == ["small", "gold", "everybody"]
    assert match(ASKED, {}, Context()) == ["everybody"]


def test_limits_and_a_quota_by_its_code() -> None:
    assert limits(ASKED) == {"small": 2, "gold": 5, "everybody": 100}
    assert (quota_named(ASKED, "gold")["action"], quota_named(ASKED, "none")) == ("close", {})
