"""The parts of a comparison: each takes run rows and the journey's definition and gives plain values."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from feedback.insights.arrays import Floats, plain
from feedback.insights.run_service import RunScores, ServiceRule, run_scores
from feedback.insights.scores import Scale, Score, ces, csat, mean_score, nps, pomp
from feedback.insights.shares import Share, wilson
from feedback.insights.suppression import cell_state, small_cell, too_few
from feedback.queries.journey_definition import (
    JourneyDefinition,
    QuestionDefinition,
    StageDefinition,
    TransitionDefinition,
)
from feedback.queries.run_table import RunTable
from surveys.enums import Measures, Metric

Value = dict[str, Any]
TEST_FROM = 12


def service_of(definition: JourneyDefinition, table: RunTable) -> RunScores:
    """Service score and lowest stage of each run by the journey's rule."""
    codes = [stage.code for stage in definition.service_stages]
    rule: ServiceRule = "complete" if definition.options.get("service_score") == "complete" else "any"
    if rule == "complete":
        codes = [stage.code for stage in definition.asked_service_stages]
    return run_scores(table.stage_means(codes), rule)


def score_value(score: Score) -> Value:
    """A mean with interval, n and customers, its weighted twin where weights exist.

    n_eff: how many answers of different customers these are worth; note: no_variation where all answers are the same.
    """
    value: Value = {"score": score.score, "lo": score.lo, "hi": score.hi, "n": score.n, "customers": score.customers}
    value |= {"n_eff": score.n_eff, "note": score.note}
    weighted = score.weighted
    value["weighted"] = None if weighted is None else {"score": weighted.value, "lo": weighted.lo, "hi": weighted.hi}
    return value


def share_value(share: Share) -> Value:
    """A share with its interval: share, lo, hi, k, n."""
    return dataclasses.asdict(share)


def hidden(value: Value, keep: Sequence[str] = ()) -> Value:
    """The same keys without numbers: a cell too small to be shown."""
    kept = {"code", "name", "kind", "phase", "owner", "metric", "scale", "question", "level", "stage", *keep}
    return {key: item if key in kept else None for key, item in value.items()}


def stage_values(
    definition: JourneyDefinition,
    table: RunTable,
    asked: Mapping[str, tuple[int, int]],
    untold: Collection[str],
    suppressed: list[Value],
) -> list[Value]:
    """Every stage in order with score, interval, n, and how many were asked; not measured: score None and n 0.

    untold: stages whose answers may not be told.
    """
    rows = []
    for stage in definition.stages:
        row = _stage_value(definition, table, stage, asked)
        if stage.code in untold or row["state"] == "hidden":
            suppressed.append({"cell": f"stages.{stage.code}", "reason": too_few()})
            row = {**hidden(row), "measured": True, "state": "hidden"}
        rows.append(row)
    return rows


def _stage_value(
    definition: JourneyDefinition,
    table: RunTable,
    stage: StageDefinition,
    asked: Mapping[str, tuple[int, int]],
) -> Value:
    values, customers, rows = table.stage_answers(stage.code)
    question = definition.headline_of(stage.code)
    weights = table.weights_of(question.survey, rows) if question else None
    invited, answered = asked.get(stage.code, (0, 0))
    value = {
        "code": stage.code,
        "name": stage.name,
        "kind": stage.kind,
        "phase": stage.phase,
        "owner": stage.owner,
        **score_value(mean_score(values, customers, weights)),
        "measured": question is not None,
        "invited": invited,
        "answered": answered,
    }
    value["state"] = "not_measured" if value["n"] == 0 else state_of(value)
    return value


def state_of(value: Value) -> str:
    """As few as its customers are: indicative by its answers, hidden by the customers who gave them."""
    return cell_state(value["n"]) if people_of(value) >= small_cell() else "hidden"


def people_of(value: Value) -> int:
    """The customers behind a number; where they are not counted, its answers."""
    people: int = value["customers"] if "customers" in value else value["n"]
    return people


def transition_values(definition: JourneyDefinition, table: RunTable, suppressed: list[Value]) -> list[Value]:
    """Waits between consecutive stages: median, p90, promise and the share that kept it."""
    names = {stage.code: stage.name for stage in definition.stages}
    return [
        {
            "from_name": names[transition.source],
            "to_name": names[transition.target],
            **_transition_value(table, transition, suppressed),
        }
        for transition in definition.transitions
    ]


def _transition_value(table: RunTable, transition: TransitionDefinition, suppressed: list[Value]) -> Value:
    days = table.wait(transition.key)
    passed = np.isfinite(days)
    known, customers = days[passed], len(np.unique(table.customer[passed]))
    if 0 < customers < small_cell():
        suppressed.append({"cell": f"transitions.{transition.key}", "reason": too_few()})
        known = known[:0]
    value = _wait_value(transition, known)
    return value | ({"state": state_of(value | {"customers": customers})} if len(known) else _unknown_wait(customers))


