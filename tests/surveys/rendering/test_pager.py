"""Questions as one customer sees them: words put in, choices and rows as drawn."""

from surveys.logic import Context, Order
from surveys.question_kinds import QuestionSpec
from surveys.rendering.pager import personal

CHOICES = (("x", "The [[customer.segment|usual]] way"), ("y", "Another"))


def test_personal_choices_and_rows_stand_as_drawn_with_words_put_in() -> None:
    specs = [
        QuestionSpec("one", "single", "For [[customer.segment|you]]?", choices=CHOICES, low="[[stage.name|here]]"),
        QuestionSpec("served", "service_quality", "Served?"),
        QuestionSpec("each", "matrix", "Each?", rows=CHOICES, scale_min=1, scale_max=5),
    ]
    rows = {"served": ("patience", "speed", "accommodation", "knowledge"), "each": ("y", "x")}
    found = personal(specs, Context(customer={"segment": "gold"}), {}, Order(choices={"one": ("y", "x")}, rows=rows))
    assert (found[0].text, found[0].low) == ("For gold?", "here")
    assert found[0].choices == (("y", "Another"), ("x", "The gold way"))
    assert [label for _code, label in found[1].rows] == ["Patience", "Speed", "Meeting your needs", "Knowledge"]
    assert found[2].rows == (("y", "Another"), ("x", "The gold way"))


def test_personal_without_an_order_stands_as_written() -> None:
    [found] = personal([QuestionSpec("one", "single", "One?", choices=CHOICES)], Context(), {}, Order())
    assert found.choices == (("x", "The usual way"), ("y", "Another"))
