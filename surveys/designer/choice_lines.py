"""Choices and rows as lines of text and back: `code | words`, a line each, then what else there is to say of it.

`none | None of these | exclusive` is chosen alone, `other | Something else | other` asks for words, `last` stays at the
end of a random order. A row may say what it counts as and what it measures: `desk | The desk | ease | about journey`,
`news | The letter | about documents->approval`.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from surveys.drafting.edits import code_from
from surveys.drafting.texts import in_language
from surveys.enums import Measures, Metric

BETWEEN: Final = " | "
MARKS: Final = ("exclusive", "other")
LAST: Final = "last"
ABOUT: Final = "about "
ARROW: Final = "->"
PLACE: Final = ("measures", "stage_code", "to_stage_code")
Item = dict[str, Any]


def choice_lines(choices: Sequence[Mapping[str, Any]], language: str, last: Collection[str] = ()) -> str:
    """A line an item, in this language, else in the one that stands in for it. last: codes that stay at the end."""
    return "\n".join(BETWEEN.join(_parts(each, language, last)) for each in choices)


def _parts(each: Mapping[str, Any], language: str, last: Collection[str]) -> list[str]:
    marks = [mark for mark in MARKS if each.get(mark)] + ([LAST] if each["code"] in last else [])
    more = [str(each["metric"])] if each.get("metric") else []
    more += [f"{ABOUT}{_place_word(each)}"] if each.get("measures") else []
    return [each["code"], in_language(each.get("text"), language), *marks, *more]


def _place_word(each: Mapping[str, Any]) -> str:
    if each["measures"] == Measures.TRANSITION:
        return f"{each['stage_code']}{ARROW}{each['to_stage_code']}"
    return str(each.get("stage_code") or each["measures"])


def read_choice_lines(
    text: str, before: Sequence[Mapping[str, Any]], language: str, stages: Collection[str] | None = None
) -> tuple[list[Item], list[str]]:
    """The items that the lines say, and the codes of those that stay last; texts of other languages are kept.

    A line without a code gets one made of its words. stages: of a journey, where the lines are rows; None for choices.
    ValidationError names every line that cannot be read.
    """
    known = {str(each["code"]): each for each in before}
    by_words = {in_language(each.get("text"), language): code for code, each in known.items()}
    found: dict[str, Item] = {}
    last: list[str] = []
    problems: list[str] = []
    for number, line in enumerate(filter(None, (each.strip() for each in text.splitlines())), start=1):
        parts = [part.strip() for part in line.split("|")]
        code, words = (by_words.get(line, ""), line) if len(parts) == 1 else parts[:2]
        code = code or _free(code_from(words) or f"choice-{number}", found)
        said, wrong = _said(parts[2:], stages)
        problems += [_("Line %(number)s: %(problem)s") % {"number": number, "problem": each} for each in wrong]
        if code in found:
            problems.append(_("Line %(number)s: “%(code)s” is there already.") % {"number": number, "code": code})
        last += [code] if said.pop(LAST, False) else []
        found[code] = {"code": code, "text": _texts(known.get(code, {}), language, words), **said}
    if problems:
        raise ValidationError(problems)
    return list(found.values()), last


def _said(marks: Sequence[str], stages: Collection[str] | None) -> tuple[Item, list[str]]:
    """What stands behind the words of a line, and what of it means nothing."""
    said: Item = {}
    wrong: list[str] = []
    for mark in filter(None, marks):
        if mark == LAST or (stages is None and mark in MARKS):
            said[mark] = True
        elif stages is not None and mark in Metric.values:
            said["metric"] = mark
        elif stages is not None and mark.startswith(ABOUT) and (place := _place(mark.removeprefix(ABOUT), stages)):
            said |= place
        elif stages is None:
            wrong.append(_("“%(mark)s” is none of exclusive, other and last.") % {"mark": mark})
        else:
            text = _("“%(mark)s” is no metric, nor last, nor “about” with a stage, a passage a->b or journey.")
            wrong.append(text % {"mark": mark})
    return said, wrong


def _place(word: str, stages: Collection[str]) -> dict[str, str]:
    """What a row measures; empty where the word names nothing."""
    start, arrow, end = (part.strip() for part in word.partition(ARROW))
    if word in (Measures.JOURNEY, Measures.RELATIONSHIP):
        return dict(zip(PLACE, (word, "", ""), strict=True))
    if start not in stages or (arrow and end not in stages):
        return {}
    return dict(zip(PLACE, (str(Measures.TRANSITION if arrow else Measures.STAGE), start, end), strict=True))


def _texts(old: Mapping[str, Any], language: str, words: str) -> dict[str, str]:
    """With these words in one language; words that only stand in for a missing text are no translation."""
    texts: dict[str, str] = dict(old.get("text") or {})
    stands_in = words == in_language(texts, language) and language not in texts
    return texts if stands_in or not words else {**texts, language: words}


def _free(code: str, taken: Mapping[str, Any]) -> str:
    return next(each for each in (code, *(f"{code}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
