"""Random documents and random answers to them, for the property tests of logic."""

from typing import Any

from hypothesis import strategies as st

from surveys.logic import Context
from surveys.question_kinds import RawValue

KINDS = ("csat", "single", "multi", "yes_no", "number", "text", "statement", "service_quality")
CODES = tuple("abcdefgh")
CHOICES = [{"code": code} for code in ("x", "y", "z")]
SEGMENTS = ("gold", "silver")


@st.composite
def leaf(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, Any]:
    """A comparison, not always one that fits."""
    if not names or draw(st.integers(0, 5)) == 0:
        return {
            "customer": "segment",
            "op": draw(st.sampled_from(["eq", "ne"])),
            "value": draw(st.sampled_from(SEGMENTS)),
        }
    name = draw(st.sampled_from(names))
    operator = draw(st.sampled_from(["eq", "ne", "lt", "ge", "in", "contains", "answered", "not_answered"]))
    if operator in ("answered", "not_answered"):
        return {"question": name, "op": operator}
    value: Any = draw(st.sampled_from([0, 1, 2, 3, 5, "x", "y", "yes", "no"]))
    return {"question": name, "op": operator, "value": [value] if operator == "in" else value}


def conditions(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        leaf(names),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda each: {"all": each}),
            st.lists(inner, min_size=1, max_size=3).map(lambda each: {"any": each}),
            inner.map(lambda each: {"not": each}),
        ),
        max_leaves=4,
    )


@st.composite
def documents(draw: st.DrawFn, wild: bool = False) -> dict[str, Any]:
    """A document of up to eight questions; wild ones may jump and look anywhere."""
    count = draw(st.integers(1, 8))
    codes = CODES[:count]
    questions: list[dict[str, Any]] = []
    for place, code in enumerate(codes):
        kind = draw(st.sampled_from(KINDS))
        question: dict[str, Any] = {"code": code, "kind": kind}
        if kind in ("single", "multi"):
            question |= {"choices": CHOICES, "random_order": draw(st.booleans()), "keep_last": ["z"]}
        if kind == "number":
            question |= {"min": 0, "max": 4}
        names = _names(questions if not wild else [*questions, question])
        if draw(st.integers(0, 2)) == 0:
            question["show_if"] = draw(conditions(names))
        if draw(st.integers(0, 3)) == 0:
            targets = codes if wild else codes[place + 1 :]
            question["then"] = draw(st.lists(_jump((*names, code), (*targets, "end")), min_size=1, max_size=2))
        question["new_page"] = draw(st.booleans())
        questions.append(question)
    layout = draw(st.sampled_from(["auto", "one_page", "question_per_page", "pages"]))
    blocks = [list(codes[:2])] if count > 2 and draw(st.booleans()) else []
    return {"layout": layout, "questions": questions, "random_blocks": blocks}


def _names(questions: list[dict[str, Any]]) -> tuple[str, ...]:
    named = [question["code"] for question in questions]
    return (*named, *(f"{q['code']}.speed" for q in questions if q["kind"] == "service_quality"))


@st.composite
def _jump(draw: st.DrawFn, names: tuple[str, ...], targets: tuple[str, ...]) -> dict[str, Any]:
    jump: dict[str, Any] = {"go_to": draw(st.sampled_from(targets))}
    if draw(st.booleans()):
        jump["if"] = draw(conditions(names))
    return jump


@st.composite
def answers_to(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, RawValue]:
    """What somebody may have answered, on the path or not."""
    found: dict[str, RawValue] = {}
    for question in document["questions"]:
        code, kind = question["code"], question["kind"]
        if draw(st.integers(0, 4)) == 0:
            continue
        if kind in ("csat", "number"):
            low, high = (1, 5) if kind == "csat" else (0, 4)
            found[code] = RawValue(number=float(draw(st.integers(low, high))))
        elif kind == "yes_no":
            found[code] = RawValue(number=float(draw(st.integers(0, 1))))
        elif kind == "single":
            found[code] = RawValue(choices=(draw(st.sampled_from("xyz")),))
        elif kind == "multi":
            found[code] = RawValue(choices=tuple(sorted(draw(st.sets(st.sampled_from("xyz"), min_size=1)))))
        elif kind == "text":
            found[code] = RawValue(text=draw(st.sampled_from(["x", "xy", "1", "words"])))
        elif kind == "service_quality":
            found[f"{code}.speed"] = RawValue(number=float(draw(st.integers(1, 5))))
    return found


contexts = st.sampled_from(["", "gold", "silver", "1"]).map(lambda segment: Context(customer={"segment": segment}))
