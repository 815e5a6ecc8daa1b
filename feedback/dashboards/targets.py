"""Outcomes with their targets: where each stands in the window, against its frozen baseline and its target."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from feedback.dashboards.context import Context
from feedback.dashboards.measures import SHARE, Measure, measure_of
from feedback.dashboards.words_time import CANNOT_MEASURE
from feedback.insights.distributions import Z95
from feedback.insights.intervals import Difference, Mean, clustered_mean, mean_difference
from feedback.insights.shares import share_of
from feedback.insights.suppression import small_cell, too_few
from feedback.models import Outcome, Target
from feedback.queries.improvements import name_of

Value = dict[str, Any]
NUMBERS = ("current", "lo", "hi", "n")


def outcome_values(context: Context, outcomes: Sequence[Outcome], value: Value) -> tuple[list[Value], list[Value]]:
    """A row per outcome with its next target, and the cells that are hidden; value: what came before, with changes."""
    today = datetime.fromisoformat(value["generated_at"]).date()
    rows = [_row(context, outcome, today, value["before_after"]) for outcome in outcomes]
    hidden = [row for row in rows if row["status"] == "not_enough"]
    for row in hidden:
        row.update(dict.fromkeys(NUMBERS))
    return rows, [{"cell": f"outcomes.{row['code']}", "reason": too_few()} for row in hidden]


def _row(context: Context, outcome: Outcome, today: date, changes: Sequence[Value]) -> Value:
    target = next_target(outcome, today)
    window = context.history.between(context.query.start, context.query.end)
    measure = measure_of(outcome.measure, context.definition, window)
    mean = clustered_mean(measure.values, window.customer) if measure else None
    status = state_of(measure, mean, target)
    return {
        "code": outcome.code,
        "statement": outcome.statement,
        "measure": outcome.measure,
        "level": outcome.level,
        "unit": measure.unit if measure else None,
        "baseline": target and {"value": target.baseline, "lo": target.baseline_lo, "hi": target.baseline_hi},
        "target": target and target.value,
        "due": target.due.isoformat() if target else None,
        "overdue": bool(target and target.due < today and status != "achieved"),
        **_current(measure, mean, context),
        "status": status,
        "owner": name_of(outcome.owner),
        "warnings": _warnings(outcome, measure, changes),
    }


def next_target(outcome: Outcome, today: date) -> Target | None:
    """The first target that is still to come, else the last that has been."""
    targets = sorted(outcome.targets.all(), key=lambda target: (target.due, target.value))
    coming = [target for target in targets if target.due >= today]
    return next(iter(coming or targets[-1:]), None)


def _current(measure: Measure | None, mean: Mean | None, context: Context) -> Value:
    if measure is None or mean is None:
        return {"current": None, "lo": None, "hi": None, "n": 0}
    if measure.unit == SHARE and set(measure.values[measure.values == measure.values].tolist()) <= {0.0, 1.0}:
        window = context.history.between(context.query.start, context.query.end)
        share = share_of(measure.values, window.customer)
        return {"current": share.share, "lo": share.lo, "hi": share.hi, "n": share.n}
    return {"current": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n}


def state_of(measure: Measure | None, mean: Mean | None, target: Target | None) -> str:
    """achieved: the interval is past the target; improved, worse: past the baseline (method 3.10)."""
    if measure is None:
        return "cannot_be_computed"
    if mean is None or mean.value is None:
        return "not_measured"
    if mean.customers < small_cell():
        return "not_enough"
    if target is None:
        return "no_target"
    sign = 1 if measure.higher_is_better else -1
    bound = mean.lo if sign > 0 else mean.hi
    if bound is not None and sign * bound >= sign * target.value:
        return "achieved"
    return _since_baseline(mean_difference(mean, _baseline(target)), sign)


def _since_baseline(difference: Difference, sign: int) -> str:
    if difference.lo is None or difference.hi is None:
        return "no_clear_change"
    lo, hi = sorted((sign * difference.lo, sign * difference.hi))
    return "improved" if lo > 0 else "worse" if hi < 0 else "no_clear_change"


def _baseline(target: Target) -> Mean:
    """The frozen baseline as an estimate; without its interval it is taken as exact."""
    lo, hi = target.baseline_lo, target.baseline_hi
    se = 0.0 if lo is None or hi is None else abs(hi - lo) / (2 * Z95)
    return Mean(target.baseline, lo, hi, se, 0, 0, 0.0, 1e9, None, None, None)


def _warnings(outcome: Outcome, measure: Measure | None, changes: Sequence[Value]) -> list[Value]:
    """What its improvements warn of, once each."""
    found = {item["code"]: item for row in changes if row["outcome"] == outcome.code for item in row["warnings"]}
    if measure is None:
        text = str(CANNOT_MEASURE) % {"measure": outcome.measure}
        found["cannot_be_computed"] = {"code": "cannot_be_computed", "text": text}
    return list(found.values())
