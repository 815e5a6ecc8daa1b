"""Questions of every kind as tests make them, and what their form fields read."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.datastructures import MultiValueDict

from surveys.question_kinds import QuestionSpec, RawValue, kind, read

CHOICES = (("price", "The price"), ("time", "The time"), ("staff", "The staff"))


ROWS = (("desk", "The desk"), ("phone", "The phone"))
ENDS = {"csat": (1, 5), "scale": (0, 10), "matrix": (1, 5)}
WITH_CHOICES = ("single", "multi", "ranking")


def spec(name: str, **changes: object) -> QuestionSpec:
    """A valid question of the kind, with changes."""
    low, high = ENDS.get(name, (None, None))
    choices = CHOICES if name in WITH_CHOICES else ()
    rows = ROWS if name == "matrix" else ()
    base = QuestionSpec("q1", name, "How was it?", scale_min=low, scale_max=high, choices=choices, rows=rows)
    return replace(base, **changes)  # type: ignore[arg-type]


def clean(question: QuestionSpec, data: Mapping[str, object]) -> object:
    """What a form with this one field makes of posted data; ValidationError as in a page."""
    field = kind(question.kind).form_field(question)
    return field.clean(field.widget.value_from_datadict(data, MultiValueDict(), "q1"))


def post(question: QuestionSpec, **data: object) -> dict[str, RawValue]:
    """The answers that a form with this one question reads from posted lists; ValidationError as in a page."""
    field = kind(question.kind).form_field(question)
    lists = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    posted = MultiValueDict({name.replace("__", "."): values for name, values in lists.items()})
    return read(field.clean(field.widget.value_from_datadict(posted, MultiValueDict(), "q1")), question)
