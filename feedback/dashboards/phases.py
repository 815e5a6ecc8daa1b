"""The score of each phase of the journey: before, at and after the purchase (C28)."""

import numpy as np

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.insights.intervals import clustered_mean
from feedback.insights.run_service import run_scores
from feedback.insights.suppression import cell_state, small_cell, too_few
from surveys.enums import StageKind


def phases_part(context: Context, value: Value) -> Addition:
    """`phases`: stages, how many are measured, and the mean over journeys of the stages rated (each stage once)."""
    suppressed: list[Value] = []
    by_phase: dict[str, list[str]] = {}
    for stage in context.definition.stages:
        if stage.kind != StageKind.WAIT:
            by_phase.setdefault(stage.phase, []).append(stage.code)
    measured = {stage["code"] for stage in value["stages"] if stage["state"] != "not_measured"}
    rows = [
        {"phase": phase, "stages": len(codes), "measured": len(measured & set(codes))}
        | _score(context, phase, codes, suppressed)
        for phase, codes in by_phase.items()
    ]
    return Addition({"phases": rows}, suppressed=suppressed)


def _score(context: Context, phase: str, codes: list[str], suppressed: list[Value]) -> Value:
    scores = run_scores(context.table.stage_means(codes)).service
    mean = clustered_mean(scores, context.table.customer)
    empty = {"score": None, "lo": None, "hi": None}
    untold = bool(context.told.untold & set(codes))
    if not untold and not np.isfinite(scores).any():
        return empty | {"n": 0, "state": "not_measured"}
    if untold or mean.customers < small_cell():
        suppressed.append({"cell": f"phases.{phase}", "reason": too_few()})
        return empty | {"n": None, "state": "hidden"}
    return {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n, "state": cell_state(mean.n)}
