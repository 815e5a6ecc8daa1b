"""Whether the conditions of a document can be read, and compare what the question's kind can be compared with."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from surveys.logic.conditions import (
    GROUPS,
    MAX_DEPTH,
    OPERATORS,
    ORDERED,
    SHORT,
    SOURCES,
    WITHOUT_VALUE,
    as_list,
    comparisons,
    number_of,
    subject,
    word_of,
)
from surveys.logic.context import is_known, names_of
from surveys.logic.document import Question, choice_codes, code_of, items_of
from surveys.logic.domains import ENDS

POINTS: Final = (*ENDS, "scale", "service_quality", "number")
ONE_CODE: Final = ("single", "yes_no", "consent", "between_steps")
SEVERAL: Final = ("multi", "feelings", "ranking")
LEAF_KEYS: Final = (*SOURCES, "op", "value", *SHORT, "in")
EQUALS: Final = ("eq", "ne", "in", "not_in")


def shape_problems(condition: Any, depth: int = 0) -> list[str]:
    """Why this cannot be read as a condition; empty when it can."""
    if depth > MAX_DEPTH:
        return [_("The condition is nested too deeply.")]
    if not isinstance(condition, Mapping) or not condition:
        return [_("A condition needs all, any, not, or a comparison such as {question: CODE, op: eq, value: yes}.")]
    groups = [group for group in GROUPS if group in condition]
    if not groups:
        return _leaf_problems(condition)
    if len(condition) > 1:
        return [_("Put all, any and not each in a condition of its own: %s stand together.") % ", ".join(condition)]
    return _group_problems(groups[0], condition[groups[0]], depth + 1)


def _group_problems(group: str, inner: Any, depth: int) -> list[str]:
    if group == "not":
        return shape_problems(inner, depth)
    if not isinstance(inner, list) or not inner:
        return [_('"%s" needs a list of at least one condition.') % group]
    return [problem for each in inner for problem in shape_problems(each, depth)]


def _leaf_problems(leaf: Mapping[str, Any]) -> list[str]:
    problems = []
    unknown = sorted(str(key) for key in leaf if key not in LEAF_KEYS)
    if unknown:
        names = {"unknown": ", ".join(unknown), "known": ", ".join(LEAF_KEYS)}
        problems.append(_("A condition knows %(known)s, not %(unknown)s.") % names)
    if len([source for source in SOURCES if source in leaf]) != 1:
        problems.append(_("A condition looks at exactly one of %s.") % ", ".join(SOURCES))
    found = comparisons(leaf)
    if not found or ("op" in leaf and any(key in leaf for key in (*SHORT, "in"))):
        problems.append(_("A condition needs either op with a value, or one of is, in, at_least, at_most."))
    return problems + [problem for operator, value in found for problem in _comparison_problems(operator, value)]


def _comparison_problems(operator: str, value: Any) -> list[str]:
    if operator not in OPERATORS:
        return [_('"%(op)s" is no comparison: use %(known)s.') % {"op": operator, "known": ", ".join(OPERATORS)}]
    if operator in WITHOUT_VALUE:
        return [] if value is None else [_('"%s" has no value: remove it.') % operator]
    if operator in ("in", "not_in"):
        good = isinstance(value, list) and bool(value) and all(_plain(each) for each in value)
        return [] if good else [_('"%s" needs a list of values.') % operator]
    if not _plain(value):
        return [_('"%s" needs a value.') % operator]
    ordered = operator not in ORDERED or number_of(value) is not None or _is_day(value)
    return [] if ordered else [_('"%s" needs a number or a day such as 2026-03-01.') % operator]


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def fit_problems(leaf: Mapping[str, Any], question: Question | None) -> list[str]:
    """Why the kind of the question cannot be compared like this. `question` is None for other sources."""
    source, name = subject(leaf)
    if source != "question" or question is None:
        if source and source != "question" and not is_known(source, name):
            names = {"source": source, "name": name, "names": names_of(source)}
            return [_('%(source)s has no "%(name)s" that a condition may look at: it has %(names)s.') % names]
        return []
    return [problem for operator, value in comparisons(leaf) for problem in _unfit(operator, value, name, question)]


def _unfit(operator: str, value: Any, name: str, question: Question) -> Iterator[str]:
    kind, code = str(question.get("kind")), code_of(question)
    if kind == "statement":
        yield _('"%s" is a statement: nothing is answered there.') % code
        return
    if operator in WITHOUT_VALUE:
        return
    items = items_of(question)
    if items and name == code:
        first = {"code": code, "item": items[0]}
        yield _('"%(code)s" has several rows: name one, as in %(code)s.%(item)s.') % first
        return
    if operator not in _operators(question):
        fits = {"op": operator, "code": code, "kind": kind, "ops": ", ".join(_operators(question))}
        yield _('"%(op)s" does not fit "%(code)s", a question of kind %(kind)s: use %(ops)s.') % fits
        return
    for each in as_list(value):
        problem = _impossible(each, question)
        if problem:
            yield problem


def _operators(question: Question) -> tuple[str, ...]:
    """The comparisons with a value that make sense for a question."""
    kind = str(question.get("kind"))
    if kind in POINTS or kind == "date" or (kind == "matrix" and question.get("scale")):
        return (*EQUALS, *ORDERED)
    if kind in ONE_CODE or kind in ("matrix", "hidden"):
        return (*EQUALS, *ORDERED) if kind == "hidden" else EQUALS
    if kind in SEVERAL:
        return ("contains", *EQUALS) if kind != "ranking" else ("contains",)
    return ("contains", "eq", "ne") if kind == "text" else ()


def _impossible(value: Any, question: Question) -> str:
    """Why this value can never be answered; blank if it can."""
    kind, code = str(question.get("kind")), code_of(question)
    offered = choice_codes(question.get("choices"))
    if kind in ("single", "multi", "ranking", "matrix") and offered and word_of(value) not in offered:
        return _('The condition waits for "%(value)s", which is no choice of "%(code)s": it has %(choices)s.') % {
            "value": word_of(value),
            "code": code,
            "choices": ", ".join(offered),
        }
    if kind in ("yes_no", "consent", "between_steps") and number_of(value) not in (0.0, 1.0):
        return _('The condition waits for "%(value)s", but "%(code)s" is answered by yes or no.') % {
            "value": word_of(value),
            "code": code,
        }
    numeric = kind in POINTS or (kind == "matrix" and question.get("scale"))
    if numeric and number_of(value) is None:
        return _('The condition compares "%(value)s", but "%(code)s" is answered by a number.') % {
            "value": word_of(value),
            "code": code,
        }
    if kind == "date" and not _is_day(value):
        return _('The condition compares "%(value)s", but "%(code)s" is a day: write it as 2026-03-01.') % {
            "value": word_of(value),
            "code": code,
        }
    return ""
