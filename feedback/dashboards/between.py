"""Clarity between steps: whether customers knew what had arrived, what was next and when, place by place (C21, C24)."""

from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.words import one
from feedback.insights.arrays import CodesLike, Floats
from feedback.insights.intervals import clustered_mean
from feedback.insights.scores import pomp
from feedback.insights.suppression import cell_state, small_cell, too_few
from feedback.queries.journey_definition import QuestionDefinition
from surveys.enums import Measures, Metric

CLARITY = (Metric.RECEIPT_CONFIRMED, Metric.KNEW_WHAT_NEXT, Metric.KNEW_WHEN, Metric.REPEATED_MYSELF)


def between_part(context: Context, value: Value) -> Addition:
    """`between`: the whole, stages and passages that were asked about, 0-100 with high as good; null where none was."""
    suppressed: list[Value] = []
    owners = {(row["from"], row["to"]): row["owner"] for row in value["transitions"]}
    owners |= {(stage["code"], ""): stage["owner"] for stage in value["stages"]}
    names = {stage["code"]: stage["name"] for stage in value["stages"]}
    order = list(names)
    places: dict[tuple[str, str], list[QuestionDefinition]] = {}
    for question in context.definition.questions:
        if question.metric in CLARITY and question.scale and question.measures != Measures.RELATIONSHIP:
            places.setdefault((question.stage, question.to_stage), []).append(question)
    rows = [
        {"place": _name(place, names), "whole": place == ("", ""), "owner": owners.get(place), **numbers}
        for place in sorted(places, key=lambda p: (p == ("", ""), *(order.index(c) if c in order else -1 for c in p)))
        if (numbers := _numbers(context, place, places[place], suppressed))
    ]
    found = {"rows": rows, "sentence": _sentence(rows)} if rows else None
    return Addition({"between": found}, suppressed=suppressed)


def _name(place: tuple[str, str], names: dict[str, str]) -> str:
    if place == ("", ""):
        return _("The whole journey")
    return " → ".join(names.get(code, code) for code in place if code)


def _numbers(
    context: Context, place: tuple[str, str], questions: Sequence[QuestionDefinition], suppressed: list[Value]
) -> Value | None:
    """A mean per metric and over all of them; None where nobody answered."""
    found: Value = {}
    for metric in CLARITY:
        given = _answers(context, [question for question in questions if question.metric == metric])
        found[metric.value] = _mean(place, metric.value, *given, suppressed) if len(given[0]) else None
    every = _answers(context, questions)
    return found | {"all": _mean(place, "all", *every, suppressed)} if len(every[0]) else None


def _answers(context: Context, questions: Sequence[QuestionDefinition]) -> tuple[Floats, CodesLike]:
    """Every answer 0-100 with its customer; "had to repeat myself" is turned round, so that high is good."""
    values, customers = [np.empty(0)], [np.empty(0, np.int64)]
    for question in {question.key: question for question in questions}.values():
        if question.scale is None:
            continue
        raw, who, _rows = context.table.rating(question.key)
        score = pomp(raw, question.scale)
        bad_news = question.metric == Metric.REPEATED_MYSELF and not question.scale.reversed
        known = np.isfinite(score)
        values.append((100 - score if bad_news else score)[known])
        customers.append(who[known])
    return np.concatenate(values), np.concatenate(customers)


def _mean(place: tuple[str, str], code: str, values: Floats, customers: CodesLike, suppressed: list[Value]) -> Value:
    mean = clustered_mean(values, customers)
    if mean.customers < small_cell():
        suppressed.append({"cell": f"between.{'->'.join(filter(None, place)) or 'whole'}.{code}", "reason": too_few()})
        return {"score": None, "lo": None, "hi": None, "n": None, "state": "hidden"}
    return {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n, "state": cell_state(mean.n)}


def _sentence(rows: list[Value]) -> str:
    """The place where customers know least, if its interval lies below every other one's score."""
    known = [row for row in rows if not row["whole"] and row["all"]["hi"] is not None]
    lowest = min(known, key=lambda row: float(row["all"]["score"]), default=None)
    if lowest is None:
        return ""
    others = [row["all"]["score"] for row in known if row is not lowest]
    if not others or lowest["all"]["hi"] >= min(others):
        return _("No place stands out by how little customers knew there.")
    facts = {key: one(lowest["all"][key]) for key in ("score", "lo", "hi")}
    facts |= {"place": lowest["place"], "n": str(lowest["all"]["n"]), "owner": lowest["owner"] or _("nobody")}
    return _("Customers knew least at %(place)s: %(score)s of 100 (%(lo)s to %(hi)s, n = %(n)s). Owner: %(owner)s.") % (
        facts
    )
