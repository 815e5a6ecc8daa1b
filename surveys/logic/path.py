"""The path of one customer through a questionnaire: which questions, on which pages, and how it ends.

Everything is computed anew from the answers so far. Answers to questions that are not on the path count for nothing:
they are not looked at here and must not be stored (`kept`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from surveys.logic.conditions import Answers, Condition, holds
from surveys.logic.context import Context
from surveys.logic.document import Document, Question, asks, code_of, keys_of, layout_of, questions
from surveys.logic.order import AS_WRITTEN, Order, in_order
from surveys.question_kinds import RawValue

END = "end"


@dataclass(frozen=True)
class Walk:
    """The codes on the path in order. `ending` names the message of the end that a jump led to, `quota` the quota."""

    codes: tuple[str, ...]
    ending: str = ""
    quota: str = ""


def walk(
    document: Document,
    answers: Answers,
    context: Context,
    order: Order = AS_WRITTEN,
    full: Collection[str] = (),
) -> Walk:
    """Follow show-if, jumps, ends and the quotas that are full (by code). Jumps backwards are not followed."""
    asked = ordered(document, order)
    places = {code_of(question): place for place, question in enumerate(asked)}
    codes: list[str] = []
    known: dict[str, RawValue] = {}
    place = 0
    while place < len(asked):
        question = asked[place]
        place += 1
        if not holds(question.get("show_if"), known, context):
            continue
        codes.append(code_of(question))
        known |= {key: answers[key] for key in keys_of(question) if key in answers}
        quota = _full_quota(document, known, context, full)
        if quota:
            return Walk(tuple(codes), quota=quota)
        target = _jump(question, known, context)
        if target == END or target.startswith(f"{END}:"):
            return Walk(tuple(codes), ending=target.partition(":")[2])
        place = max(place, places.get(target, place))
    return Walk(tuple(codes))


def visible(document: Document, answers: Answers, context: Context, order: Order = AS_WRITTEN) -> list[str]:
    """Codes of the questions on the path, statements and hidden values among them."""
    return list(walk(document, answers, context, order).codes)


def kept(document: Document, answers: Answers, codes: Collection[str]) -> dict[str, RawValue]:
    """Those answers that belong to questions on the path; only these may be stored."""
    keys = [key for question in questions(document) if code_of(question) in codes for key in keys_of(question)]
    return {key: answers[key] for key in keys if key in answers}


def pages(
    document: Document,
    answers: Answers,
    context: Context,
    order: Order = AS_WRITTEN,
    full: Collection[str] = (),
) -> list[list[str]]:
    """The path cut into pages. Statements and hidden values stand with the question that follows them.

    On one page a question whose condition looks at another one there joins the page when the condition holds.
    """
    by_code = {code_of(question): question for question in questions(document)}
    return cut([by_code[code] for code in walk(document, answers, context, order, full).codes], layout_of(document))


def cut(path: Sequence[Question], layout: str) -> list[list[str]]:
    """Codes page by page; every page has a question, unless there is none at all."""
    found: list[list[str]] = []
    waiting: list[str] = []  # what stands with the next question
    turn = False
    for question in path:
        waiting.append(code_of(question))
        turn = turn or bool(question.get("new_page"))
        if not asks(question):
            continue
        if not found or layout == "question_per_page" or (layout == "pages" and turn):
            found.append([])
        found[-1] += waiting
        waiting, turn = [], False
    if waiting:
        found = found or [[]]
        found[-1] += waiting
    return found


def next_page(
    document: Document, answers: Answers, context: Context, order: Order = AS_WRITTEN, code: str = ""
) -> list[str] | None:
    """The page after the one with this question; the first one for no code; None after the last."""
    return _neighbour(pages(document, answers, context, order), code, 1)


def previous_page(
    document: Document, answers: Answers, context: Context, order: Order = AS_WRITTEN, code: str = ""
) -> list[str] | None:
    """The page before the one with this question; the last one for no code; None before the first."""
    return _neighbour(pages(document, answers, context, order), code, -1)


def _neighbour(found: Sequence[list[str]], code: str, step: int) -> list[str] | None:
    here = next((number for number, page in enumerate(found) if code in page), None)
    wanted = (0 if step > 0 else len(found) - 1) if here is None else here + step
    return found[wanted] if 0 <= wanted < len(found) else None


def ordered(document: Document, order: Order) -> list[Question]:
    """All questions as they were drawn."""
    asked = questions(document)
    if not order.questions:
        return list(asked)
    return [asked[place] for place in in_order([code_of(question) for question in asked], order.questions)]


def _jump(question: Question, known: Answers, context: Context) -> str:
    """Where the first jump whose condition holds leads; blank for the next question."""
    for jump in question.get("then") or ():
        if holds(jump.get("if"), known, context):
            return str(jump.get("go_to", ""))
    return ""


def _full_quota(document: Document, known: Answers, context: Context, full: Collection[str]) -> str:
    for quota in document.get("quotas") or () if full else ():
        condition: Condition | None = quota.get("if")
        if quota.get("code") in full and holds(condition, known, context):
            return str(quota["code"])
    return ""


def on_path(document: Document, codes: Collection[str]) -> dict[str, Question]:
    """The questions of these codes by code."""
    found: Mapping[str, Question] = {code_of(question): question for question in questions(document)}
    return {code: found[code] for code in codes if code in found}
