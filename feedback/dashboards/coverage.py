"""Who was asked and who was heard: the funnel of asks, and what weighting does to the experience."""

from typing import Any

from feedback.dashboards.context import Context
from feedback.insights.scores import mean_score
from feedback.insights.weights import kish
from feedback.queries.asks import decision_counts


def coverage_value(context: Context) -> dict[str, Any]:
    """The asks that were due and what became of them; the weights' design effect over all respondents."""
    table = context.table
    weights = kish(table.any_weight()) if table.is_weighted() else None
    counts = decision_counts(context.definition.journey_id, context.query.window)
    score = mean_score(table.experience, table.customer, context.weights)
    return {
        "runs": len(table),
        "funnel": [{"survey_kind": kind, "outcome": outcome, "n": n} for kind, outcome, n in counts],
        "classes": [],
        "unweighted": score.score,
        "weighted": score.weighted.value if score.weighted else None,
        "deff": weights.deff if weights else None,
        "n_eff": weights.n_eff if weights else None,
        "r_indicator": None,
    }
