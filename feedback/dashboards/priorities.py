"""Where to begin: what matters much and scores little, of single ratings and of the four qualities (method 2.10)."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.words_value import tile_name
from feedback.insights.intervals import clustered_mean
from feedback.insights.priorities import Rated, priorities
from feedback.insights.quadrants import THRESHOLD
from feedback.insights.suppression import small_cell
from feedback.queries.predictors import single_ratings

ORDER = ("concentrate", "keep_up", "borderline", "low_priority", "overkill")


def priorities_part(context: Context, value: Value) -> Addition:
    """`priorities`: tables of what is rated beside what it has of a score, by the journey's target; [] without any."""
    thresholds = context.definition.options.get("thresholds") or {}
    target = float(thresholds.get("service", THRESHOLD))
    stages = [_qualities(row) for row in value["quality"] or [] if row["explains"]]
    tables = [_ratings(context, value), *stages]
    return Addition({"priorities": [_placed(name, rows, target) for name, rows in tables if len(rows) > 1]})


def _ratings(context: Context, value: Value) -> tuple[str, list[Value]]:
    """The single ratings that the experience is explained by."""
    known = single_ratings(context.definition, context.table)
    rows = []
    for item in (value["drivers"] or {}).get("items", []):
        if item["kind"] != "rating" or item["share"] is None or item["code"] not in known:
            continue
        mean = clustered_mean(known[item["code"]], context.table.customer)
        if np.isfinite(known[item["code"]]).any() and mean.customers >= small_cell():
            score = {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n}
            named = {key: item[key] for key in ("code", "label", "owner", "share", "share_lo", "share_hi")}
            rows.append(named | score)
    return _("The whole journey"), rows


def _qualities(row: Value) -> tuple[str, list[Value]]:
    """The four qualities by what they have of a stage's score."""
    found = []
    for code, part in row["explains"]["shares"].items():
        cell, share = row[code], {"share": part["share"], "share_lo": part["lo"], "share_hi": part["hi"]}
        if cell["score"] is not None:
            score = {key: cell[key] for key in ("score", "lo", "hi", "n")}
            found.append({"code": code, "label": tile_name(code), "owner": row["owner"]} | share | score)
    return row["name"], found


def _placed(name: str, rows: list[Value], target: float) -> Value:
    """The rows with their place, what to begin with first."""
    numbers = ("code", "share", "share_lo", "share_hi", "score", "lo", "hi")
    places = priorities([Rated(**{key: row[key] for key in numbers}) for row in rows], target)
    placed = [row | {"place": found.place} for row, found in zip(rows, places, strict=True)]
    placed.sort(key=lambda row: (ORDER.index(row["place"]), -row["share"], row["code"]))
    line = sum(row["share"] for row in rows) / len(rows)
    return {"about": name, "target": target, "line": line, "rows": placed}


def place_name(place: str) -> str:
    """A place in words."""
    names = {
        "concentrate": _("concentrate here"),
        "keep_up": _("keep up"),
        "low_priority": _("low priority"),
        "overkill": _("possible overkill"),
        "borderline": _("borderline"),
    }
    return names[place]