def _unknown_wait(customers: int) -> Value:
    """Nobody passed, or too few to tell."""
    return {"n": None, "state": "hidden"} if customers else {"state": "not_measured"}


def _wait_value(transition: TransitionDefinition, known: Floats) -> Value:
    promised = transition.promised_days
    kept = None
    if promised is not None and len(known):
        kept = share_value(wilson(int((known <= promised).sum()), len(known)))
    return {
        "from": transition.source,
        "to": transition.target,
        "owner": transition.owner,
        "n": len(known),
        "median_days": plain(np.median(known)) if len(known) else None,
        "p90_days": plain(np.percentile(known, 90)) if len(known) else None,
        "promised_days": promised,
        "kept_share": kept["share"] if kept else None,
        "kept": kept,
        "flagged": bool(kept and kept["hi"] is not None and kept["hi"] < 0.5),
    }


def metric_questions(definition: JourneyDefinition, metric: Metric) -> list[QuestionDefinition]:
    """Questions of a metric on the scale in force, one row each."""
    found: dict[tuple[str, str], QuestionDefinition] = {}
    for question in definition.questions:
        if question.metric == metric and question.scale is not None:
            found.setdefault((question.survey, question.code), question)
    return list(found.values())


def nps_question(definition: JourneyDefinition) -> QuestionDefinition | None:
    """The question whether customers would recommend, asked about the whole journey."""
    found = (q for q in metric_questions(definition, Metric.NPS) if q.measures == Measures.JOURNEY)
    return next(found, None)


def nps_value(definition: JourneyDefinition, table: RunTable, untold: Collection[str] = frozenset()) -> Value | None:
    """NPS of the journey's recommendation question; None where there is none or nobody answered.

    untold: questions whose answers may not be told, and are not in the table.
    """
    question = nps_question(definition)
    if question is None:
        return None
    values, customers, rows = table.rating(question.key)
    result = nps(values, customers, table.weights_of(question.survey, rows))
    if result.n == 0 and question.key not in untold:
        return None
    value = dataclasses.asdict(result)
    weighted = value.pop("weighted")
    value["weighted"] = weighted and {"score": weighted["value"], "lo": weighted["lo"], "hi": weighted["hi"]}
    wald = value["wald"]
    value["wald"] = wald and {"lo": wald["lo"], "hi": wald["hi"]}
    value["question"] = f"{question.survey}.{question.code}"
    return value if people_of(value) >= small_cell() else hidden(value)


def csat_values(definition: JourneyDefinition, table: RunTable, untold: Collection[str] = frozenset()) -> list[Value]:
    """Top-2-box of every CSAT question, with the mean as a second number."""
    rows = []
    for question in metric_questions(definition, Metric.CSAT):
        if question.scale is not None and 4 <= question.scale.points <= 11:
            row = _csat(question, question.scale, table)
            rows.append(_metric_row(question, row, row["mean"]["customers"], untold))
    return rows


def _csat(question: QuestionDefinition, scale: Scale, table: RunTable) -> Value:
    values, customers, rows = table.rating(question.key)
    weights = table.weights_of(question.survey, rows)
    plain_share, twin = csat(values, scale, customers), None
    if weights is not None:
        top = csat(values, scale, customers, weights).top
        twin = {"share": top.share, "lo": top.lo, "hi": top.hi}
    mean = score_value(mean_score(pomp(values, scale), customers, weights))
    return {**share_value(plain_share.top), "threshold": plain_share.threshold, "weighted": twin, "mean": mean}


def ces_values(definition: JourneyDefinition, table: RunTable, untold: Collection[str] = frozenset()) -> list[Value]:
    """Customer effort of every CES question: mean on its scale and the share who found it easy."""
    defined = (Scale(1, 7), Scale(1, 5, reversed=True))
    rows = []
    for question in metric_questions(definition, Metric.CES):
        if question.scale in defined:
            values, customers, _rows = table.rating(question.key)
            result = ces(values, question.scale, customers)
            rows.append(_metric_row(question, dataclasses.asdict(result), result.customers, untold))
    return rows


def _metric_row(question: QuestionDefinition, value: Value, people: int, untold: Collection[str]) -> Value:
    level = "service" if question.measures == Measures.STAGE else "experience"
    place = {"question": f"{question.survey}.{question.code}", "level": level, "stage": question.stage or None}
    if question.key in untold or (value["n"] > 0 and people < small_cell()):
        return {**place, **hidden(value)}
    return {**place, **value}
