"""The load of those who serve as a driver of the stage's score: points with each further case at once (C97)."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.words import one, signed
from feedback.insights.arrays import Floats
from feedback.insights.comparison import TEST_FROM_CUSTOMERS
from feedback.insights.drivers import MIN_ROWS
from feedback.insights.regression import least_squares, winsorised
from feedback.queries.journey_definition import StageDefinition
from feedback.queries.load import loads_of


def load_part(context: Context, _value: Value) -> Addition:
    """`load`: a row per service stage whose contacts tell it and whose score is known; null where no contact does."""
    found = loads_of(context.run_ids, context.table.run).by_stage
    rows = [
        _row(context, stage, found[stage.code]) for stage in context.definition.service_stages if stage.code in found
    ]
    return Addition({"load": rows or None})


def _row(context: Context, stage: StageDefinition, load: Floats) -> Value:
    score = context.table.stage_means([stage.code])[:, 0]
    known = np.isfinite(score) & np.isfinite(load)
    customers = context.table.customer[known]
    row: Value = {"code": stage.code, "name": stage.name, "owner": stage.owner, "n": None, "median": None}
    row |= {"slope": None, "lo": None, "hi": None, "state": "not_enough", "sentence": ""}
    enough = int(known.sum()) >= MIN_ROWS and len(np.unique(customers)) >= TEST_FROM_CUSTOMERS
    given = winsorised(load[known])
    if not enough:
        return row
    if given.std() == 0:
        facts = {"name": stage.name, "load": one(float(given[0]))}
        same = _("At “%(name)s” every contact had the same load (%(load)s): nothing can be said of it.") % facts
        return row | {"state": "no_variation", "sentence": same}
    fit = least_squares(score[known], given[:, None], customers)
    if fit is None:
        return row
    slope = fit.slopes[0]
    row |= {"n": fit.n, "median": float(np.median(load[known])), "state": "shown"}
    row |= {"slope": slope.slope, "lo": slope.lo, "hi": slope.hi}
    return row | {"sentence": _sentence(row)}


def _sentence(row: Value) -> str:
    if row["lo"] is None:
        return ""
    facts = {key: signed(row[key]) for key in ("slope", "lo", "hi")}
    facts |= {"name": row["name"], "n": str(row["n"]), "median": one(row["median"])}
    return (
        _(
            "Each further case at once goes with %(slope)s points of “%(name)s” (%(lo)s to %(hi)s, n = %(n)s; half of "
            "the contacts had up to %(median)s)."
        )
        % facts
    )
