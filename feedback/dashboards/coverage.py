"""Who was asked and who was heard: the funnel of asks, the classes that answer, and what weighting does."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from feedback.dashboards import coverage_classes, coverage_funnel, words_coverage
from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.coverage_classes import Frame
from feedback.dashboards.coverage_funnel import Asked
from feedback.dashboards.doubts import warning, weight_warning
from feedback.dashboards.keys import key
from feedback.insights.arrays import Ints
from feedback.insights.nonresponse import Coverage
from feedback.insights.scores import mean_score
from feedback.insights.suppression import small_cell
from feedback.insights.weights import kish
from feedback.queries.coverage import Asks, Invitations, asks_of_runs, customers_in_contact, invitations_of_runs


@dataclass(frozen=True, slots=True)
class _Read:
    """What was asked of the runs of a window, and customers in contact at any time."""

    asks: Asks
    invitations: Invitations
    in_contact: Ints


def coverage_value(context: Context) -> Value:
    """What run rows alone tell: the response weights' design effect over all respondents."""
    table = context.table
    weights = kish(table.any_weight()) if table.is_weighted() else None
    score = mean_score(table.experience, table.customer, context.weights)
    shown = score.customers >= small_cell()
    return {
        "runs": len(table),
        "funnel": [],
        "classes": [],
        "unweighted": score.score if shown else None,
        "weighted": score.weighted.value if shown and score.weighted else None,
        "weighted_by": "response" if weights else None,
        "deff": weights.deff if weights else None,
        "n_eff": weights.n_eff if weights else None,
        "r_indicator": None,
    }


def coverage_part(context: Context, value: Value) -> Addition:
    """The funnel, customers, classes and weights into `coverage`; weighted twins where the classes give weights."""
    if context.judging:
        return Addition({"coverage": _silent(context)})
    suppressed: list[Value] = []
    asked = asked_of(context)
    found = value["coverage"] | _funnel(asked, suppressed)
    frame = coverage_classes.frame_of(asked)
    judged = coverage_classes.judged(frame) if _frame_known(asked) else None
    if judged is None:
        return Addition({"coverage": found, "stages": _stages(value["stages"], asked)}, suppressed=suppressed)
    found |= _judged(frame, judged, suppressed)
    changed: Value = {"coverage": found, "stages": _stages(value["stages"], asked)}
    warnings: list[Value] = []
    if len(judged.classes) < 2:
        found["sentence"] = words_coverage.no_classes_sentence(found["by"])
    elif found["weighted_by"] is None and found["asks"] and _weighable(frame, judged):
        found |= coverage_classes.weighted_values(judged) | {"weighted_by": "class"}
        found["sentence"] = words_coverage.weighted_sentence(found) if found["weighted"] is not None else ""
        changed |= _twins(value, found)
        warnings = _warnings(changed["experience"], found)
    return Addition(changed, _findings(value, found["silent"]), warnings, suppressed)


def _weighable(frame: Frame, judged: Coverage) -> bool:
    """Whether enough customers answered, and none of a hidden class follows from a mean weighted by class."""
    answered = np.isfinite(frame.score)
    people = len(np.unique(frame.customers[answered]))
    return people >= small_cell() and coverage_classes.tells_classes(frame, judged)


def _silent(context: Context) -> Value:
    """The one test about who was heard."""
    asked = asked_of(context)
    frame = coverage_classes.frame_of(asked)
    judged = coverage_classes.judged(frame) if _frame_known(asked) else None
    return {} if judged is None else {"silent": coverage_classes.silent_value(frame, judged)}


def asked_of(context: Context) -> Asked:
    """Read the asks of a context, in five queries at most; its classes are segments unless told otherwise."""
    journey, window = context.definition.journey_id, context.query.window
    by = str(context.definition.options.get("coverage_by") or "segment")
    held = context.held.pop("asked", None) if context.judging else None
    if not isinstance(held, _Read):
        held = _Read(asks_of_runs(journey, window), invitations_of_runs(journey, window), customers_in_contact(journey))
        context.held["asked"] = held
    runs, asks, invitations = context.table.run, held.asks, held.invitations
    return Asked(
        context,
        asks.take(np.isin(asks.run, runs)),
        invitations.take(np.isin(invitations.run, runs)),
        held.in_contact,
        by,
        [name or "" for name in context.table.attribute(by)],
    )


