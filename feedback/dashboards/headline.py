"""The headline of a comparison: service, experience, the gap between them, the hidden poor and the quadrant."""

import dataclasses
from typing import Any

import numpy as np

from feedback.dashboards import doubts, parts
from feedback.dashboards.context import Context
from feedback.insights.arrays import Floats
from feedback.insights.comparison import Gap, HiddenPoorRule, hidden_poor, paired_gap, with_family
from feedback.insights.quadrants import THRESHOLD, quadrant
from feedback.insights.scores import mean_score
from feedback.insights.suppression import small_cell, too_few, withheld
from feedback.queries.journey_definition import JourneyDefinition
from feedback.queries.run_table import gap_inputs

Value = dict[str, Any]


def scores(context: Context, suppressed: list[Value]) -> Value:
    """service, experience, gap, hidden_poor, quadrant and the warnings about them."""
    definition, table, runs, weights = context.definition, context.table, context.runs, context.weights
    service = parts.score_value(mean_score(runs.service, table.customer, _service_weights(context)))
    experience = parts.score_value(mean_score(table.experience, table.customer, weights))
    question = definition.experience_question
    experience["metric"] = question.metric if question else None
    scale = question.scale if question else None
    experience["scale"] = [scale.minimum, scale.maximum] if scale else None
    gap = paired_gap(context.runs.service, table.experience, table.customer, weights, context.seed)
    warnings = [
        *doubts.format_warnings(definition),
        *doubts.scale_warnings(definition, table),
        *doubts.size_warnings(gap, definition, service["n"], experience["n"]),
        *doubts.weight_warning(experience),
        *doubts.abandoned_warning(table),
    ]
    rule: HiddenPoorRule = "detractor" if definition.options.get("hidden_poor") == "detractor" else "below_50"
    poor = parts.share_value(hidden_poor(runs.lowest, table.experience, rule, table.customer))
    return {
        "service": shown("service", service, suppressed),
        "experience": shown("experience", experience, suppressed),
        "gap": _gap_value(context, gap, doubts.blocks_finding(warnings, definition)),
        "hidden_poor": shown("hidden_poor", poor, suppressed),
        "quadrant": _quadrant(definition, service, experience, 0 if gap.label == "not_enough" else gap.n_pairs),
        "warnings": warnings,
    }


def _service_weights(context: Context) -> Floats | None:
    """The weight of each run whose service was rated: of its end-to-end answer, else of its respondent.

    Who rated only the service counts too: his weight does not hang on an answer about the whole.
    """
    table, weights = context.table, context.weights
    if not table.is_weighted():
        return None
    anybody = table.any_weight()
    return anybody if weights is None else np.where(weights > 0, weights, anybody)


def shown(name: str, value: Value, suppressed: list[Value]) -> Value:
    """The value, or its keys without numbers where too few stand behind it."""
    if value["n"] == 0 or parts.people_of(value) >= small_cell():
        return value
    suppressed.append({"cell": name, "reason": too_few()})
    return parts.hidden(value)


def _gap_value(context: Context, gap: Gap, blocked: bool) -> Value:
    """The gap judged within its family: all journeys of the installation in the same window and filters."""
    query, definition = context.query, context.definition
    family = {definition.code: gap}
    for other in gap_inputs(query.window, query.segments):
        if other.journey != definition.code:
            family[other.journey] = paired_gap(
                other.service, other.experience, other.customer, seed=query.seed(other.journey)
            )
    min_gap = float(definition.options.get("min_gap", 5.0))
    judged = dict(zip(family, with_family(list(family.values()), min_gap), strict=True))[definition.code]
    if judged.label == "not_enough" or not context.told.gap:
        judged = dataclasses.replace(withheld(judged), label="not_enough")
    weighted = judged.weighted
    return {
        "gap": judged.gap,
        "lo": judged.lo,
        "hi": judged.hi,
        "n_pairs": judged.n_pairs,
        "customers": judged.customers,
        "p": judged.p,
        "p_permutation": judged.p_permutation,
        "q": judged.q,
        "finding": bool(judged.finding and not blocked),
        "label": judged.label,
        "min_gap": min_gap,
        "weighted": None if weighted is None else {"gap": weighted.value, "lo": weighted.lo, "hi": weighted.hi},
        "weights": None if weighted is None else "end_to_end",
        "only_service": judged.only_service,
        "only_experience": judged.only_experience,
    }


def _quadrant(definition: JourneyDefinition, service: Value, experience: Value, n_pairs: int) -> Value:
    thresholds = definition.options.get("thresholds") or {}
    result = quadrant(
        (service["lo"], service["hi"]),
        (experience["lo"], experience["hi"]),
        n_pairs,
        float(thresholds.get("service", THRESHOLD)),
        float(thresholds.get("experience", THRESHOLD)),
    )
    return {
        "label": result.label,
        "advice": result.advice,
        "service_threshold": result.service_threshold,
        "experience_threshold": result.experience_threshold,
        "drawn": result.drawn,
    }
