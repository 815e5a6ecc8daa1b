"""Speed, knowledge, patience, accommodation by stage, team and channel (C50), and what each has of a stage score."""

from collections.abc import Sequence

import numpy as np

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.insights.arrays import Floats
from feedback.insights.drivers import Predictor, key_drivers
from feedback.insights.intervals import Mean, clustered_mean
from feedback.insights.scores import cronbach_alpha, pomp
from feedback.insights.sums import ClusterSums, mean_of_sums
from feedback.insights.suppression import AGENT_ANSWERS_FROM, cell_state, complementary, small_cell, too_few
from feedback.queries.quality import ALL, DIMENSIONS, By, quality_by
from surveys.enums import Metric

BY: tuple[By, ...] = ("team", "channel")


def quality_part(context: Context, _value: Value) -> Addition:
    """`quality`: a row per stage that was asked about one of the four, with alpha and what each has of its score.

    `quality_by`: the four by team and by channel of the contact rated; null where nobody was asked.
    """
    suppressed: list[Value] = []
    rows = [row for stage in context.definition.stages if (row := _stage(context, stage.code, suppressed))]
    names = {stage.code: stage for stage in context.definition.stages}
    told = [
        {"code": row["code"], "name": names[row["code"]].name, "owner": names[row["code"]].owner, **row} for row in rows
    ]
    by = {name: _by(quality_by(context.run_ids, name), name, suppressed) for name in BY} if told else None
    return Addition({"quality": told or None, "quality_by": by}, suppressed=suppressed)


def _by(found: dict[str, dict[str, ClusterSums]], by: str, suppressed: list[Value]) -> list[Value]:
    """A row a team or channel. A team may be one agent: it is shown as an agent would be, from 10 answers on."""
    sizes = [min(sums[ALL].customers, sums[ALL].n) for sums in found.values()]
    hidden = complementary(sizes, AGENT_ANSWERS_FROM if by == "team" else 0)
    rows = []
    for (name, sums), hide in zip(found.items(), hidden, strict=True):
        if hide:
            suppressed.append({"cell": f"quality_by.{by}.{name}", "reason": too_few()})
        cells = {code: None if hide else _cell(mean_of_sums(sums[code])) for code in (*DIMENSIONS, ALL) if code in sums}
        rows.append({"name": name, **{str(code): cell for code, cell in cells.items()}, "hidden": hide})
    return rows


def _cell(mean: Mean) -> Value:
    """A mean, hidden where too few customers stand behind it."""
    if 0 < mean.customers < small_cell():
        return {"score": None, "lo": None, "hi": None, "n": None, "state": "hidden"}
    return {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n, "state": cell_state(mean.n)}


def _explains(context: Context, stage: str, columns: dict[Metric, Floats]) -> Value | None:
    """The part of each in what the four explain of the stage's score (LMG, 500 bootstraps); None under 50 answers."""
    score = context.table.stage_means([stage])[:, 0]
    predictors = [Predictor(str(metric), column, by_design=True) for metric, column in columns.items()]
    found = key_drivers(score, predictors, context.table.customer, seed=context.seed)
    if not found.items:
        return None
    shares = {item.code: {"share": item.share, "lo": item.share_lo, "hi": item.share_hi} for item in found.items}
    return {"n": found.n, "r2": found.r2, "shares": shares}


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
    return row | {"explains": _explains(context, stage, columns)}


def _alpha(items: Sequence[Floats]) -> Value:
    """Of customers who rated all items, where there are three items and enough customers."""
    complete = np.all([np.isfinite(item) for item in items], axis=0)
    n = int(complete.sum())
    if len(items) < 3 or n < small_cell():
        return {"alpha": None, "alpha_n": None if 0 < n < small_cell() else n}
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
    if 0 < mean.customers < small_cell():
        suppressed.append({"cell": f"quality.{stage}.{code}", "reason": too_few()})
    return _cell(mean)
