"""Tiles of the whole journey as the page has them, with their change: NPS, gap, hidden poor, bad journeys."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from feedback.dashboards.addition import Value
from feedback.dashboards.context import Context
from feedback.dashboards.parts import nps_question
from feedback.insights.comparison import POOR_BELOW, HiddenPoorRule, hidden_poor
from feedback.insights.intervals import Difference, clustered_mean, mean_difference
from feedback.insights.run_service import ServiceRule, run_scores
from feedback.insights.scorecard import BlockName, Tile
from feedback.insights.scores import Nps, nps, nps_difference
from feedback.insights.shares import Share, newcombe, share_of
from feedback.insights.suppression import small_cell
from feedback.queries.run_history import RunHistory

Tiles = list[tuple[BlockName, Tile]]


def headline_tiles(context: Context, value: Value, now: RunHistory, before: RunHistory | None) -> Tiles:
    """Gap, hidden poor and bad journeys; before: the runs of the equal window before, None where there is none."""
    gap = value["gap"]
    change = _gap_change(now, before) if before is not None and gap["gap"] is not None else None
    found: Tiles = [
        ("end_to_end", Tile("gap", "points", gap["gap"], gap["lo"], gap["hi"], gap["n_pairs"] or 0, change))
    ]
    shares: list[tuple[str, Value | None, Callable[[Context, RunHistory], Share]]] = [
        ("hidden_poor", value["hidden_poor"], _hidden_poor),
        ("bad_journeys", (value.get("consistency") or {}).get("bad"), _bad),
    ]
    for code, share, count in shares:
        if share and share["n"]:
            earlier = None if before is None else count(context, before)
            plain = Share(share["share"], share["lo"], share["hi"], share["k"], share["n"])
            change = newcombe(plain, earlier) if earlier and earlier.n >= small_cell() else None
            found.append(("end_to_end", Tile(code, "share", plain.share, plain.lo, plain.hi, plain.n, change)))
    return found


def nps_tile(context: Context, value: Value, tile: Tile, now: RunHistory, before: RunHistory | None) -> Tile:
    """The tile with the page's NPS, its interval, and the difference of two NPS (method 2.3)."""
    page = value["nps"]
    if not page or page["score"] is None:
        return tile
    change = None
    if before is not None and (earlier := _nps(context, before)).n >= small_cell():
        change = nps_difference(_nps(context, now), earlier)
    return replace(tile, value=page["score"], lo=page["lo"], hi=page["hi"], n=page["n"], change=change)


def _nps(context: Context, runs: RunHistory) -> Nps:
    question = nps_question(context.definition)
    if question is None:
        return nps([])
    values, rows = runs.ratings.entries(question.key)
    return nps(values, runs.customer[rows])


def _gap_change(now: RunHistory, before: RunHistory) -> Difference | None:
    paired, earlier = (clustered_mean(runs.service - runs.experience, runs.customer) for runs in (now, before))
    return mean_difference(paired, earlier) if earlier.n >= small_cell() else None


def _hidden_poor(context: Context, runs: RunHistory) -> Share:
    """As the headline has it, of other runs."""
    definition = context.definition
    stages = [runs.stage_scores.means(stage.code) for stage in definition.service_stages]
    if not stages:
        return share_of([])
    rule: HiddenPoorRule = "detractor" if definition.options.get("hidden_poor") == "detractor" else "below_50"
    service: ServiceRule = "complete" if definition.options.get("service_score") == "complete" else "any"
    lowest = run_scores(np.column_stack(stages), service).lowest
    return hidden_poor(lowest, runs.experience, rule, runs.customer)


def _bad(_context: Context, runs: RunHistory) -> Share:
    scores = runs.experience
    return share_of(np.where(np.isfinite(scores), (scores < POOR_BELOW).astype(np.float64), np.nan), runs.customer)
