"""Tiles of what is added up by the database: feelings, answering in time, waiting, links; with their change."""

import dataclasses
from datetime import datetime

from django.db.models import QuerySet

from feedback.dashboards.addition import Value
from feedback.dashboards.context import Context
from feedback.insights.intervals import Difference, Mean, mean_difference
from feedback.insights.scorecard import BlockName, Tile
from feedback.insights.sums import mean_of_sums, ratio_of_sums
from feedback.insights.suppression import small_cell
from feedback.models import RunScore
from feedback.queries.feelings import feelings_by_place
from feedback.queries.paths import time_handled
from feedback.queries.run_table import Window, run_ids
from surveys.enums import Measures

Tiles = list[tuple[BlockName, Tile]]
Previous = tuple[datetime, datetime] | None


def told_tiles(context: Context, value: Value, previous: Previous) -> Tiles:
    """All of them that are known."""
    return [
        *_feelings(context, value, previous),
        *_answered(value),
        *_process(context, value, previous),
        *_loop(value),
    ]


def _feelings(context: Context, value: Value, previous: Previous) -> Tiles:
    whole = (value.get("feelings") or {}).get("whole")
    if not whole or whole["net"] is None:
        return []
    change = _since(_felt(context, None), _felt(context, previous)) if previous else None
    tile = Tile("net_emotion", "points", whole["net"], whole["lo"], whole["hi"], whole["n"], change)
    return [("mindset_and_feelings", tile)]


def _felt(context: Context, window: Previous) -> Mean:
    """Net emotion about the whole journey, in the window asked about or another."""
    runs = context.run_ids if window is None else _runs(context, window)
    found = [item.sums for item in feelings_by_place(runs) if item.measures == Measures.JOURNEY]
    return mean_of_sums(found[0]) if found else NOTHING


def _runs(context: Context, window: tuple[datetime, datetime]) -> QuerySet[RunScore, int]:
    return run_ids(context.definition.journey_id, Window(*window), context.query.segments)


NOTHING = Mean(None, None, None, None, 0, 0, 0.0, None, None, None, None)


def _since(now: Mean, before: Mean) -> Difference | None:
    return mean_difference(now, before) if before.n >= small_cell() else None


def _answered(value: Value) -> Tiles:
    """Answered within target, and hours until solved over the reasons that are shown."""
    found: Tiles = []
    within = (value.get("response_times") or {}).get("within")
    if within:
        tile = Tile("response_within", "share", within["share"], within["lo"], within["hi"], within["n"])
        found.append(("touchpoint_service", tile))
    reasons = [row for row in (value["handle_time"] or {}).get("reasons", []) if row["ttr_hours"] is not None]
    issues = sum(row["issues"] for row in reasons)
    if issues:
        hours = sum(row["ttr_hours"] * row["issues"] for row in reasons) / issues
        found.append(("touchpoint_service", Tile("ttr", "hours", hours, None, None, issues)))
    return found


def _process(context: Context, value: Value, previous: Previous) -> Tiles:
    scope = value.get("scope") or {}
    found: Tiles = []
    waiting = scope.get("waiting")
    if waiting and waiting["value"] is not None:
        change = None
        if previous:
            before = context.history.between(*previous)
            handled = [ratio_of_sums(time_handled(runs)) for runs in (context.table, before)]
            change = _negative(_since(*handled))
        tile = Tile("waiting", "share", waiting["value"], waiting["lo"], waiting["hi"], waiting["n"], change)
        found.append(("process", tile))
    proactive = value.get("proactive")
    for code, share in (("linked", scope.get("links")), ("proactive", proactive and proactive["share"])):
        if share and share["n"]:
            found.append(("process", Tile(code, "share", share["share"], share["lo"], share["hi"], share["n"])))
    return found


def _negative(change: Difference | None) -> Difference | None:
    """The change of 1 - x."""
    if change is None or change.value is None:
        return change
    lo, hi = (None if bound is None else -bound for bound in (change.hi, change.lo))
    return dataclasses.replace(change, value=-change.value, lo=lo, hi=hi)


def _loop(value: Value) -> Tiles:
    """Follow-ups solved, and the new score of the same customers minus the old."""
    loop = value["alerts"].get("loop")
    if not loop:
        return []
    solved, again = loop["solved"], loop["rescored"]
    found: Tiles = [("closed_loop", Tile("solved", "share", solved["share"], solved["lo"], solved["hi"], solved["n"]))]
    if again:
        found.append(("closed_loop", Tile("rescored", "points", again["value"], again["lo"], again["hi"], again["n"])))
    return found
