"""Warnings of a comparison: scales, wording, few answers; each with a code and one plain sentence."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from feedback.insights.comparison import Gap
from feedback.insights.scale_sanity import QuestionFormat, format_doubts, half_range, scale_changed
from feedback.insights.suppression import small_cell
from feedback.queries.journey_definition import JourneyDefinition, QuestionDefinition
from feedback.queries.run_table import RunTable
from surveys.enums import RunOutcome
from surveys.rendering.texts import OBJECT


def warning(code: str, text: str) -> dict[str, str]:
    """A warning as results carry it."""
    return {"code": code, "text": text}


def format_warnings(definition: JourneyDefinition) -> list[dict[str, str]]:
    """different_scales and different_questions between the stages' headline questions and the experience's."""
    experience = definition.experience_question
    if experience is None or experience.scale is None:
        return []
    found: dict[str, dict[str, str]] = {}
    for stage in definition.service_stages:
        question = definition.headline_of(stage.code)
        if question is None or question.scale is None:
            continue
        for doubt in format_doubts(_format(question), _format(experience)):
            found.setdefault(doubt.code, warning(doubt.code, _format_text(doubt.code, doubt.kind)))
        if "different_questions" not in found and _unmarked_differ(question, experience):
            found["different_questions"] = warning("different_questions", _format_text("different_questions", "words"))
    return list(found.values())


def blocks_finding(warnings: Sequence[dict[str, str]], definition: JourneyDefinition) -> bool:
    """Whether the two questions are known to differ so that a gap between them proves nothing (method 2.8, 3.4)."""
    codes = {item["code"] for item in warnings}
    if "different_scales" in codes:
        return True
    experience = definition.experience_question
    stages = [definition.headline_of(stage.code) for stage in definition.service_stages]
    if "different_questions" not in codes or experience is None:
        return False
    return any(question and _known_different(question, experience) for question in stages)


def _known_different(question: QuestionDefinition, experience: QuestionDefinition) -> bool:
    if question.scale is None or experience.scale is None:
        return False
    return bool(format_doubts(_format(question), _format(experience)))


def _format(question: QuestionDefinition) -> QuestionFormat:
    """The stem is known where the object of the question is marked by braces; else nothing is claimed of it."""
    if question.scale is None:
        raise ValueError(f"question {question.code} has no scale")
    return QuestionFormat(question.scale, question.text if OBJECT.search(question.text) else "")


def _unmarked_differ(question: QuestionDefinition, experience: QuestionDefinition) -> bool:
    marked = OBJECT.search(question.text) and OBJECT.search(experience.text)
    return not marked and question.text.strip().lower() != experience.text.strip().lower()


def _format_text(code: str, kind: str) -> str:
    if code == "different_scales":
        return _(
            "Service and experience were asked on different answer scales: differences under 5 points say nothing."
        )
    if kind == "words":
        return _("Service and experience were asked in different words; mark the part that may differ with {braces}.")
    return _("Service and experience were not asked by the same question; compare their gap with care.")


def scale_warnings(definition: JourneyDefinition, table: RunTable) -> list[dict[str, str]]:
    """scale_changed where a question has two scales or a break by month; scale_suspect where half of it is unused."""
    found = []
    for key, questions in _by_code(definition).items():
        if len({question.key for question in questions}) > 1:
            found.append(warning("scale_changed", _two_series(key, questions)))
        if (text := _answer_doubt(key, questions[0], table)) is not None:
            found.append(text)
        if (text := _replaced(questions[0], definition, table)) is not None:
            found.append(text)
    return found


def _replaced(question: QuestionDefinition, definition: JourneyDefinition, table: RunTable) -> dict[str, str] | None:
    """Told where both the question and the one that it replaced were answered."""
    old = next((q for q in definition.questions if q.survey == question.survey and q.code == question.replaces), None)
    if old is None or old.scale is None or question.scale is None:
        return None
    (before, _customers, old_rows), (after, _others, rows) = table.rating(old.key), table.rating(question.key)
    if len(before) == 0 or len(after) == 0:
        return None
    text = _(
        "%(old)s (%(old_scale)s, %(before)s answers until %(until)s) was replaced by %(new)s (%(scale)s, %(after)s "
        "answers from %(since)s): the scale changed, so the two are not pooled, and the earlier answers are in no "
        "score of %(new)s."
    )
    facts = {
        "old": f"{old.survey}.{old.code}",
        "new": f"{question.survey}.{question.code}",
        "old_scale": f"{old.scale.minimum:g}-{old.scale.maximum:g}",
        "scale": f"{question.scale.minimum:g}-{question.scale.maximum:g}",
        "before": len(before),
        "after": len(after),
        "until": str(table.months[old_rows].max()),
        "since": str(table.months[rows].min()),
    }
    return warning("scale_changed", text % facts)


def _two_series(key: str, questions: Sequence[QuestionDefinition]) -> str:
    if len({question.scale for question in questions}) > 1:
        text = _("%(key)s was asked on two scales: only answers on the newest count, the others are in no score.")
    else:
        text = _("%(key)s was asked in other words before: only answers to the newest words count.")
    return text % {"key": key}


def _by_code(definition: JourneyDefinition) -> dict[str, list[QuestionDefinition]]:
    found: dict[str, list[QuestionDefinition]] = {}
    for question in definition.questions:
        if question.scale is not None:
            found.setdefault(f"{question.survey}.{question.code}", []).append(question)
    return found


def _answer_doubt(key: str, question: QuestionDefinition, table: RunTable) -> dict[str, str] | None:
    values, _customers, rows = table.rating(question.key)
    if question.scale is None or len(values) == 0:
        return None
    if half_range(values, question.scale):
        scale = f"{question.scale.minimum:g}-{question.scale.maximum:g}"
        text = _("%(key)s is declared %(scale)s, but nearly all answers lie in its lower half.")
        return warning("scale_suspect", text % {"key": key, "scale": scale})
    doubt = scale_changed(values, table.months[rows], question.scale)
    if doubt is None:
        return None
    text = _("The answers to %(key)s change their range in %(month)s: before and after are not the same scale.")
    return warning("scale_changed", text % {"key": key, "month": dict(doubt.facts).get("period", "?")})


def size_warnings(gap: Gap, definition: JourneyDefinition, service_n: int, experience_n: int) -> list[dict[str, str]]:
    """not_enough, indicative, few_customers and not_measured."""
    texts = {
        "not_enough": _("Fewer than %(least)s customers answered both: no gap is shown.") % {"least": small_cell()},
        "indicative": _("Only %(n)s journeys were answered at both ends: indicative.") % {"n": gap.n_pairs},
        "few_customers": _("Only %(n)s customers: an interval, but no test.") % {"n": gap.customers},
    }
    measured = bool(service_n and experience_n)
    found = [warning(code, texts[code]) for code in gap.warnings if code in texts] if measured else []
    if definition.experience_question is None or experience_n == 0:
        found.append(warning("not_measured", _("The experience of the whole journey has not been measured.")))
    if service_n == 0:
        found.append(warning("not_measured", _("No service at any stage has been measured.")))
    return found


def abandoned_warning(table: RunTable) -> list[dict[str, str]]:
    """abandoned_excluded where nobody who gave up was heard of the whole journey, but those who finished were."""
    gave_up = table.came_to(RunOutcome.ABANDONED)
    heard = np.isfinite(table.experience)
    if gave_up.sum() < small_cell() or not heard.any() or (heard & gave_up).any():
        return []
    text = _(
        "%(n)s journeys were abandoned, and none of these customers was heard about the whole: the experience is "
        "that of the others."
    )
    return [warning("abandoned_excluded", text % {"n": int(gave_up.sum())})]


def weight_warning(value: dict[str, Any]) -> list[dict[str, str]]:
    """unweighted_differs where the weighted score lies outside the plain interval."""
    weighted = value.get("weighted")
    if not weighted or value["lo"] is None or value["lo"] <= weighted["score"] <= value["hi"]:
        return []
    text = _("Weighted to all customers the experience is %(weighted).1f, not %(plain).1f.")
    return [warning("unweighted_differs", text % {"weighted": weighted["score"], "plain": value["score"]})]
