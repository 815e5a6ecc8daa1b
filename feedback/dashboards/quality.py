"""Speed, knowledge, patience, accommodation: how each stage does in the four (C50), and how they hang together."""

from collections.abc import Sequence

import numpy as np

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.insights.arrays import Floats
from feedback.insights.intervals import clustered_mean
from feedback.insights.scores import cronbach_alpha, pomp
from feedback.insights.suppression import HIDDEN_BELOW, cell_state
from surveys.enums import Metric

DIMENSIONS = (Metric.SPEED, Metric.KNOWLEDGE, Metric.PATIENCE, Metric.ACCOMMODATION)


def quality_part(context: Context, _value: Value) -> Addition:
    """`quality`: a row per stage that was asked about one of the four, and Cronbach's alpha of the stage's items."""
    suppressed: list[Value] = []
    rows = [row for stage in context.definition.stages if (row := _stage(context, stage.code, suppressed))]
    names = {stage.code: stage for stage in context.definition.stages}
    told = [
        {"code": row["code"], "name": names[row["code"]].name, "owner": names[row["code"]].owner, **row} for row in rows
    ]
    return Addition({"quality": told or None}, suppressed=suppressed)


def _stage(context: Context, stage: str, suppressed: list[Value]) -> Value | None:
    columns = {metric: column for metric in DIMENSIONS if (column := _column(context, stage, metric)) is not None}
    if not columns:
        return None
    row: Value = {"code": stage}
    row |= {str(metric): _mean(context, stage, str(metric), column, suppressed) for metric, column in columns.items()}
    every = np.column_stack(list(columns.values()))
    present = np.isfinite(every)
    total = np.where(present, every, 0.0).sum(axis=1)
    both = np.divide(total, present.sum(axis=1), out=np.full(len(every), np.nan), where=present.any(axis=1))
    row["quality"] = _mean(context, stage, "quality", both, suppressed)
    row |= _alpha(list(columns.values()))
    return row


def _alpha(items: Sequence[Floats]) -> Value:
    """Of customers who rated all items, where there are three items and 5 customers."""
    complete = np.all([np.isfinite(item) for item in items], axis=0)
    n = int(complete.sum())
    if len(items) < 3 or n < HIDDEN_BELOW:
        return {"alpha": None, "alpha_n": None if 0 < n < HIDDEN_BELOW else n}
    return {"alpha": cronbach_alpha([item[complete] for item in items]), "alpha_n": n}


def _column(context: Context, stage: str, metric: Metric) -> Floats | None:
    """The first answer of each run, 0-100; None where the stage was never asked about it."""
    found = None
    for question in context.definition.questions:
        if question.metric != metric or question.stage != stage or question.scale is None:
            continue
        values = pomp(context.table.ratings.column(question.key), question.scale)
        found = values if found is None else np.where(np.isfinite(found), found, values)
    return None if found is None or not np.isfinite(found).any() else found


def _mean(context: Context, stage: str, code: str, values: Floats, suppressed: list[Value]) -> Value:
    mean = clustered_mean(values, context.table.customer)
    if 0 < mean.n < HIDDEN_BELOW:
        suppressed.append({"cell": f"quality.{stage}.{code}", "reason": "fewer than 5"})
        return {"score": None, "lo": None, "hi": None, "n": None, "state": "hidden"}
    return {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n, "state": cell_state(mean.n)}
