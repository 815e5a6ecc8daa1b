"""Random documents and random answers to them, for the property tests of logic: drawn by number, which is quick."""

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from surveys.logic import Context
from surveys.question_kinds import RawValue

KINDS = ("csat", "single", "multi", "yes_no", "number", "text", "statement", "service_quality")
CODES = tuple("abcdefgh")
CHOICES = [{"code": code} for code in ("x", "y", "z")]
SEGMENTS = ("gold", "silver")
OPERATORS = ("eq", "ne", "lt", "ge", "in", "contains", "answered", "not_answered")
FITTING: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]] = {
    "csat": (("eq", "ne", "lt", "ge", "in", "not_in"), (1, 2, 3, 5)),
    "service_quality": (("eq", "ne", "lt", "ge", "in", "not_in"), (1, 2, 3, 5)),
    "number": (("eq", "ne", "lt", "ge", "gt", "le"), (0, 2, 4)),
    "single": (("eq", "ne", "in", "not_in"), ("x", "y", "z")),
    "multi": (("eq", "ne", "in", "not_in", "contains"), ("x", "y", "z")),
    "yes_no": (("eq", "ne"), ("yes", "no")),
    "text": (("contains", "eq"), ("x", "words")),
}


class Maker:
    """Draws one document. Wild ones may jump and look anywhere, and compare what does not fit."""

    def __init__(self, seed: int, wild: bool) -> None:
        self.random, self.wild = random.Random(seed), wild

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def document(self) -> dict[str, Any]:
        codes = CODES[: self.random.randint(1, 8)]
        kinds = {code: self.random.choice(KINDS) for code in codes}
        questions = [self.question(code, codes, kinds) for code in codes]
        layout = self.random.choice(["auto", "one_page", "question_per_page", "pages"])
        blocks = [list(codes[:2])] if len(codes) > 2 and self.often(0.4) else []
        return {"layout": layout, "questions": questions, "random_blocks": blocks}

    def question(self, code: str, codes: Sequence[str], kinds: dict[str, str]) -> dict[str, Any]:
        place, kind = codes.index(code), kinds[code]
        question: dict[str, Any] = {"code": code, "kind": kind, "new_page": self.often(0.3)}
        if kind in ("single", "multi"):
            question |= {"choices": CHOICES, "random_order": self.often(0.5), "keep_last": ["z"]}
        if kind == "number":
            question |= {"min": 0, "max": 4}
        if self.often(0.5):
            question["show_if"] = self.condition(codes if self.wild else codes[:place], kinds)
        targets = [*codes, "end"] if self.wild else [*codes[place + 1 :], "end"]
        if self.often(0.3):
            seen = codes if self.wild else codes[: place + 1]
            question["then"] = [self.jump(targets, seen, kinds) for _ in range(self.random.randint(1, 2))]
        return question

    def jump(self, targets: Sequence[str], seen: Sequence[str], kinds: dict[str, str]) -> dict[str, Any]:
        jump: dict[str, Any] = {"go_to": self.random.choice(targets)}
        if self.often(0.6):
            jump["if"] = self.condition(seen, kinds)
        return jump

    def condition(self, seen: Sequence[str], kinds: dict[str, str], depth: int = 0) -> dict[str, Any]:
        if depth < 3 and self.often(0.45):
            group = self.random.choice(["all", "any", "not"])
            if group == "not":
                return {"not": self.condition(seen, kinds, depth + 1)}
            return {group: [self.condition(seen, kinds, depth + 1) for _ in range(self.random.randint(1, 3))]}
        return self.leaf(seen, kinds)

    def leaf(self, seen: Sequence[str], kinds: dict[str, str]) -> dict[str, Any]:
        named = [code for code in seen if self.wild or kinds[code] != "statement"]
        if not named or self.often(0.15):
            operator, value = self.random.choice(["eq", "ne"]), self.random.choice(SEGMENTS)
            return {"customer": "segment", "op": operator, "value": value}
        code = self.random.choice(named)
        operators, values = FITTING.get(kinds[code], (OPERATORS, (1,)))
        if self.wild:
            operators, values = OPERATORS, (0, 1, 2, 3, 5, "x", "yes")
        operator = self.random.choice([*operators, "answered", "not_answered"])
        name = f"{code}.speed" if kinds[code] == "service_quality" and operator not in OPERATORS[-2:] else code
        if operator in ("answered", "not_answered"):
            return {"question": name, "op": operator}
        value = self.random.choice(values)
        return {"question": name, "op": operator, "value": [value] if operator in ("in", "not_in") else value}


def random_answers(document: dict[str, Any], seed: int) -> dict[str, RawValue]:
    """What somebody may have answered, on the path or not."""
    draw, found = random.Random(seed), dict[str, RawValue]()
    for question in document["questions"]:
        code = question["code"]
        if draw.random() < 0.2:
            continue
        numbers = {"csat": (1, 5), "number": (0, 4), "yes_no": (0, 1), "service_quality": (1, 5)}
        if question["kind"] in numbers:
            key = f"{code}.speed" if question["kind"] == "service_quality" else code
            found[key] = RawValue(number=float(draw.randint(*numbers[question["kind"]])))
        elif question["kind"] == "single":
            found[code] = RawValue(choices=(draw.choice("xyz"),))
        elif question["kind"] == "multi":
            found[code] = RawValue(choices=tuple(sorted(draw.sample("xyz", draw.randint(1, 3)))))
        elif question["kind"] == "text":
            found[code] = RawValue(text=draw.choice(["x", "xy", "1", "words"]))
    return found


seeds = st.integers(0, 2**32)
documents = seeds.map(lambda seed: Maker(seed, wild=False).document())
wild_documents = seeds.map(lambda seed: Maker(seed, wild=True).document())
contexts = st.sampled_from(["", "gold", "silver", "1"]).map(lambda segment: Context(customer={"segment": segment}))
