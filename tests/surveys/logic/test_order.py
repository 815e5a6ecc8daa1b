"""Random order: drawn from a seed, the same again, fair, and recorded."""

from collections import Counter
from typing import Any

from hypothesis import given, settings

from surveys.logic import Order, shuffled
from tests.surveys.logic.documents import documents, seeds

ASKED: dict[str, Any] = {
    "questions": [
        {"code": "a", "kind": "single", "random_order": True, "keep_last": ["other"],
         "choices": [{"code": "x"}, {"code": "other"}, {"code": "y"}, {"code": "z"}]},
        {"code": "b", "kind": "service_quality", "random_order": True},
        {"code": "c", "kind": "nps"},
        {"code": "d", "kind": "nps"},
    ],
    "random_blocks": [["b", "c", "d"]],
}  # fmt: skip


def test_shuffled_every_order_comes_about_equally_often() -> None:
    orders = [shuffled(ASKED, str(number)) for number in range(1200)]
    firsts = Counter(order.choices["a"][0] for order in orders)
    assert sorted(firsts) == ["x", "y", "z"]
    assert min(firsts.values()) > 320
    assert {order.choices["a"][-1] for order in orders} == {"other"}
    blocks = Counter(order.questions for order in orders)
    assert (len(blocks), {order[0] for order in blocks}) == (6, {"a"})
    assert min(blocks.values()) > 140


def test_shuffled_one_more_question_moves_no_other_choices() -> None:
    more = {**ASKED, "questions": [{"code": "new", "kind": "nps"}, *ASKED["questions"]]}
    assert [shuffled(more, str(n)).choices for n in range(20)] == [shuffled(ASKED, str(n)).choices for n in range(20)]


@settings(max_examples=200, deadline=None)
@given(documents, seeds)
def test_shuffled_is_the_same_again_and_goes_round(asked: dict[str, Any], seed: int) -> None:
    order = shuffled(asked, str(seed))
    assert shuffled(asked, str(seed)) == order
    assert Order.from_json(order.as_json()) == order
    codes = [question["code"] for question in asked["questions"]]
    assert sorted(order.questions or codes) == codes
    for code, drawn in order.choices.items():
        asks = next(question for question in asked["questions"] if question["code"] == code)
        assert sorted(drawn) == sorted(choice["code"] for choice in asks["choices"])


def test_order_from_anything_else_is_no_order() -> None:
    assert (Order.from_json(None), Order.from_json([]), Order.from_json({})) == (Order(), Order(), Order())