def _frame_known(asked: Asked) -> bool:
    """Whether more is known than the respondents: asks, or what happened to those who did not answer."""
    return bool(len(asked.asks) or len(asked.invitations) or (asked.context.table.contacts > 0).any())


def _stages(stages: list[Value], asked: Asked) -> list[Value]:
    """The stages with imported asks counted beside our own invitations."""
    imported = asked.sent & asked.asks.imported
    about, rows, scores = asked.asks.stage.take(imported), asked.ask_rows[imported], asked.context.table.stage_scores
    by_stage = {name: rows[about.codes == code] for code, name in enumerate(about.names)}
    invited = Counter({name: len(own) for name, own in by_stage.items()})
    answered = Counter({name: int(np.isfinite(scores.column(name)[own]).sum()) for name, own in by_stage.items()})
    counts = {"invited": invited, "answered": answered}
    return [
        {**stage, **{key: stage[key] + more[stage["code"]] for key, more in counts.items() if stage[key] is not None}}
        for stage in stages
    ]


def _funnel(asked: Asked, suppressed: list[Value]) -> Value:
    if not len(asked.context.table):
        return {"asks": [], "not_invited": [], "customers": [], "cells": []}
    return {
        "funnel": coverage_funnel.funnel_rows(asked, suppressed),
        "cells": coverage_funnel.cells(asked),
        "customers": coverage_funnel.customer_rows(asked, suppressed),
        "asks": coverage_funnel.ask_counts(asked),
        "not_invited": coverage_funnel.reasons(asked),
        "by": str(asked.context.definition.options.get("coverage_by") or "segment"),
    }


def _judged(frame: Frame, judged: Coverage, suppressed: list[Value]) -> Value:
    missing, pair_gap = coverage_classes.pair_values(frame)
    poor = coverage_classes.poor_bounds(frame)
    return {
        "classes": coverage_classes.class_rows(frame, judged, suppressed),
        **coverage_classes.other_values(judged),
        "raked": coverage_classes.raked_value(frame),
        "silent": coverage_classes.silent_value(frame, judged),
        "poor_bounds": poor and {**poor, "sentence": words_coverage.poor_sentence(poor)},
        "non_response": coverage_classes.non_response(frame),
        "pairs": missing,
        "pair_gap": pair_gap,
        "pairs_sentence": words_coverage.pairs_sentence(missing, pair_gap),
        "limits": words_coverage.limits(),
    }


def _twins(value: Value, found: Value) -> Value:
    """Experience and gap with the twin that the classes' weights give; an interval that is hidden stays hidden."""
    experience, gap = value["experience"], value["gap"]
    if found["weighted"] is not None and experience["score"] is not None:
        twin = {"score": found["weighted"], "lo": found["weighted_lo"], "hi": found["weighted_hi"]}
        experience = {**experience, "weighted": twin}
    if found["pair_gap"] is not None and gap["gap"] is not None:
        gap = {**gap, "weighted": found["pair_gap"]}
    return {"experience": experience, "gap": gap}


def _warnings(experience: Value, found: Value) -> list[Value]:
    warnings = list(weight_warning(experience)) if experience["score"] is not None else []
    if found["unknown"]:
        warnings.append(warning("not_measured", words_coverage.unknown_warning(found)))
    return list(warnings)


def _findings(value: Value, silent: Value | None) -> list[Value]:
    if silent is None or not silent["finding"]:
        return []
    rows = f"/admin/feedback/runscore/?journey__code={value['journey']}&segment={silent['name']}"
    finding = {"text": silent["sentence"], "kind": "silent", "owner": value["owner"]}
    finding |= {"n": silent["n"], "rows_url": rows}
    return [{**finding, "test": key("silent", silent["name"])}]
