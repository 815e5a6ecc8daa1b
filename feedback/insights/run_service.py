"""The service score of a run from its stages: the mean of the service stages answered, or only of complete runs."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from feedback.insights.arrays import Bools, Floats, FloatsLike, Ints, floats

ServiceRule = Literal["any", "complete"]


@dataclass(frozen=True, slots=True)
class RunScores:
    """Per run, arrays of shape (runs,): service score, lowest stage score (both NaN where not known), stages answered.

    An intermediate value for other functions here, not for output.
    """

    service: Floats
    lowest: Floats
    answered: Ints

    def where(self, keep: Bools) -> "RunScores":
        """Those of some of the runs."""
        return RunScores(self.service[keep], self.lowest[keep], self.answered[keep])


def stage_means(run: Ints, stage: Ints, values: FloatsLike, runs: int, stages: int) -> Floats:
    """Mean 0-100 value per run and stage, shape (runs, stages), NaN where nothing was answered (method 3.3).

    run and stage are codes 0.. of each answer. Several answers at one stage count as one stage, not as several.
    """
    y = floats(values)
    keep = np.isfinite(y)
    cell = (run * stages + stage)[keep]
    sums = np.bincount(cell, weights=y[keep], minlength=runs * stages)
    counts = np.bincount(cell, minlength=runs * stages)
    means = np.divide(sums, counts, out=np.full(runs * stages, np.nan), where=counts > 0)
    table: Floats = means.reshape(runs, stages)
    return table


def run_scores(scores: Floats, rule: ServiceRule = "any") -> RunScores:
    """Service score of each run from its service stages' means, shape (runs, stages), NaN = not answered (method 3.3).

    any: mean of the stages answered. complete: only runs in which every stage was answered, others NaN. Give columns
    of kind `service` only: policies, bills and waits never enter. With `any`, stages missing by design are fine.
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"stage scores need the shape (runs, stages), got {table.shape}")
    present = np.isfinite(table)
    answered = present.sum(axis=1).astype(np.int64)
    needed = table.shape[1] if rule == "complete" else 1
    known = (answered >= needed) & (answered > 0)
    total = np.where(present, table, 0.0).sum(axis=1)
    service = np.where(known, total / np.maximum(answered, 1), np.nan)
    lowest = np.where(known, np.where(present, table, np.inf).min(axis=1, initial=np.inf), np.nan)
    return RunScores(service, lowest, answered)
